#include "coordinator/procedure/readiness.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/procedure/activation.h"
#include "coordinator/procedure/cache_move.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/findings.h"
#include "coordinator/procedure/hook_findings.h"
#include "coordinator/procedure/license_findings.h"
#include "coordinator/procedure/reach_plan.h"

namespace baton {
namespace {

using plan::v1::Finding;
using plan::v1::Procedure;

bool HasPassive(const ObservedFarm& farm) {
  return std::any_of(farm.file().hosts.begin(), farm.file().hosts.end(), [&](const FarmHost& host) {
    return farm.GroupOf(host.name) == plan::v1::GROUP_PASSIVE;
  });
}

// The procedures that the farm is made for.
std::vector<Procedure> ProceduresOf(const ObservedFarm& farm) {
  std::vector<Procedure> procedures = {plan::v1::MOVE_CONTROLLER};
  if (HasCache(farm)) procedures.push_back(plan::v1::MOVE_CONTROLLER_AND_CACHE);
  if (HasPassive(farm)) procedures.push_back(plan::v1::ACTIVATE_PASSIVE);
  return procedures;
}

bool Same(const Finding& a, const Finding& b) {
  return a.name() == b.name() && a.host() == b.host() && a.reason() == b.reason();
}

// A fence that would fail when it is needed refuses nothing today.
std::vector<Finding> FindBrokenFences(const ObservedFarm& farm) {
  std::vector<Finding> findings;
  for (const plan::v1::FenceCheck& check : farm.observation().fences()) {
    if (check.error().empty()) continue;
    findings.push_back(MakeFinding("fence-not-usable", check.host(),
                                   absl::StrCat(check.agent(), ": ", check.error())));
    findings.back().set_level(plan::v1::FINDING_WARNING);
  }
  return findings;
}

// Adds those that are not there yet.
void Merge(std::vector<Finding> more, std::vector<Finding>& findings) {
  std::vector<Finding> fresh;
  for (Finding& finding : more) {
    const auto known = [&finding](const Finding& other) { return Same(finding, other); };
    if (std::any_of(findings.begin(), findings.end(), known)) continue;
    fresh.push_back(std::move(finding));
  }
  AddFindings(std::move(fresh), findings);
}

}  // namespace

std::vector<Finding> FindStanding(const ObservedFarm& farm) {
  std::vector<Finding> findings = FindEverything(
      farm, "", HasCache(farm) ? plan::v1::MOVE_CONTROLLER_AND_CACHE : plan::v1::MOVE_CONTROLLER);
  AddFindings(FindHookTrouble(farm, {}), findings);
  AddFindings(FindBrokenFences(farm), findings);
  return findings;
}

std::vector<Finding> FindReadiness(const ObservedFarm& farm,
                                   const plan::v1::ProcedureRequest& request) {
  std::vector<Procedure> procedures = {request.procedure()};
  if (request.procedure() == plan::v1::PROCEDURE_UNSPECIFIED) procedures = ProceduresOf(farm);
  std::vector<std::string> candidates = {request.to()};
  if (request.to().empty()) candidates = Candidates(farm);
  std::vector<Finding> findings = FindBrokenFences(farm);
  for (const Procedure procedure : procedures) {
    plan::v1::ProcedureRequest of_procedure;
    of_procedure.set_procedure(procedure);
    Merge(FindHookTrouble(farm, of_procedure), findings);
    if (procedure == plan::v1::ACTIVATE_PASSIVE) {
      Merge(FindEverything(farm, "", procedure), findings);
      Merge(FindActivationTrouble(farm, of_procedure), findings);
      continue;
    }
    for (const std::string& to : candidates) {
      // Nobody asked to move the cache to where it is.
      const bool moves_cache = procedure == plan::v1::MOVE_CONTROLLER_AND_CACHE;
      if (moves_cache && request.to().empty() && FindCache(farm).host == to) continue;
      plan::v1::ProcedureRequest move = request;
      move.set_procedure(procedure);
      move.set_to(to);
      Merge(FindEverything(farm, to, procedure), findings);
      Merge(FindLicenseTrouble(farm, move), findings);
    }
    if (candidates.empty()) Merge(FindEverything(farm, "", procedure), findings);
  }
  return findings;
}

}  // namespace baton
