#include "coordinator/runtime/run_control.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/log/log.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/engine/takeover.h"
#include "coordinator/engine/transitions.h"
#include "coordinator/procedure/fingerprint.h"
#include "coordinator/procedure/planner.h"
#include "coordinator/runtime/ids.h"
#include "coordinator/runtime/journal_check.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using coordinator::v1::ResumeRunRequest;
using coordinator::v1::StartRunRequest;
using plan::v1::Plan;
using plan::v1::Run;

constexpr size_t kRequestIdBytesMax = 64;
constexpr size_t kReasonBytesMax = 1000;

absl::Status CheckReason(absl::string_view reason) {
  if (reason.size() <= kReasonBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the reason has ", reason.size(),
                                                 " bytes, over the limit of ", kReasonBytesMax));
}

}  // namespace

RunControl::RunControl(const FarmFile& farm, Observer& observer, const RunDriver::World& world,
                       std::string incarnation, std::string name)
    : farm_(farm),
      observer_(observer),
      world_(world),
      incarnation_(std::move(incarnation)),
      name_(std::move(name)) {}

uint64_t RunControl::NextEpoch(const plan::v1::Observation& observation) {
  return 1 + std::max(world_.book.HighestEpoch(), HighestEpoch(observation));
}

absl::Status RunControl::CheckPlanStillFits(const Plan& plan) const {
  if (plan.farm_file_digest() != farm_.digest) {
    return absl::FailedPreconditionError(
        absl::StrCat("the farm file was changed after plan ", plan.plan_id(), " was made"));
  }
  if (plan.catalog_version() != kCatalogVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("plan ", plan.plan_id(), " was made with step catalog ",
                     plan.catalog_version(), ", this version has ", kCatalogVersion));
  }
  return absl::OkStatus();
}

// --- Start --------------------------------------------------------------------------------------

absl::StatusOr<Plan> RunControl::CheckStart(const StartRunRequest& request) {
  RETURN_IF_ERROR(world_.book.damage());
  if (const std::string active = world_.book.ActiveRun(); !active.empty()) {
    return absl::AbortedError(absl::StrCat("run ", active, " is active; a farm has one at a time"));
  }
  ASSIGN_OR_RETURN(Plan plan, world_.journal.LoadPlan(request.plan_id()));
  if (request.confirmation() != plan.new_controller()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the confirmation says \"", request.confirmation(), "\", but plan ", plan.plan_id(),
        " moves the Deployment Controller to ", plan.new_controller()));
  }
  RETURN_IF_ERROR(CheckPlanStillFits(plan));
  return plan;
}

absl::Status RunControl::CheckFarm(const Plan& plan, const plan::v1::Observation& observation) {
  const std::vector<std::string> unknown = UnknownToJournal(world_.journal, observation);
  if (!unknown.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the journal lacks records, or is an old copy: ", absl::StrJoin(unknown, "; "),
        ". Bring the newest journal back, or begin with an empty one and say which host has the "
        "role: baton adopt --controller HOST --reason WHY"));
  }
  const std::vector<std::string> moved = Moved(plan.observation(), observation);
  if (!moved.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("the farm moved since plan ", plan.plan_id(),
                                                      " was made: ", absl::StrJoin(moved, "; ")));
  }
  ASSIGN_OR_RETURN(const Plan fresh, MakePlan(farm_, observation, plan.request()));
  std::vector<std::string> reasons;
  for (const plan::v1::Finding& finding :
       Forbidding({fresh.findings().begin(), fresh.findings().end()})) {
    reasons.push_back(absl::StrCat(finding.name(), finding.host().empty() ? "" : " on ",
                                   finding.host(), ": ", finding.reason()));
  }
  if (reasons.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrJoin(reasons, "; "));
}

absl::StatusOr<Run> RunControl::Start(const StartRunRequest& request, const std::string& actor) {
  MutexLock lock(mutex_);
  if (request.request_id().empty() || request.request_id().size() > kRequestIdBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("request_id must have 1 to ", kRequestIdBytesMax, " bytes"));
  }
  if (const std::string known = world_.book.FindByRequest(request.request_id()); !known.empty()) {
    return world_.book.Summary(known);
  }
  ASSIGN_OR_RETURN(Plan plan, CheckStart(request));
  const plan::v1::Observation observation = observer_.Observe();
  RETURN_IF_ERROR(CheckFarm(plan, observation));

  const absl::Time now = world_.clock.Now();
  journal::v1::Record record;
  record.set_actor(actor);
  record.set_run(NewId("run", now));
  *record.mutable_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  journal::v1::RunStarted& started = *record.mutable_run_started();
  *started.mutable_plan() = std::move(plan);
  started.set_epoch(NextEpoch(observation));
  started.set_incarnation(incarnation_);
  started.set_request_id(request.request_id());
  started.set_farm_file(farm_.bytes);
  const std::string run = record.run();
  RETURN_IF_ERROR(world_.book.Append({std::move(record)}).status());
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
  RETURN_IF_ERROR(CheckReason(request.reason()));
  RETURN_IF_ERROR(CheckActive(request.run()));
  ASSIGN_OR_RETURN(const Run before, world_.book.Summary(request.run()));
  if (!cancel && before.phase() == plan::v1::RUN_PAUSED) return before;
  engine::StopAsked asked{actor, cancel, request.reason()};
  if (driver_ == nullptr) {
    ASSIGN_OR_RETURN(engine::RunState state, world_.book.Replay(request.run()));
    driver_ = std::make_unique<RunDriver>(world_, farm_.farm_id, std::move(state), asked);
  } else {
    driver_->Post(asked);
  }
  return before;
}

absl::StatusOr<journal::v1::RunResumed> RunControl::CheckResume(
    const ResumeRunRequest& request, const engine::RunState& state) const {
  RETURN_IF_ERROR(CheckReason(request.reason()));
  if (state.run().phase() != plan::v1::RUN_PAUSED) {
    return absl::FailedPreconditionError(
        absl::StrCat("run ", request.run(), " is not paused: ", Word(state.run().phase())));
  }
  const size_t undecided = state.FirstUndecided();
  const bool open = undecided < state.step_count();
  journal::v1::RunResumed resumed;
  resumed.set_decision(request.decision());
  resumed.set_reason(request.reason());
  if (request.decision() == journal::v1::DECISION_UNSPECIFIED) {
    if (!open) return resumed;
    return absl::InvalidArgumentError(absl::StrCat(
        "step ", state.status(undecided).step(), " is ", Word(state.status(undecided).state()),
        ": say what to do about it with --retry, --accept or --force-stop"));
  }
  if (request.reason().empty()) return absl::InvalidArgumentError("a decision needs --reason");
  if (request.decision() == journal::v1::FORCE_STOP) return resumed;
  if (!open) return absl::InvalidArgumentError("no step of the run needs a decision");
  resumed.set_step(request.step().empty() ? state.status(undecided).step() : request.step());
  ASSIGN_OR_RETURN(const size_t index, state.FindStep(resumed.step()));
  if (!engine::NeedsDecision(state.status(index).state())) {
    return absl::InvalidArgumentError(absl::StrCat("step ", resumed.step(), " is ",
                                                   Word(state.status(index).state()),
                                                   " and needs no decision"));
  }
  return resumed;
}

absl::StatusOr<Run> RunControl::Resume(const ResumeRunRequest& request, const std::string& actor) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckActive(request.run()));
  ASSIGN_OR_RETURN(engine::RunState state, world_.book.Replay(request.run()));
  ASSIGN_OR_RETURN(journal::v1::RunResumed resumed, CheckResume(request, state));
  if (resumed.decision() != journal::v1::FORCE_STOP) {
    RETURN_IF_ERROR(CheckPlanStillFits(state.plan()));
    const plan::v1::Observation observation = observer_.Observe();
    const std::vector<std::string> unknown = UnknownToJournal(world_.journal, observation);
    if (!unknown.empty()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the journal lacks records, or is an old copy: ", absl::StrJoin(unknown, "; ")));
    }
    resumed.set_epoch(NextEpoch(observation));
    resumed.set_incarnation(incarnation_);
  }
  driver_.reset();  // the paused run's driver idles; its engine must not act beside the new one
  driver_ = std::make_unique<RunDriver>(world_, farm_.farm_id, std::move(state),
                                        engine::ResumeAsked{actor, std::move(resumed)});
  return world_.book.Summary(request.run());
}

// --- After a restart ----------------------------------------------------------------------------

engine::Event RunControl::JudgeFound(const engine::RunState& state) {
  const std::string actor = absl::StrCat("coordinator:", name_);
  const plan::v1::Observation observation = observer_.Observe();
  if (const std::vector<std::string> unknown = UnknownToJournal(world_.journal, observation);
      !unknown.empty()) {
    return engine::PauseFound{actor, plan::v1::JOURNAL_BEHIND, absl::StrJoin(unknown, "; ")};
  }
  if (const absl::Status fits = CheckPlanStillFits(state.plan()); !fits.ok()) {
    return engine::PauseFound{actor, plan::v1::PLAN_OUTDATED, std::string(fits.message())};
  }
  const absl::Duration away = world_.clock.Now() - world_.book.LastRecordTime(state.run().run());
  const engine::Takeover takeover =
      engine::JudgeTakeover(state, away, farm_.resume_within, observation);
  if (!takeover.goes_on) return engine::PauseFound{actor, takeover.reason, takeover.detail};
  journal::v1::RunResumed resumed;
  resumed.set_epoch(NextEpoch(observation));
  resumed.set_incarnation(incarnation_);
  resumed.set_takeover(true);
  resumed.set_reason("the Baton coordinator was restarted");
  return engine::ResumeAsked{actor, std::move(resumed)};
}

absl::Status RunControl::TakeOver() {
  MutexLock lock(mutex_);
  const std::string run = world_.book.ActiveRun();
  if (run.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(engine::RunState state, world_.book.Replay(run));
  if (state.run().phase() == plan::v1::RUN_PAUSED) return absl::OkStatus();
  engine::Event event = JudgeFound(state);
  LogInfo(absl::StrCat(
      "run ", run, " was ", Word(state.run().phase()),
      std::holds_alternative<engine::ResumeAsked>(event) ? ": going on with it" : ": pausing it"));
  driver_ = std::make_unique<RunDriver>(world_, farm_.farm_id, std::move(state), std::move(event));
  return absl::OkStatus();
}

absl::Status RunControl::status() {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(world_.book.damage());
  return driver_ == nullptr ? absl::OkStatus() : driver_->status();
}

}  // namespace baton
