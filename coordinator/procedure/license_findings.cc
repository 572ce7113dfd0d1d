#include "coordinator/procedure/license_findings.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/license_move.h"
#include "coordinator/procedure/republish_move.h"
#include "coordinator/procedure/tool_arguments.h"

namespace baton {
namespace {

using Course = LicenseMove::Course;
using Findings = std::vector<plan::v1::Finding>;

void CheckStaged(const ObservedFarm& farm, Findings& found) {
  for (const plan::v1::StagedLicense& staged : farm.observation().licenses()) {
    if (staged.error().empty()) continue;
    found.push_back(MakeFinding(
        "staged-license-unreadable", "",
        absl::StrCat("the license for serial ", staged.serial(), ": ", staged.error())));
  }
}

// What the plan does about a license that will not be valid.
std::string Cure(const LicenseMove& license, const std::string& to) {
  switch (license.course) {
    case Course::kStaged:
      return absl::StrCat("the run installs ", license.staged->path());
    case Course::kAsk:
      return absl::StrCat("the run waits for a license file at gate license/", to, "/provide");
    default:
      return absl::StrCat("people see to it, since ", license.why);
  }
}

void CheckLicense(const LicenseMove& license, const std::string& to, Findings& found) {
  // Where no serial is ever known the by-hand lines of the plan say all that there is to say.
  const bool blind = license.serial_to.empty() && license.unknown.empty();
  if (license.course == Course::kStaysValid || blind) return;
  found.push_back(MakeFinding("license-invalid-after-move", to,
                              absl::StrCat(BindingWords(license, to), ": ", Cure(license, to))));
  if (license.course == Course::kStaged) {
    found.back().set_hint("nothing: the plan takes care of it");
  }
}

// A login that is missing makes no move impossible: what needs it is left to people.
void CheckLogin(const LicenseMove& license, const RepublishMove& republish, Findings& found) {
  std::vector<std::string> lines;
  if (license.login_missing) lines.emplace_back("install the license");
  if (republish.login_missing) lines.emplace_back("republish all modules");
  if (lines.empty()) return;
  found.push_back(
      MakeFinding("service-center-credentials-missing", "",
                  absl::StrCat(license.login_missing ? license.why : republish.why,
                               ": it remains for people to ", absl::StrJoin(lines, " and to "))));
}

void CheckTool(const ObservedFarm& farm, const std::string& name, plan::v1::Tool tool,
               Findings& found) {
  const plan::v1::Host* host = farm.State(name);
  const plan::v1::ToolProfile* profile = host == nullptr ? nullptr : FindTool(*host, tool);
  if (profile == nullptr) return;
  const auto refuse = [&](absl::string_view what) {
    found.push_back(MakeFinding("tool-parameter-unfilled", name,
                                absl::StrCat(Word(tool), " ", what, " on ", name)));
  };
  if (const std::vector<std::string> unfilled = UnfilledParameters(*profile); !unfilled.empty()) {
    refuse(absl::StrCat("asks for ", absl::StrJoin(unfilled, ", "), ", which nobody fills,"));
  }
  if (LogsIn(*profile) && !LoginTrouble(farm).empty()) {
    refuse(absl::StrCat("logs in to Service Center (", LoginTrouble(farm), ")"));
  }
  if (TakesLicense(*profile) != (tool == plan::v1::INSTALL_LICENSE)) {
    refuse(TakesLicense(*profile) ? "asks for a license_file" : "takes no license_file (file)");
  }
}

// The parameters of every tool that the run would run.
void CheckTools(const ObservedFarm& farm, const plan::v1::ProcedureRequest& request,
                const LicenseMove& license, const RepublishMove& republish, Findings& found) {
  for (const FarmHost& host : farm.file().hosts) {
    if (farm.LeftOut(host.name)) continue;
    CheckTool(farm, host.name, plan::v1::APPLY_CONFIGURATION, found);
  }
  CheckTool(farm, request.to(), plan::v1::INSTALL_SERVICE_CENTER, found);
  if (request.procedure() == plan::v1::MOVE_CONTROLLER_AND_CACHE) {
    CheckTool(farm, request.to(), plan::v1::CREATE_CACHE_SERVICE, found);
  }
  if (license.course == Course::kStaged || license.course == Course::kAsk) {
    CheckTool(farm, request.to(), plan::v1::INSTALL_LICENSE, found);
  }
  if (republish.tool != plan::v1::TOOL_UNSPECIFIED) {
    CheckTool(farm, request.to(), republish.tool, found);
  }
}

}  // namespace

Findings FindLicenseTrouble(const ObservedFarm& farm, const plan::v1::ProcedureRequest& request) {
  Findings found;
  CheckStaged(farm, found);
  const std::string& to = request.to();
  if (to.empty()) return found;
  const LicenseMove license = PlanLicenseMove(farm, to);
  const RepublishMove republish = PlanRepublishMove(farm, request);
  if (farm.State(to) == nullptr) return found;
  CheckLicense(license, to, found);
  CheckLogin(license, republish, found);
  if (republish.tool_missing) found.push_back(MakeFinding("tool-missing", to, republish.why));
  CheckTools(farm, request, license, republish, found);
  return found;
}

}  // namespace baton
