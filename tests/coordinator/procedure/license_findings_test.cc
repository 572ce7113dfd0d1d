#include "coordinator/procedure/license_findings.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/planner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using testing::HasSubstr;

constexpr char kSerial[] = "BBBB-2222";

std::string FindIn(const Farm& farm, const plan::v1::ProcedureRequest& request) {
  std::string text;
  for (const plan::v1::Finding& finding :
       FindLicenseTrouble(ObservedFarm(farm.file, farm.observation), request)) {
    absl::StrAppend(&text, finding.name(), " on ", finding.host(), ": ", finding.reason(), "\n");
  }
  return text;
}

plan::v1::ProcedureRequest MoveTo(const char* host) {
  plan::v1::ProcedureRequest request;
  request.set_procedure(plan::v1::MOVE_CONTROLLER);
  request.set_to(host);
  return request;
}

plan::v1::ToolProfile& Tool(Farm& farm, const char* host, plan::v1::Tool tool) {
  for (plan::v1::ToolProfile& known : *farm.Host(host).mutable_profile()->mutable_tools()) {
    if (known.tool() == tool) return known;
  }
  ADD_FAILURE() << "no such tool";
  return *farm.Host(host).mutable_profile()->add_tools();
}

void AddParameter(Farm& farm, const char* host, plan::v1::Tool tool, const char* name,
                  plan::v1::ToolParameter::Kind kind) {
  plan::v1::ToolParameter* parameter = Tool(farm, host, tool).add_parameters();
  parameter->set_name(name);
  parameter->set_kind(kind);
}

// What is unlike a farm whose hosts have one serial and whose farm file has a login, and all that
// is found then.
struct Row {
  const char* name;
  void (*change)(Farm& farm);
  std::string found;
};

const Row kRows[] = {
    {"Nothing", [](Farm& /*farm*/) {}, ""},
    {"AnotherSerial", [](Farm& farm) { farm.GiveSerial("fe2", kSerial); },
     "license-invalid-after-move on fe2: the license is bound to serial AAAA-1111 of fe1, and fe2 "
     "has BBBB-2222: the run waits for a license file at gate license/fe2/provide\n"},
    {"AStagedFile",
     [](Farm& farm) {
       farm.GiveSerial("fe2", kSerial);
       farm.StageLicense(kSerial);
     },
     "license-invalid-after-move on fe2: the license is bound to serial AAAA-1111 of fe1, and fe2 "
     "has BBBB-2222: the run installs /etc/baton/licenses/BBBB-2222.lic\n"},
    {"AStagedFileThatCannotBeRead",
     [](Farm& farm) {
       farm.GiveSerial("fe2", kSerial);
       farm.StageLicense(kSerial, "Permission denied (EACCES)");
     },
     "staged-license-unreadable on : the license for serial BBBB-2222: Permission denied (EACCES)\n"
     "license-invalid-after-move on fe2: the license is bound to serial AAAA-1111 of fe1, and fe2 "
     "has BBBB-2222: the run waits for a license file at gate license/fe2/provide\n"},
    {"AnUnknownSerial", [](Farm& farm) { farm.GiveSerial("fe2", "", "exit code 3"); },
     "license-invalid-after-move on fe2: the license is bound to serial AAAA-1111 of fe1, and the "
     "serial of fe2 is not known: exit code 3: the run waits for a license file at gate "
     "license/fe2/provide\n"},
    {"NoPlaceForASerial", [](Farm& farm) { farm.Host("fe2").clear_serial(); }, ""},
    {"NoLoginForTheModules", [](Farm& farm) { farm.ForgetLogin(); },
     "service-center-credentials-missing on : the farm file has no service_center: it remains for "
     "people to republish all modules\n"},
    {"NoLoginAtAll",
     [](Farm& farm) {
       farm.ForgetLogin();
       farm.GiveSerial("fe2", kSerial);
     },
     "license-invalid-after-move on fe2: the license is bound to serial AAAA-1111 of fe1, and fe2 "
     "has BBBB-2222: people see to it, since the farm file has no service_center\n"
     "service-center-credentials-missing on : the farm file has no service_center: it remains for "
     "people to install the license and to republish all modules\n"},
    {"ASecretThatCannotBeRead",
     [](Farm& farm) { farm.observation.mutable_secrets(0)->set_error("no such file"); },
     "service-center-credentials-missing on : no such file: it remains for people to republish all "
     "modules\n"},
    {"NobodyHasTheTool",
     [](Farm& farm) {
       for (const char* host : {"fe1", "fe2", "fe3"}) farm.RemoveTool(host, plan::v1::REPUBLISH);
     },
     ""},
    {"OnlyTheOthersHaveTheTool", [](Farm& farm) { farm.RemoveTool("fe2", plan::v1::REPUBLISH); },
     "tool-missing on fe2: the profile on fe2 has no republish\n"},
    {"AParameterOfNobody",
     [](Farm& farm) {
       AddParameter(farm, "fe3", plan::v1::APPLY_CONFIGURATION, "language",
                    plan::v1::ToolParameter::TEXT);
     },
     "tool-parameter-unfilled on fe3: apply-configuration asks for language (text), which nobody "
     "fills, on fe3\n"},
    {"APasswordThatWouldBeShown",
     [](Farm& farm) {
       Tool(farm, "fe2", plan::v1::REPUBLISH)
           .mutable_parameters(1)
           ->set_kind(plan::v1::ToolParameter::TEXT);
     },
     "tool-parameter-unfilled on fe2: republish asks for password (text), which nobody fills, on "
     "fe2\n"},
    {"AtAnotherHost",
     [](Farm& farm) {
       AddParameter(farm, "fe3", plan::v1::REPUBLISH, "language", plan::v1::ToolParameter::TEXT);
     },
     ""},
    {"ALoginWhereNoneCanBeLeftOut",
     [](Farm& farm) {
       AddParameter(farm, "fe1", plan::v1::APPLY_CONFIGURATION, "username",
                    plan::v1::ToolParameter::TEXT);
       farm.ForgetLogin();
       farm.RemoveTool("fe2", plan::v1::REPUBLISH);
       farm.RemoveTool("fe1", plan::v1::REPUBLISH);
       farm.RemoveTool("fe3", plan::v1::REPUBLISH);
     },
     "tool-parameter-unfilled on fe1: apply-configuration logs in to Service Center (the farm file "
     "has no service_center) on fe1\n"},
    {"AnInstallerWithoutAFile",
     [](Farm& farm) {
       farm.GiveSerial("fe2", kSerial);
       farm.StageLicense(kSerial);
       Tool(farm, "fe2", plan::v1::INSTALL_LICENSE).clear_parameters();
     },
     "license-invalid-after-move on fe2: the license is bound to serial AAAA-1111 of fe1, and fe2 "
     "has BBBB-2222: the run installs /etc/baton/licenses/BBBB-2222.lic\n"
     "tool-parameter-unfilled on fe2: install-license takes no license_file (file) on fe2\n"},
    {"Silence", [](Farm& farm) { farm.Silence("fe2"); }, ""},
};

class LicenseFindings : public testing::TestWithParam<Row> {};

TEST_P(LicenseFindings, AreFound) {
  Farm farm = MakeFarm();
  GetParam().change(farm);
  EXPECT_EQ(FindIn(farm, MoveTo("fe2")), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(, LicenseFindings, testing::ValuesIn(kRows),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(FindLicenseTrouble, DependsOnWhatBecomesOfTheModules) {
  Farm farm = MakeFarm();
  farm.ForgetLogin();
  farm.RemoveTool("fe2", plan::v1::REPUBLISH);
  plan::v1::ProcedureRequest request = MoveTo("fe2");
  EXPECT_THAT(FindIn(farm, request), HasSubstr("tool-missing"));
  request.set_republish(plan::v1::REPUBLISH_APPLY_SETTINGS);
  EXPECT_EQ(FindIn(farm, request), "");
  request.set_republish(plan::v1::REPUBLISH_NONE);
  EXPECT_EQ(FindIn(farm, request), "");
}

TEST(FindLicenseTrouble, LooksAtStagedFilesWithoutACandidate) {
  Farm farm = MakeFarm();
  farm.ForgetLogin();
  farm.StageLicense(kSerial, "no such file");
  EXPECT_EQ(FindIn(farm, {}),
            "staged-license-unreadable on : the license for serial BBBB-2222: no such file\n");
}

// At three in the morning a move must not fail for want of a password that only its last steps
// need.
TEST(FindLicenseTrouble, ForbidsNoMoveForWantOfALoginOrALicense) {
  Farm farm = MakeFarm();
  farm.ForgetLogin();
  farm.GiveSerial("fe2", "", "exit code 3");
  farm.StageLicense(kSerial, "no such file");
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan plan,
                       MakePlan(farm.file, farm.observation, MoveTo("fe2")));
  EXPECT_GT(plan.findings_size(), 0);
  EXPECT_THAT(Forbidding({plan.findings().begin(), plan.findings().end()}), testing::IsEmpty());
}

}  // namespace
}  // namespace baton
