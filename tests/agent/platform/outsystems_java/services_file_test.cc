#include "agent/platform/outsystems_java/services_file.h"

#include <ostream>
#include <string>

#include "agent/platform/outsystems_java/configurator_dialog.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using testing::HasSubstr;

constexpr char kFile[] =
    "# OutSystems services\r\n"
    "\tCONTROLLER='ENABLED'   # the Deployment Controller\n"
    "export DEPLOYER=ENABLED\n"
    "SCHEDULER=\"ENABLED\"\n"
    "#LOG=\"DISABLED\"\n"
    "LOG=\"ENABLED\"\n"
    "OLD_LOG=\"no\"";

TEST(ServicesFile, ReadsEveryWayOfQuoting) {
  for (const char* unit : {"CONTROLLER", "DEPLOYER", "SCHEDULER", "LOG"}) {
    EXPECT_THAT(ReadUnit(kFile, unit), IsOkAndHolds("ENABLED")) << unit;
  }
  EXPECT_THAT(ReadUnit(kFile, "OLD_LOG"), IsOkAndHolds("no"));
  EXPECT_THAT(ReadUnit(kFile, "SMS"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no line gives SMS=")));
}

TEST(ServicesFile, ChangesNothingButTheValue) {
  EXPECT_THAT(WithUnit(kFile, "CONTROLLER", kUnitDisabled),
              IsOkAndHolds("# OutSystems services\r\n"
                           "\tCONTROLLER='DISABLED'   # the Deployment Controller\n"
                           "export DEPLOYER=ENABLED\n"
                           "SCHEDULER=\"ENABLED\"\n"
                           "#LOG=\"DISABLED\"\n"
                           "LOG=\"ENABLED\"\n"
                           "OLD_LOG=\"no\""));
  EXPECT_THAT(WithUnit("A=\"\"", "A", kUnitEnabled), IsOkAndHolds("A=\"ENABLED\""));
  EXPECT_THAT(WithUnit("A=", "A", kUnitEnabled), IsOkAndHolds("A=ENABLED"));
}

struct Trouble {
  std::string file;
  std::string complaint;
};
void PrintTo(const Trouble& row, std::ostream* out) { *out << row.file; }

class ServicesFileTrouble : public testing::TestWithParam<Trouble> {};

TEST_P(ServicesFileTrouble, IsRefusedAndNotInterpreted) {
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(GetParam().complaint));
  EXPECT_THAT(ReadUnit(GetParam().file, "A"), refused);
  EXPECT_THAT(WithUnit(GetParam().file, "A", kUnitEnabled), refused);
}

INSTANTIATE_TEST_SUITE_P(
    All, ServicesFileTrouble,
    testing::Values(Trouble{"A=1\nB=2\nA=1\n", "line 3: A= stands there twice"},
                    Trouble{"\nif true; then A=1; fi", "line 2: A= is not given a plain value"},
                    Trouble{"B=2 A=1", "plain"}, Trouble{"A=\"$B\"", "plain"},
                    Trouble{"A=`x`", "plain"}, Trouble{"A=\"1\" run", "plain"},
                    Trouble{"A=\"1\"\"2\"", "plain"}, Trouble{"A=\"1", "plain"},
                    Trouble{"A=1;", "plain"}, Trouble{"A=1\\\nB", "plain"},
                    Trouble{"A=1\r\n", "plain"}, Trouble{"A=1#2", "plain"}));

// ---- What the configurator is answered

InitScriptSpec Script() {
  InitScriptSpec script;
  script.units = {{"CONTROLLER", "Controller Service", "Controller Service*Y*N"},
                  {"SCHEDULER", "Scheduler Service", "Scheduler Service*Y*N"},
                  {"SMS", "SMS Service", "SMS Service*Y*N"}};
  script.configurator.enable = "yes";
  script.configurator.disable = "no";
  return script;
}

TEST(ConfiguratorDialog, AnswersForEveryUnitThatTheFileHas) {
  ASSERT_OK_AND_ASSIGN(const DialogSpec dialog,
                       ConfiguratorDialog(Script(), "CONTROLLER=DISABLED\nSCHEDULER=ENABLED\n"));
  ASSERT_EQ(dialog.rules.size(), 2u);
  EXPECT_EQ(dialog.rules[0].prompt, "Controller Service*Y*N");
  EXPECT_EQ(dialog.rules[0].answer, "no");
  EXPECT_EQ(dialog.rules[1].answer, "yes");
  EXPECT_EQ(dialog.rules[1].count, PromptCount::kOnce);
}

TEST(ConfiguratorDialog, RefusesWhatItCannotAnswer) {
  EXPECT_THAT(ConfiguratorDialog(Script(), "CONTROLLER=ENABLED\nSCHEDULER=MAYBE\n").status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("SCHEDULER is \"MAYBE\", neither ENABLED nor DISABLED")));
  EXPECT_THAT(ConfiguratorDialog(Script(), "CONTROLLER=`x`\n").status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("plain")));
}

}  // namespace
}  // namespace baton
