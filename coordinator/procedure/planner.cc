#include "coordinator/procedure/planner.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/procedure/acceptance.h"
#include "coordinator/procedure/activate_passive.h"
#include "coordinator/procedure/activation.h"
#include "coordinator/procedure/emergency_request.h"
#include "coordinator/procedure/failback.h"
#include "coordinator/procedure/findings.h"
#include "coordinator/procedure/fingerprint.h"
#include "coordinator/procedure/hook_findings.h"
#include "coordinator/procedure/hook_steps.h"
#include "coordinator/procedure/license_findings.h"
#include "coordinator/procedure/lost_findings.h"
#include "coordinator/procedure/lost_hosts.h"
#include "coordinator/procedure/move_controller.h"
#include "coordinator/procedure/move_controller_and_cache.h"
#include "coordinator/procedure/move_findings.h"
#include "coordinator/procedure/observed_farm.h"
#include "coordinator/procedure/participation.h"
#include "coordinator/procedure/pay.h"
#include "coordinator/procedure/undo.h"

namespace baton {
namespace {

using plan::v1::Finding;
using plan::v1::Plan;
using plan::v1::ProcedureRequest;

constexpr uint32_t kMaxParallelMax = 64;
constexpr size_t kReasonBytesMax = 1000;
constexpr size_t kChangeBytesMax = 100;

absl::Status CheckMove(const FarmFile& file, const ProcedureRequest& request) {
  if (request.to().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(Word(request.procedure()), " needs --to HOST"));
  }
  if (!request.activate().empty() || !request.deactivate().empty()) {
    return absl::InvalidArgumentError(
        "--activate and --deactivate are options of activate-passive");
  }
  if (request.republish() == plan::v1::REPUBLISH_NONE) {
    if (request.reason().empty()) {
      return absl::InvalidArgumentError("--republish none needs --reason");
    }
    if (request.procedure() == plan::v1::MOVE_CONTROLLER_AND_CACHE) {
      return absl::InvalidArgumentError(
          "--republish none does not go with move-controller-and-cache: modules would keep the old "
          "cache, which is stopped; use --republish apply-settings at least");
    }
  }
  return file.CheckHas(request.to());
}

absl::Status CheckActivatePassive(const FarmFile& file, const ProcedureRequest& request) {
  if (request.republish() != plan::v1::REPUBLISH_POLICY_UNSPECIFIED) {
    return absl::InvalidArgumentError("--republish is an option of moves");
  }
  return CheckActivation(file, request);
}

absl::Status CheckProcedure(const FarmFile& file, const ProcedureRequest& request) {
  switch (request.procedure()) {
    case plan::v1::PROCEDURE_UNSPECIFIED:
      return absl::InvalidArgumentError("procedure is not set");
    case plan::v1::ACTIVATE_PASSIVE:
      return CheckActivatePassive(file, request);
    case plan::v1::MOVE_CONTROLLER:
    case plan::v1::MOVE_CONTROLLER_AND_CACHE:
      return CheckMove(file, request);
    default:
      return absl::UnimplementedError(
          absl::StrCat("this version does not have ", Word(request.procedure()), " yet"));
  }
}

absl::Status CheckRequest(const FarmFile& file, const ProcedureRequest& request) {
  if (!request.pays().empty()) {
    RETURN_IF_ERROR(CheckPay(file, request));
  } else if (request.undoes().empty()) {
    RETURN_IF_ERROR(CheckProcedure(file, request));
  }
  RETURN_IF_ERROR(CheckEmergency(file, request));
  if (request.max_parallel() > kMaxParallelMax) {
    return absl::InvalidArgumentError(absl::StrCat("--max-parallel ", request.max_parallel(),
                                                   " is over the limit of ", kMaxParallelMax));
  }
  if (request.reason().size() > kReasonBytesMax || request.change().size() > kChangeBytesMax) {
    return absl::InvalidArgumentError("--reason or --change is too long");
  }
  return absl::OkStatus();
}

// The farm as the former run found it; nothing if there is none.
std::optional<ObservedFarm> FarmBefore(const FarmFile& file, const FormerRun* former) {
  if (former == nullptr) return std::nullopt;
  return ObservedFarm(file, former->run.plan().observation());
}

}  // namespace

absl::StatusOr<ProcedureRequest> ResolveRequest(const FarmFile& file,
                                                const ProcedureRequest& request,
                                                const FormerRun* former) {
  if (former == nullptr) return request;
  return request.undoes().empty() ? ResolveFailback(request, *former)
                                  : ResolveUndo(file, request, *former);
}

std::vector<Finding> Forbidding(const std::vector<Finding>& findings) {
  std::vector<Finding> forbidding;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(forbidding),
               [](const Finding& finding) {
                 return finding.level() == plan::v1::FINDING_ERROR && !finding.accepted();
               });
  return forbidding;
}

absl::StatusOr<std::vector<Finding>> FindTrouble(const FarmFile& file,
                                                 const plan::v1::Observation& observation,
                                                 const ProcedureRequest& asked,
                                                 const FormerRun* former) {
  ASSIGN_OR_RETURN(const ProcedureRequest request, ResolveRequest(file, asked, former));
  RETURN_IF_ERROR(CheckRequest(file, request));
  const ObservedFarm farm(file, observation, request);
  if (!request.pays().empty()) {
    std::vector<Finding> findings = FindPayTrouble(farm, request.pays());
    RETURN_IF_ERROR(AcceptFindings(request, findings));
    return findings;
  }
  const bool undoes = !request.undoes().empty();
  std::vector<Finding> findings = undoes ? FindUndoTrouble(farm, *former)
                                         : FindEverything(farm, request.to(), request.procedure());
  if (!undoes && request.procedure() == plan::v1::ACTIVATE_PASSIVE) {
    AddFindings(FindActivationTrouble(farm, request), findings);
  } else if (!undoes) {
    AddFindings(FindMoveRemarks(farm, request), findings);
    AddFindings(FindLicenseTrouble(farm, request), findings);
  }
  AddFindings(FindLostTrouble(farm, request), findings);
  AddFindings(FindHookTrouble(farm, request), findings);
  if (request.emergency()) WeighForEmergency(findings);
  RETURN_IF_ERROR(AcceptFindings(request, findings));
  return findings;
}

absl::StatusOr<Plan> MakePlan(const FarmFile& file, const plan::v1::Observation& observation,
                              const ProcedureRequest& asked, const FormerRun* former) {
  ASSIGN_OR_RETURN(const ProcedureRequest request, ResolveRequest(file, asked, former));
  ASSIGN_OR_RETURN(std::vector<Finding> findings, FindTrouble(file, observation, request, former));
  const ObservedFarm farm(file, observation, request);
  const bool undoes = !request.undoes().empty();
  const bool pays = !request.pays().empty();
  const bool activates = !undoes && request.procedure() == plan::v1::ACTIVATE_PASSIVE;
  ProcedureRequest chosen = activates ? ChooseHosts(farm, request) : request;
  if (!undoes && !pays && !activates &&
      chosen.republish() == plan::v1::REPUBLISH_POLICY_UNSPECIFIED) {
    chosen.set_republish(plan::v1::REPUBLISH_FULL);
  }
  Plan plan;
  plan.set_farm_id(file.farm_id);
  *plan.mutable_request() = chosen;
  *plan.mutable_observation() = observation;
  plan.set_farm_file_digest(file.digest);
  plan.set_catalog_version(kCatalogVersion);
  plan.set_old_controller(FindController(farm).host);
  plan.set_new_controller(request.to());
  for (const std::string& host :
       pays ? HostsOfPay(farm, request.pays()) : Participants(file, request).WorkedOn()) {
    plan.add_hosts(host);
  }
  if (undoes) SetUndoRoles(farm, *former, plan);
  plan.set_digest(PlanDigest(plan));
  for (Finding& finding : findings) *plan.add_findings() = std::move(finding);
  // Steps can only be shown for what was seen.
  const bool seen =
      std::all_of(plan.hosts().begin(), plan.hosts().end(),
                  [&farm](const std::string& host) { return farm.State(host) != nullptr; });
  if (!seen) return plan;
  if (pays) {
    PlanPay(farm, plan);
    return plan;
  }
  if (undoes) {
    PlanUndo(farm, *former, plan);
  } else if (activates) {
    PlanActivatePassive(farm, plan);
  } else if (request.procedure() == plan::v1::MOVE_CONTROLLER_AND_CACHE) {
    const std::optional<ObservedFarm> before = FarmBefore(file, former);
    PlanMoveControllerAndCache(farm, before.has_value() ? &*before : nullptr, plan);
  } else {
    PlanMoveController(farm, plan);
  }
  AddDebts(farm, plan);
  InsertHooks(file, plan);
  return plan;
}

bool IsOutdated(const FarmFile& file, const Plan& undo, const FormerRun& former) {
  const absl::StatusOr<Plan> now = MakePlan(file, undo.observation(), undo.request(), &former);
  return !now.ok() ||
         !std::equal(now->stages().begin(), now->stages().end(), undo.stages().begin(),
                     undo.stages().end(), [](const plan::v1::Stage& a, const plan::v1::Stage& b) {
                       return a.SerializeAsString() == b.SerializeAsString();
                     });
}

}  // namespace baton
