#include "coordinator/runtime/farm_view.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "coordinator/procedure/observed_farm.h"
#include "coordinator/procedure/planner.h"
#include "coordinator/procedure/readiness.h"
#include "coordinator/runtime/former_run_reader.h"
#include "coordinator/runtime/ids.h"
#include "coordinator/runtime/journal_check.h"
#include "google/protobuf/util/time_util.h"

namespace baton {

FarmView::FarmView(const FarmFile& farm, Observer& observer, Journal& journal, RunBook& book,
                   Clock& clock)
    : farm_(farm), observer_(observer), journal_(journal), book_(book), clock_(clock) {}

std::vector<plan::v1::Finding> FarmView::WithJournalTrouble(
    const plan::v1::Observation& observation, std::vector<plan::v1::Finding> findings) {
  const std::vector<plan::v1::Finding> trouble =
      FindJournalTrouble(journal_, book_.damage(), observation);
  findings.insert(findings.begin(), trouble.begin(), trouble.end());
  return findings;
}

plan::v1::Observation FarmView::ObserveFor(const plan::v1::ProcedureRequest& request) {
  return book_.ActiveRun().empty() ? observer_.ObserveFor(request)
                                   : observer_.ObserveWithWitnesses(request);
}

coordinator::v1::Farm FarmView::GetFarm() {
  coordinator::v1::Farm farm;
  farm.set_farm_id(farm_.farm_id);
  *farm.mutable_observation() = observer_.ObserveWithWitnesses({});
  *farm.mutable_debts() = farm.observation().debts();
  const ObservedFarm observed(farm_, farm.observation());
  plan::v1::Assignment assignment = observed.NewestAssignment();
  // The journal knows of one that the hosts which answer may not: nobody answers, or they missed
  // it.
  plan::v1::Assignment journaled = book_.NewestAssignment();
  if (journaled.epoch() > assignment.epoch()) assignment = std::move(journaled);
  if (assignment.epoch() > 0) *farm.mutable_assignment() = std::move(assignment);
  farm.set_epoch(std::max(book_.HighestEpoch(), HighestEpoch(farm.observation())));
  if (const std::string run = book_.ActiveRun(); !run.empty()) {
    absl::StatusOr<plan::v1::Run> summary = book_.Summary(run);
    if (summary.ok()) *farm.mutable_active_run() = *std::move(summary);
  }
  const std::vector<plan::v1::Finding> findings =
      WithJournalTrouble(farm.observation(), FindStanding(observed));
  *farm.mutable_findings() = {findings.begin(), findings.end()};
  for (const FarmHost& host : farm_.hosts) {
    coordinator::v1::FarmHost* described = farm.add_hosts();
    described->set_name(host.name);
    described->set_front_end(host.front_end);
    described->set_agent_address(host.agent_address.ToString());
    described->set_platform_address(host.platform_address);
    if (host.maintenance.has_value()) described->set_maintenance(host.maintenance->why);
    described->set_group(observed.GroupOf(host.name));
    described->set_configured_group(host.group);
    const plan::v1::HostObservation* seen = observed.Find(host.name);
    described->set_no_agent(seen != nullptr && seen->no_agent());
    if (host.fence.has_value()) described->set_fence(host.fence->agent());
  }
  return farm;
}

absl::StatusOr<coordinator::v1::Readiness> FarmView::CheckReadiness(
    const coordinator::v1::CheckReadinessRequest& request) {
  const std::string& to = request.request().to();
  if (!to.empty()) RETURN_IF_ERROR(farm_.CheckHas(to));
  const plan::v1::Observation observation = ObserveFor(request.request());
  coordinator::v1::Readiness readiness;
  readiness.set_farm_id(farm_.farm_id);
  *readiness.mutable_sightings() = observation.sightings();
  const std::vector<plan::v1::Finding> findings = WithJournalTrouble(
      observation, FindReadiness(ObservedFarm(farm_, observation), request.request()));
  *readiness.mutable_findings() = {findings.begin(), findings.end()};
  return readiness;
}

absl::StatusOr<plan::v1::Plan> FarmView::CreatePlan(
    const coordinator::v1::CreatePlanRequest& request, const std::string& actor) {
  ASSIGN_OR_RETURN(const std::optional<FormerRun> former, ReadFormerRun(book_, request.request()));
  ASSIGN_OR_RETURN(const plan::v1::ProcedureRequest resolved,
                   ResolveRequest(farm_, request.request(), PointerTo(former)));
  ASSIGN_OR_RETURN(plan::v1::Plan plan,
                   MakePlan(farm_, ObserveFor(resolved), resolved, PointerTo(former)));
  const std::vector<plan::v1::Finding> findings =
      WithJournalTrouble(plan.observation(), {plan.findings().begin(), plan.findings().end()});
  *plan.mutable_findings() = {findings.begin(), findings.end()};
  const absl::Time now = clock_.Now();
  plan.set_plan_id(NewId("plan", now));
  plan.set_actor(actor);
  *plan.mutable_create_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  RETURN_IF_ERROR(journal_.SavePlan(plan));
  return plan;
}

}  // namespace baton
