#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/engine/effects.h"
#include "coordinator/engine/engine.h"
#include "coordinator/engine/events.h"
#include "tests/support/fake_farm.h"
#include "tests/support/fake_hook_runner.h"
#include "tests/support/fake_journal.h"

namespace baton {

// Drives one engine by hand: what RunDriver does with threads and real time, here with a queue of
// calls that wait for their answer and a clock that tests set. The journal and the farm are fakes
// that outlive it, so that a coordinator can "die" and another can take over. Not thread-safe.
class EngineLoop {
 public:
  // A call that waits for its answer.
  using Call = std::variant<engine::ClaimHost, engine::ChangeHost, engine::ReadHost,
                            engine::ProbeHost, engine::RunHook, engine::RunFence>;

  // Hears of every effect once it was carried out; records come with their sequence.
  struct Listener {
    std::function<void(const StoredRecord& stored, bool first_of_batch)> appended =
        [](const StoredRecord& /*stored*/, bool /*first_of_batch*/) {};
    std::function<void(const engine::Effect& effect)> effect =
        [](const engine::Effect& /*effect*/) {};
  };

  // Where in the course of an append the coordinator dies.
  enum class Death {
    kBeforeAppend,  // nothing of the batch is stored
    kAfterAppend,   // stored; no call that follows from it was made
    kAfterCalls,    // and the calls reached their hosts, which acted; no answer was heard
  };

  EngineLoop(FakeJournal& journal, FakeFarm& farm, absl::Time now)
      : journal_(journal), farm_(farm), now_(now) {}

  // Journals the start of a run and begins it at `epoch`.
  void Start(const plan::v1::Plan& plan, absl::string_view run = "run-1", uint64_t epoch = 1);

  // A new start of the coordinator replays the journal and goes on with the run, as the engine's
  // judgement of a run that was away for `away` has it. Fails the test if the journal does not
  // replay.
  void TakeOver(absl::Duration away);

  // A person goes on with the paused run. Epoch and incarnation are filled in.
  void Resume(journal::v1::RunResumed resumed);

  // Feeds an event in and carries out what follows. Does nothing without an engine.
  void Handle(const engine::Event& event);

  // The coordinator dies now: calls and timers are forgotten.
  void Die();

  // It will die at the `number`th append from now, from 1.
  void DieAt(uint64_t number, Death death);

  // Answers a waiting call as the farm does, and forgets it. REQUIRES: there is one.
  void Answer(size_t index = 0);
  engine::Event AnswerOf(const Call& call);

  // Lets time pass and fires the timers that are due, in order.
  void Wait(absl::Duration duration);

  // Answers calls and, where none waits, fires the next timer, until nothing moves any more or
  // `count_max` events were fed in, which fails the test.
  void RunToRest(int count_max = 10000);

  // The live run; null if the coordinator is dead.
  engine::Engine* engine() { return engine_.get(); }
  std::deque<Call>& calls() { return calls_; }
  Listener& listener() { return listener_; }
  // The site's programs; they outlive a coordinator.
  FakeHookRunner& hooks() { return hooks_; }
  // What every fence comes to; a host is off unless a test says otherwise.
  journal::v1::FenceResult& fence_result() { return fence_result_; }

  // The run as a fresh replay of the journal yields it. Fails the test if it cannot be replayed.
  engine::RunState Replayed();

 private:
  void Carry(const engine::Effects& effects);
  void Append(const engine::AppendRecords& effect);
  engine::Event RunHook(const engine::RunHook& call);
  bool FireNextTimer();

  FakeJournal& journal_;
  FakeFarm& farm_;
  FakeHookRunner hooks_;
  journal::v1::FenceResult fence_result_ = [] {
    journal::v1::FenceResult result;
    result.mutable_status()->set_exit_code(2);
    return result;
  }();
  absl::Time now_;
  Listener listener_;
  std::unique_ptr<engine::Engine> engine_;
  std::deque<Call> calls_;
  std::multimap<absl::Time, uint64_t> timers_;
  int incarnation_ = 0;
  uint64_t die_at_ = 0;  // countdown of appends; 0: never
  Death death_ = Death::kBeforeAppend;
};

// The host that a call goes to; empty for a hook.
std::string HostOf(const EngineLoop::Call& call);

// Run and ledger as text, to compare two states.
std::string Describe(const engine::RunState& state);

}  // namespace baton
