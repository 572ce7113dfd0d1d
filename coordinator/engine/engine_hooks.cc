// The life of a hook: a command of the site that runs beside the Baton coordinator.

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/words/words.h"
#include "coordinator/engine/engine.h"
#include "google/protobuf/util/time_util.h"

namespace baton::engine {

// What was under way when a Baton coordinator died is not started again unless the farm file says
// that it may be. By a timer: a step never ends while others are being launched.
void Engine::StartHook(Flight& flight) {
  const plan::v1::Step& step = *state_.ledger(flight.step).step;
  if (flight.ambiguous && !step.repeatable()) {
    flight.retry_timer = StartTimer(absl::ZeroDuration(), flight);
    return;
  }
  flight.call = next_id_++;
  RunHook effect{flight.call, step.name(), step.action().hook(), {}, absl::ZeroDuration()};
  effect.environment.assign(effect.hook.environment().begin(), effect.hook.environment().end());
  effect.environment.push_back(absl::StrCat("BATON_RUN=", state_.run().run()));
  effect.timeout =
      absl::Nanoseconds(google::protobuf::util::TimeUtil::DurationToNanoseconds(step.timeout()));
  effects_.push_back(std::move(effect));
}

void Engine::On(const HookEnded& event) {
  Flight* flight = FindFlight(event.call);
  if (flight == nullptr) return;
  flight->call = 0;
  flight->ambiguous = flight->ambiguous || event.result.ok();
  journal::v1::Evidence evidence;
  if (event.result.ok()) *evidence.mutable_hook() = *event.result;
  EndHook(*flight, JudgeHook(event.result), std::move(evidence));
}

// The Baton coordinator that started it is gone, and with it what it heard.
void Engine::EndLostHook(const Flight& flight) {
  EndHook(flight,
          {plan::v1::INTERRUPTED,
           "the Baton coordinator went away while it ran: nobody knows whether it did its work"},
          {});
}

void Engine::EndOverdueHook(Flight& flight) {
  flight.ambiguous = true;
  EndHook(flight, {plan::v1::UNKNOWN, "its time was over, and it could not be ended"}, {});
}

// A hook that only warns never holds a run up, whatever it was that kept it from succeeding.
void Engine::EndHook(const Flight& flight, Outcome outcome, journal::v1::Evidence evidence) {
  const plan::v1::Hook& hook = state_.ledger(flight.step).step->action().hook();
  if (hook.warn_only() && outcome.state != plan::v1::SUCCEEDED) {
    outcome = {plan::v1::SKIPPED,
               absl::StrCat(Word(outcome.state), ", and only warns: ", outcome.detail)};
  }
  Finish(flight, outcome.state, std::move(outcome.detail), std::move(evidence));
}

}  // namespace baton::engine
