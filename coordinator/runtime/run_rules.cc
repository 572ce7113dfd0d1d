#include "coordinator/runtime/run_rules.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/engine/takeover.h"
#include "coordinator/engine/transitions.h"
#include "coordinator/procedure/confirmation.h"
#include "coordinator/procedure/fingerprint.h"
#include "coordinator/procedure/planner.h"
#include "coordinator/runtime/former_run_reader.h"
#include "coordinator/runtime/journal_check.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using coordinator::v1::ResumeRunRequest;
using coordinator::v1::StartRunRequest;
using plan::v1::Observation;
using plan::v1::Plan;

constexpr size_t kReasonBytesMax = 1000;

journal::v1::Record NewRecord(const std::string& run, const std::string& actor, absl::Time now) {
  journal::v1::Record record;
  record.set_actor(actor);
  record.set_run(run);
  *record.mutable_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  return record;
}

std::string Said(const plan::v1::Finding& finding) {
  return absl::StrCat(finding.name(), finding.host().empty() ? "" : " on ", finding.host(), ": ",
                      finding.reason());
}

// Names of secrets and serials of staged licenses that a step sends.
void AddNeeds(const plan::v1::Action& action, std::set<std::string>& secrets,
              std::set<std::string>& serials) {
  for (const plan::v1::ToolArgument& argument : action.arguments()) {
    secrets.insert(argument.secret());
    serials.insert(argument.license_serial());
  }
  for (const plan::v1::SettingChange& change : action.rewrite().changes()) {
    secrets.insert(change.secret());
  }
  secrets.insert(action.expect_cache().secret());
}

// What steps of the plan need and the Baton coordinator cannot read now, a sentence each. A plan
// that was made while it could would fail behind the line from which there is no way back.
std::vector<std::string> Unreadable(const Plan& plan, const Observation& observation) {
  std::set<std::string> secrets;
  std::set<std::string> serials;
  for (const plan::v1::Stage& stage : plan.stages()) {
    for (const plan::v1::Step& step : stage.steps()) AddNeeds(step.action(), secrets, serials);
  }
  std::vector<std::string> sentences;
  for (const plan::v1::SecretCheck& secret : observation.secrets()) {
    if (secret.error().empty() || !secrets.contains(secret.name())) continue;
    sentences.push_back(absl::StrCat("secret-unreadable: ", secret.name(), ": ", secret.error()));
  }
  for (const plan::v1::StagedLicense& license : observation.licenses()) {
    if (license.error().empty() || !serials.contains(license.serial())) continue;
    sentences.push_back(absl::StrCat("staged-license-unreadable: the license for serial ",
                                     license.serial(), ": ", license.error()));
  }
  return sentences;
}

// Somebody saw the finding in the plan and accepted it: of the same host, be it in other words.
bool WasAccepted(const Plan& plan, const plan::v1::Finding& finding) {
  return std::any_of(
      plan.findings().begin(), plan.findings().end(), [&finding](const plan::v1::Finding& seen) {
        return seen.accepted() && seen.name() == finding.name() && seen.host() == finding.host();
      });
}

}  // namespace

absl::Status CheckReasonSize(absl::string_view reason) {
  if (reason.size() <= kReasonBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the reason has ", reason.size(),
                                                 " bytes, over the limit of ", kReasonBytesMax));
}

RunRules::RunRules(const FarmFile& farm, Journal& journal, RunBook& book, std::string incarnation,
                   std::string name)
    : farm_(farm),
      journal_(journal),
      book_(book),
      incarnation_(std::move(incarnation)),
      name_(std::move(name)) {}

uint64_t RunRules::NextEpoch(const Observation& observation) const {
  return 1 + std::max(book_.HighestEpoch(), HighestEpoch(observation));
}

absl::Status RunRules::CheckPlanStillFits(const Plan& plan) const {
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

// A run that undoes the active one ends it, if that stands still.
absl::Status RunRules::CheckIdle(const Plan& plan) const {
  const std::string active = book_.ActiveRun();
  if (active.empty()) return absl::OkStatus();
  if (active == plan.request().undoes()) {
    ASSIGN_OR_RETURN(const plan::v1::Run run, book_.Summary(active));
    if (run.phase() == plan::v1::RUN_PAUSED) return absl::OkStatus();
  }
  return absl::AbortedError(absl::StrCat("run ", active, " is active; a farm has one at a time"));
}

absl::StatusOr<Plan> RunRules::CheckStart(const StartRunRequest& request) const {
  RETURN_IF_ERROR(book_.damage());
  ASSIGN_OR_RETURN(Plan plan, journal_.LoadPlan(request.plan_id()));
  RETURN_IF_ERROR(CheckIdle(plan));
  if (request.confirmation() != ConfirmationOf(plan)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the confirmation says \"", request.confirmation(), "\", but the ", ConfirmationTitle(plan),
        " of plan ", plan.plan_id(), " is ", ConfirmationOf(plan)));
  }
  RETURN_IF_ERROR(CheckPlanStillFits(plan));
  return plan;
}

absl::Status RunRules::CheckFarm(const Plan& plan, const Observation& observation) const {
  const std::vector<std::string> unknown = UnknownToJournal(journal_, observation);
  if (!unknown.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the journal lacks records, or is an old copy: ", absl::StrJoin(unknown, "; "),
        ". Bring the newest journal back, or begin with an empty one and say which host has the "
        "role: baton adopt --controller HOST --reason WHY"));
  }
  const std::vector<std::string> moved = Moved(plan, observation);
  if (!moved.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("the farm moved since plan ", plan.plan_id(),
                                                      " was made: ", absl::StrJoin(moved, "; ")));
  }
  ASSIGN_OR_RETURN(const std::optional<FormerRun> former, ReadFormerRun(book_, plan.request()));
  ASSIGN_OR_RETURN(const std::vector<plan::v1::Finding> fresh,
                   FindTrouble(farm_, observation, plan.request(), PointerTo(former)));
  if (!plan.request().undoes().empty() && IsOutdated(farm_, plan, *former)) {
    return absl::FailedPreconditionError(absl::StrCat("run ", plan.request().undoes(),
                                                      " went on since plan ", plan.plan_id(),
                                                      " was made to undo it: plan again"));
  }
  std::vector<std::string> reasons = Unreadable(plan, observation);
  for (const plan::v1::Finding& finding : Forbidding(fresh)) reasons.push_back(Said(finding));
  for (const plan::v1::Finding& finding : fresh) {
    if (!finding.accepted() || WasAccepted(plan, finding)) continue;
    reasons.push_back(absl::StrCat(Said(finding), " (not seen when ", finding.name(),
                                   " was accepted: plan again)"));
  }
  if (reasons.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrJoin(reasons, "; "));
}

absl::StatusOr<std::vector<journal::v1::Record>> RunRules::Start(const std::string& run, Plan plan,
                                                                 const Observation& observation,
                                                                 const std::string& request_id,
                                                                 const std::string& actor,
                                                                 absl::Time now) const {
  RETURN_IF_ERROR(CheckFarm(plan, observation));
  std::vector<journal::v1::Record> records;
  if (book_.ActiveRun() == plan.request().undoes() && !plan.request().undoes().empty()) {
    records.push_back(NewRecord(plan.request().undoes(), actor, now));
    records.back().mutable_run_finished()->set_phase(plan::v1::RUN_STOPPED);
    records.back().mutable_run_finished()->set_detail(absl::StrCat("undone by ", run));
  }
  journal::v1::Record& record = records.emplace_back(NewRecord(run, actor, now));
  journal::v1::RunStarted& started = *record.mutable_run_started();
  *started.mutable_plan() = std::move(plan);
  started.set_epoch(NextEpoch(observation));
  started.set_incarnation(incarnation_);
  started.set_request_id(request_id);
  started.set_farm_file(farm_.bytes);
  return records;
}

// --- Resume -------------------------------------------------------------------------------------

namespace {

// Whether the step takes the Deployment Controller from its host.
bool TakesController(const plan::v1::Step& step) {
  const plan::v1::Action& action = step.action();
  const bool stops = action.stop_service().service() == plan::v1::CONTROLLER;
  const bool disables = action.set_startup_type().service() == plan::v1::CONTROLLER &&
                        action.set_startup_type().startup_type() == plan::v1::DISABLED;
  return absl::StartsWith(step.name(), "stand-down/") && (stops || disables);
}

// Going on without a host is for those that have no Deployment Controller, or have it no more.
absl::Status CheckOwe(const ResumeRunRequest& request, const engine::RunState& state) {
  const std::string& host = request.owed_host();
  if (request.reason().empty()) return absl::InvalidArgumentError("a decision needs --reason");
  if (!absl::c_linear_search(state.ClaimedHosts(), host)) {
    return absl::InvalidArgumentError(absl::StrCat("run ", request.run(), " works on no host \"",
                                                   host, "\"; it works on ",
                                                   absl::StrJoin(state.ClaimedHosts(), ", ")));
  }
  if (host == state.plan().new_controller()) {
    return absl::InvalidArgumentError(
        absl::StrCat(host, " gets the Deployment Controller: the run cannot go on without it"));
  }
  for (size_t i = 0; i < state.step_count(); ++i) {
    const plan::v1::Step& step = *state.ledger(i).step;
    if (step.host() != host) continue;
    if (TakesController(step) && state.status(i).state() != plan::v1::SUCCEEDED) {
      return absl::InvalidArgumentError(
          absl::StrCat(host, " may still run its Deployment Controller (", step.name(), " is ",
                       Word(state.status(i).state()),
                       "): end this run with --force-stop, and plan one with "
                       "--emergency --lost ",
                       host));
    }
    if (state.status(i).state() == plan::v1::STARTED) {
      return absl::InvalidArgumentError(
          absl::StrCat("step ", step.name(), " is under way: it must end first"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<journal::v1::RunResumed> RunRules::CheckResume(const ResumeRunRequest& request,
                                                              const engine::RunState& state) const {
  if (state.run().phase() != plan::v1::RUN_PAUSED) {
    return absl::FailedPreconditionError(
        absl::StrCat("run ", request.run(), " is not paused: ", Word(state.run().phase())));
  }
  const size_t undecided = state.FirstUndecided();
  const bool open = undecided < state.step_count();
  journal::v1::RunResumed resumed;
  resumed.set_decision(request.decision());
  resumed.set_reason(request.reason());
  if (request.decision() == journal::v1::OWE) {
    RETURN_IF_ERROR(CheckOwe(request, state));
    resumed.set_owed_host(request.owed_host());
    return resumed;
  }
  if (request.decision() == journal::v1::DECISION_UNSPECIFIED) {
    if (!open) return resumed;
    return absl::InvalidArgumentError(absl::StrCat(
        "step ", state.status(undecided).step(), " is ", Word(state.status(undecided).state()),
        ": say what to do about it with --retry, --accept, --owe HOST or --force-stop"));
  }
  if (request.reason().empty()) return absl::InvalidArgumentError("a decision needs --reason");
  if (request.decision() == journal::v1::FORCE_STOP) return resumed;
  if (!open) return absl::InvalidArgumentError("no step of the run needs a decision");
  resumed.set_step(request.step().empty() ? state.status(undecided).step() : request.step());
  ASSIGN_OR_RETURN(const size_t index, state.FindStep(resumed.step()));
  const bool retry = request.decision() == journal::v1::RETRY;
  const bool asks_again = retry && state.CanAskAgain(index);
  if (const size_t taker = state.UndecidedTaker(index);
      retry && !asks_again && taker < state.step_count()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "gate ", resumed.step(), " cannot be asked again before the agent has said what became of ",
        state.status(taker).step(), ": first --step ", state.status(taker).step(), " --retry"));
  }
  if (!engine::NeedsDecision(state.status(index).state()) && !asks_again) {
    return absl::InvalidArgumentError(absl::StrCat("step ", resumed.step(), " is ",
                                                   Word(state.status(index).state()),
                                                   " and needs no decision"));
  }
  return resumed;
}

absl::StatusOr<journal::v1::RunResumed> RunRules::GoOn(journal::v1::RunResumed resumed,
                                                       const engine::RunState& state,
                                                       const Observation& observation) const {
  RETURN_IF_ERROR(CheckPlanStillFits(state.plan()));
  const std::vector<std::string> unknown = UnknownToJournal(journal_, observation);
  if (!unknown.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the journal lacks records, or is an old copy: ", absl::StrJoin(unknown, "; ")));
  }
  resumed.set_epoch(NextEpoch(observation));
  resumed.set_incarnation(incarnation_);
  return resumed;
}

// --- After a restart ----------------------------------------------------------------------------

engine::Event RunRules::JudgeFound(const engine::RunState& state, const Observation& observation,
                                   absl::Time now) const {
  const std::string actor = absl::StrCat("coordinator:", name_);
  if (const std::vector<std::string> unknown = UnknownToJournal(journal_, observation);
      !unknown.empty()) {
    return engine::PauseFound{actor, plan::v1::JOURNAL_BEHIND, absl::StrJoin(unknown, "; ")};
  }
  if (const absl::Status fits = CheckPlanStillFits(state.plan()); !fits.ok()) {
    return engine::PauseFound{actor, plan::v1::PLAN_OUTDATED, std::string(fits.message())};
  }
  const absl::Duration away = now - book_.LastRecordTime(state.run().run());
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

}  // namespace baton
