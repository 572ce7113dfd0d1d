#include "coordinator/runtime/run_control.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/engine/transitions.h"
#include "coordinator/runtime/gate_rules.h"
#include "coordinator/runtime/ids.h"

namespace baton {
namespace {

using coordinator::v1::ResumeRunRequest;
using coordinator::v1::StartRunRequest;
using plan::v1::Plan;
using plan::v1::Run;

constexpr size_t kRequestIdBytesMax = 64;
// How long a person's answer or decision may take to become durable.
constexpr absl::Duration kAnswerTimeout = absl::Seconds(10);

}  // namespace

RunControl::RunControl(const FarmFile& farm, Observer& observer, const RunDriver::World& world,
                       std::string incarnation, std::string name)
    : farm_(farm),
      observer_(observer),
      world_(world),
      rules_(farm, world.journal, world.book, std::move(incarnation), std::move(name)) {}

// --- Start --------------------------------------------------------------------------------------

absl::StatusOr<Run> RunControl::Start(const StartRunRequest& request, const std::string& actor) {
  MutexLock lock(mutex_);
  if (request.request_id().empty() || request.request_id().size() > kRequestIdBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("request_id must have 1 to ", kRequestIdBytesMax, " bytes"));
  }
  if (const std::string known = world_.book.FindByRequest(request.request_id()); !known.empty()) {
    return world_.book.Summary(known);
  }
  RETURN_IF_ERROR(CheckDriver());
  ASSIGN_OR_RETURN(Plan plan, rules_.CheckStart(request));
  // As for a resume: the driver of the run that is undone must be gone before that run is read.
  driver_.reset();
  const plan::v1::Observation observation = observer_.ObserveFor(plan.request());
  const absl::Time now = world_.clock.Now();
  const std::string run = NewId("run", now);
  ASSIGN_OR_RETURN(
      std::vector<journal::v1::Record> records,
      rules_.Start(run, std::move(plan), observation, request.request_id(), actor, now));
  RETURN_IF_ERROR(world_.book.Append(std::move(records)).status());
  ASSIGN_OR_RETURN(engine::RunState state, world_.book.Replay(run));
  driver_ =
      std::make_unique<RunDriver>(world_, farm_.farm_id, std::move(state), engine::BeginRun{});
  return world_.book.Summary(run);
}

// --- Stop, resume -------------------------------------------------------------------------------

absl::Status RunControl::CheckActive(absl::string_view run) {
  ASSIGN_OR_RETURN(const Run summary, world_.book.Summary(run));
  if (!engine::Ended(summary.phase())) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("run ", run, " is over: ", Word(summary.phase())));
}

absl::StatusOr<Run> RunControl::Stop(const coordinator::v1::StopRunRequest& request, bool cancel,
                                     const std::string& actor) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckReasonSize(request.reason()));
  RETURN_IF_ERROR(CheckDriver());
  RETURN_IF_ERROR(CheckActive(request.run()));
  ASSIGN_OR_RETURN(const Run before, world_.book.Summary(request.run()));
  if (!cancel && before.phase() == plan::v1::RUN_PAUSED) return before;
  if (!cancel && before.phase() == plan::v1::RUN_WAITING) {
    return absl::FailedPreconditionError(
        absl::StrCat("run ", request.run(), " waits for a person and stands still already"));
  }
  engine::StopAsked asked{actor, cancel, request.reason()};
  if (driver_ == nullptr) {
    ASSIGN_OR_RETURN(engine::RunState state, world_.book.Replay(request.run()));
    driver_ = std::make_unique<RunDriver>(world_, farm_.farm_id, std::move(state), asked);
  } else {
    driver_->Post(asked);
  }
  return before;
}

absl::StatusOr<Run> RunControl::Resume(const ResumeRunRequest& request, const std::string& actor) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckDriver());
  RETURN_IF_ERROR(CheckActive(request.run()));
  RETURN_IF_ERROR(CheckReasonSize(request.reason()));
  // A paused run's driver idles, or carries out an end that was asked for just now: it must be gone
  // before its run is read, or two engines append to one run.
  ASSIGN_OR_RETURN(const Run before, world_.book.Summary(request.run()));
  if (before.phase() == plan::v1::RUN_PAUSED) driver_.reset();
  ASSIGN_OR_RETURN(engine::RunState state, world_.book.Replay(request.run()));
  ASSIGN_OR_RETURN(journal::v1::RunResumed resumed, rules_.CheckResume(request, state));
  if (resumed.decision() != journal::v1::FORCE_STOP) {
    ASSIGN_OR_RETURN(resumed, rules_.GoOn(std::move(resumed), state, observer_.Observe()));
  }
  driver_ = std::make_unique<RunDriver>(world_, farm_.farm_id, std::move(state),
                                        engine::ResumeAsked{actor, std::move(resumed)});
  // Who watches the run from here on must not find it paused as it was.
  return Await(request.run(), "the decision",
               [&before](const Run& run) { return run.sequence() > before.sequence(); });
}

absl::StatusOr<Run> RunControl::Await(const std::string& run, absl::string_view what,
                                      const std::function<bool(const Run&)>& durable) {
  const absl::Duration give_up = world_.clock.Monotonic() + kAnswerTimeout;
  while (world_.clock.Monotonic() < give_up) {
    ASSIGN_OR_RETURN(Run summary, world_.book.Summary(run));
    if (durable(summary)) return summary;
    RETURN_IF_ERROR(CheckDriver());
    world_.book.WaitForRecords(summary.sequence(), absl::Seconds(1));
  }
  return absl::DeadlineExceededError(absl::StrCat(what, " about run ", run, " is not durable yet"));
}

// --- Gates --------------------------------------------------------------------------------------

absl::StatusOr<Run> RunControl::Answer(const coordinator::v1::AnswerGateRequest& request,
                                       const std::string& actor) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckActive(request.run()));
  ASSIGN_OR_RETURN(const engine::RunState state, world_.book.Replay(request.run()));
  ASSIGN_OR_RETURN(journal::v1::GateAnswered answered, CheckGateAnswer(request, state));
  if (driver_ == nullptr) return absl::InternalError("a run waits and nobody drives it");
  driver_->Post(engine::GateAnswer{actor, std::move(answered)});
  // Nobody else answers meanwhile: the lock is held. Only the gate's time-out may come first.
  return Await(request.run(), absl::StrCat("the answer to gate ", request.gate()),
               [](const Run& run) { return run.phase() != plan::v1::RUN_WAITING; });
}

// --- After a restart ----------------------------------------------------------------------------

absl::Status RunControl::TakeOver() {
  MutexLock lock(mutex_);
  const std::string run = world_.book.ActiveRun();
  if (run.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(engine::RunState state, world_.book.Replay(run));
  if (state.run().phase() == plan::v1::RUN_PAUSED) return absl::OkStatus();
  engine::Event event = rules_.JudgeFound(state, observer_.Observe(), world_.clock.Now());
  LogInfo(absl::StrCat(
      "run ", run, " was ", Word(state.run().phase()),
      std::holds_alternative<engine::ResumeAsked>(event) ? ": going on with it" : ": pausing it"));
  driver_ = std::make_unique<RunDriver>(world_, farm_.farm_id, std::move(state), std::move(event));
  return absl::OkStatus();
}

absl::Status RunControl::status() {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(world_.book.damage());
  return CheckDriver();
}

absl::Status RunControl::CheckDriver() {
  return driver_ == nullptr ? absl::OkStatus() : driver_->status();
}

}  // namespace baton
