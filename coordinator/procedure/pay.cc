#include "coordinator/procedure/pay.h"

#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "coordinator/procedure/cache_move.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/findings.h"
#include "coordinator/procedure/move_stages.h"

namespace baton {
namespace {

using plan::v1::Finding;
using plan::v1::Plan;
using plan::v1::Stage;

// What keeps a host from being worked on, whoever has which role.
bool SpeaksOfWork(const Finding& finding) {
  static constexpr absl::string_view kNames[] = {
      "agent-unreachable", "configuration-unreadable", "disk-space",        "not-privileged",
      "operation-running", "setting-missing",          "unit-not-maskable", "tool-missing"};
  return absl::c_linear_search(kNames, finding.name());
}

// The cache moved while the host was away: its configuration names another one than the
// assignment's, and one of its own may still run. Nothing where it did not: then the settings are
// those that they were.
std::optional<CacheMove> CacheOf(const ObservedFarm& farm, const std::string& host) {
  const plan::v1::Assignment assignment = farm.NewestAssignment();
  if (assignment.cache().empty() || farm.State(assignment.cache()) == nullptr) return std::nullopt;
  const FarmHost* cache_host = farm.file().Find(assignment.cache());
  const bool names_it = cache_host != nullptr &&
                        farm.Setting(host, plan::v1::CACHE_HOST) == cache_host->platform_address;
  if (names_it) return std::nullopt;
  CacheMove move = PlanCacheMove(farm, assignment.cache(), assignment.cache(), nullptr);
  move.from = host == assignment.cache() ? "" : host;
  return move;
}

// Of all hosts only the one that pays.
Plan PlanOf(const std::string& host, const std::string& controller, bool cache) {
  Plan work;
  work.set_new_controller(controller);
  work.add_hosts(host);
  work.mutable_request()->set_procedure(cache ? plan::v1::MOVE_CONTROLLER_AND_CACHE
                                              : plan::v1::MOVE_CONTROLLER);
  return work;
}

}  // namespace

std::vector<std::string> HostsOfPay(const ObservedFarm& farm, const std::string& host) {
  const std::string controller = FindController(farm).host;
  if (controller.empty() || controller == host) return {host};
  return {controller, host};
}

std::vector<Finding> FindPayTrouble(const ObservedFarm& farm, const std::string& host) {
  std::vector<Finding> findings;
  const bool owes = absl::c_any_of(farm.observation().debts(),
                                   [&host](const auto& debt) { return debt.host() == host; });
  if (!owes) findings.push_back(MakeFinding("no-debt", host, absl::StrCat(host, " owes nothing")));
  const ControllerVerdict controller = FindController(farm);
  if (controller.host.empty()) {
    findings.push_back(
        MakeFinding("controller-ambiguous", "",
                    absl::StrCat("it cannot be said which host has the Deployment Controller: ",
                                 controller.reason)));
  }
  const std::vector<std::string> hosts = HostsOfPay(farm, host);
  for (Finding& finding : FindEverything(farm, "", plan::v1::PROCEDURE_UNSPECIFIED)) {
    if (SpeaksOfWork(finding) && absl::c_linear_search(hosts, finding.host())) {
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

void PlanPay(const ObservedFarm& farm, Plan& plan) {
  const std::string& host = plan.request().pays();
  const plan::v1::Assignment assignment = farm.NewestAssignment();
  const std::string controller = FindController(farm).host;
  plan.mutable_assignment()->set_controller(controller);
  plan.mutable_assignment()->set_cache(assignment.cache());
  const std::optional<CacheMove> cache = CacheOf(farm, host);
  const Plan work = PlanOf(host, controller, cache.has_value());
  const MoveStages stages(farm, work, cache);
  for (Stage& stage : std::vector<Stage>{stages.Preflight(), stages.StandDown(), stages.Repoint(),
                                         stages.Prove()}) {
    if (!stage.steps().empty()) *plan.add_stages() = std::move(stage);
  }
}

}  // namespace baton
