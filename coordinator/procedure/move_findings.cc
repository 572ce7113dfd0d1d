#include "coordinator/procedure/move_findings.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "coordinator/procedure/cache_move.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/lost_findings.h"

namespace baton {
namespace {

using plan::v1::Finding;

std::string AccountOf(const ObservedFarm& farm, absl::string_view host) {
  const plan::v1::ServiceState* service = farm.Service(host, plan::v1::CONTROLLER);
  return service == nullptr ? "" : service->account();
}

// An account as it compares between hosts: without letter case, and without the host's own name, by
// which Windows writes the accounts of that host alone.
std::string Comparable(absl::string_view account, const plan::v1::Host& host) {
  std::string lower = absl::AsciiStrToLower(account);
  absl::string_view rest = lower;
  const std::string own = absl::StrCat(absl::AsciiStrToLower(host.facts().hostname()), "\\");
  if (!absl::ConsumePrefix(&rest, ".\\") && own.size() > 1) absl::ConsumePrefix(&rest, own);
  if (rest == "nt authority\\system") rest = "localsystem";
  return std::string(rest);
}

void CheckAccount(const ObservedFarm& farm, absl::string_view to, std::vector<Finding>& found) {
  const std::string old_controller = FindController(farm).host;
  const std::string account = AccountOf(farm, to);
  const std::string old_account = AccountOf(farm, old_controller);
  if (old_controller == to || account.empty() || old_account.empty()) return;
  const bool same =
      Comparable(account, *farm.State(to)) == Comparable(old_account, *farm.State(old_controller));
  if (same) return;
  found.push_back(
      MakeFinding("service-account-differs", to,
                  absl::StrCat("the Deployment Controller would run as ", account, " on ", to,
                               ", and runs as ", old_account, " on ", old_controller)));
}

}  // namespace

std::vector<Finding> FindCandidateTrouble(const ObservedFarm& farm, absl::string_view to) {
  std::vector<Finding> found;
  const plan::v1::Host* host = farm.State(to);
  if (host == nullptr) return found;
  if (farm.Service(to, plan::v1::CONTROLLER) == nullptr) {
    found.push_back(
        MakeFinding("service-missing", to,
                    absl::StrCat(to, " has no Deployment Controller service installed")));
  }
  if (FindTool(*host, plan::v1::INSTALL_SERVICE_CENTER) == nullptr) {
    found.push_back(MakeFinding(
        "tool-missing", to, absl::StrCat("the profile on ", to, " has no install-service-center")));
  }
  CheckAccount(farm, to, found);
  return found;
}

std::vector<Finding> FindMoveRemarks(const ObservedFarm& farm,
                                     const plan::v1::ProcedureRequest& request) {
  std::vector<Finding> found = {
      MakeFinding("publication-unknown", "",
                  "nobody can tell from the hosts whether somebody publishes modules now")};
  const std::string old_controller = FindController(farm).host;
  const bool stays = request.procedure() == plan::v1::MOVE_CONTROLLER && !old_controller.empty() &&
                     old_controller != request.to() && HasCache(farm) &&
                     FindCache(farm).host == old_controller;
  const std::string options = EmergencyOptions(request);
  const std::string cache_host = FindCache(farm).host;
  const bool lost = request.procedure() == plan::v1::MOVE_CONTROLLER && HasCache(farm) &&
                    farm.participants().FindLost(cache_host) != nullptr;
  if (lost) {
    found.push_back(
        MakeFinding("cache-on-lost-host", cache_host,
                    absl::StrCat("the cache is on ", cache_host,
                                 ", which is named lost, and the procedure leaves it ", "there")));
    found.back().set_hint(absl::StrCat("move both: baton plan move-controller-and-cache --to ",
                                       request.to(), options));
  } else if (stays) {
    found.push_back(MakeFinding(
        "cache-stays", old_controller,
        absl::StrCat("the cache stays on ", old_controller, ", which loses the Deployment ",
                     "Controller. To move both: baton plan move-controller-and-cache --to ",
                     request.to(), options)));
  }
  return found;
}

}  // namespace baton
