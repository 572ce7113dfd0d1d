// The contract is tried in ../service_manager_contract_test.cc. Here: what only this platform does,
// over commands that are shell scripts of the test.

#include "agent/platform/outsystems_java/outsystems_java_service_manager.h"

#include <sys/stat.h>

#include "common/fs/file_system.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/agent/platform/outsystems_java/java_platform.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using plan::v1::SCHEDULER;
using testing::AllOf;
using testing::HasSubstr;

constexpr char kServicesFile[] =
    "# "
    "kept\nCONTROLLER=\"DISABLED\"\nDEPLOYER=\"ENABLED\"\nSCHEDULER=\"ENABLED\"\nLOG=\"ENABLED\"\n";

// Says what is in the file "word"; notes what it was asked to do.
constexpr char kInitScript[] = R"sh(
echo "$*" >> calls
[ "$2" = stop ] && [ -f stops ] && echo STOPPED > word
echo "OutSystems Scheduler Service  -  $(cat word)"
[ ! -f "fail-$2" ] || { echo "cannot $2" >&2; exit 3; })sh";

// Asks for all and writes what it was told. The file "before" is run first.
constexpr char kConfigurator[] = R"sh(
[ ! -f before ] || . ./before
for unit in "CONTROLLER Deployment Controller" "DEPLOYER Deployment" "SCHEDULER Scheduler" "LOG Log"
do
  printf 'Enable OutSystems %s Service (Y/N)? ' "${unit#* }"
  read answer || exit 1
  case "$answer" in Y) value=ENABLED ;; N) value=DISABLED ;; *) exit 1 ;; esac
  echo "${unit%% *}=\"$value\"" >> new
done
mv new os.services.conf)sh";

class OutsystemsJavaTest : public testing::Test {
 protected:
  OutsystemsJavaTest() {
    Write("os.services.conf", kServicesFile, 0640);
    Write("word", "RUNNING\n", 0600);
    WriteScript("service", kInitScript);
    WriteScript("serviceconfigurator.sh", kConfigurator);
  }

  ServiceManager& Services(StartupTypesBy by = StartupTypesBy::kConfigurator) {
    platform_ = std::make_unique<JavaPlatform>(folder_.path(), folder_.path(), folder_.path(),
                                               SCHEDULER, by);
    platform_->set_ports_answer(ports_answer_);
    return platform_->services();
  }

  void Write(const std::string& name, const std::string& text, uint32_t mode) {
    ASSERT_OK(WriteFileAtomically(PosixFileSystem(), folder_ / name, text, mode));
  }
  void WriteScript(const std::string& name, const std::string& body) {
    Write(name, absl::StrCat("#!/bin/sh\ncd '", folder_.path(), "' || exit 1\n", body, "\n"), 0700);
  }
  std::string Read(const std::string& name) {
    return PosixFileSystem().ReadFile(folder_ / name, 1 << 20).value_or("");
  }

  TempFolder folder_;
  bool ports_answer_ = false;
  std::unique_ptr<JavaPlatform> platform_;
};

TEST_F(OutsystemsJavaTest, TheInitScriptsWordCountsWhereNoPortAnswers) {
  const struct {
    const char* word;
    plan::v1::RunState state;
  } rows[] = {{"RUNNING", plan::v1::RUNNING},
              {"STOPPED", plan::v1::STOPPED},
              {"DISABLED", plan::v1::STOPPED},
              {"DEAD (pid file exists)", plan::v1::FAILED},
              {"HIBERNATING", plan::v1::RUN_STATE_UNSPECIFIED}};
  for (const auto& row : rows) {
    Write("word", row.word, 0600);
    ASSERT_OK_AND_ASSIGN(const plan::v1::ServiceState state, Services().Query(SCHEDULER));
    EXPECT_EQ(state.run_state(), row.state) << row.word;
    EXPECT_THAT(state.detail(), AllOf(HasSubstr(row.word), HasSubstr("port 12002 refuses")));
  }
}

TEST_F(OutsystemsJavaTest, AServiceWhosePortAnswersRunsWhateverTheScriptSays) {
  Write("word", "STOPPED", 0600);
  ports_answer_ = true;
  ASSERT_OK_AND_ASSIGN(const plan::v1::ServiceState state, Services().Query(SCHEDULER));
  EXPECT_EQ(state.run_state(), plan::v1::RUNNING);
  EXPECT_OK(platform_->services().RequestStop(SCHEDULER));
  EXPECT_THAT(Read("calls"), HasSubstr("outsystems stop SCHEDULER\n"));
}

TEST_F(OutsystemsJavaTest, AUnitThatTheFileDoesNotNameIsAbsent) {
  Write("os.services.conf", "CONTROLLER=\"ENABLED\"\n", 0600);
  ASSERT_OK_AND_ASSIGN(const plan::v1::ServiceState state, Services().Query(SCHEDULER));
  EXPECT_EQ(state.run_state(), plan::v1::ABSENT);
  EXPECT_THAT(platform_->services().SetStartupType(SCHEDULER, plan::v1::DISABLED),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("os.services.conf")));
}

TEST_F(OutsystemsJavaTest, AHostWithoutTheFileIsNotOneWithoutServices) {
  ASSERT_OK(PosixFileSystem().Remove(folder_ / "os.services.conf"));
  EXPECT_THAT(Services().Query(SCHEDULER).status(),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("os.services.conf")));
}

TEST_F(OutsystemsJavaTest, AFailingScriptIsQuoted) {
  Write("word", "STOPPED", 0600);
  Write("fail-start", "", 0600);
  EXPECT_THAT(Services().RequestStart(SCHEDULER),
              StatusIs(absl::StatusCode::kInternal, "start SCHEDULER: exit code 3: cannot start"));
  Write("fail-status", "", 0600);
  EXPECT_THAT(platform_->services().Query(SCHEDULER).status(),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("query SCHEDULER: exit code 3")));
}

TEST_F(OutsystemsJavaTest, TheConfiguratorIsToldToKeepTheOthers) {
  ASSERT_OK(Services().SetStartupType(SCHEDULER, plan::v1::DISABLED));
  EXPECT_EQ(Read("os.services.conf"),
            "CONTROLLER=\"DISABLED\"\nDEPLOYER=\"ENABLED\"\nSCHEDULER=\"DISABLED\"\n"
            "LOG=\"ENABLED\"\n");
}

TEST_F(OutsystemsJavaTest, AnUnexpectedPromptStopsAndChangesNothing) {
  Write("before", "printf 'Reset all servers? [yes] '; read answer; touch answered\n", 0600);
  EXPECT_THAT(Services().SetStartupType(SCHEDULER, plan::v1::DISABLED),
              StatusIs(absl::StatusCode::kInternal,
                       AllOf(HasSubstr("set SCHEDULER to disabled: "),
                             HasSubstr("unexpected prompt \"Reset all servers? [yes]\""))));
  EXPECT_EQ(Read("os.services.conf"), kServicesFile);
  EXPECT_TRUE(absl::IsNotFound(PosixFileSystem().Describe(folder_ / "answered").status()));
}

TEST_F(OutsystemsJavaTest, SilenceStopsAndChangesNothing) {
  Write("before", "read answer\n", 0600);
  EXPECT_THAT(Services().SetStartupType(SCHEDULER, plan::v1::DISABLED),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("silent for 2s")));
  EXPECT_EQ(Read("os.services.conf"), kServicesFile);
}

TEST_F(OutsystemsJavaTest, AConfiguratorThatChangesOthersIsFoundOut) {
  WriteScript("serviceconfigurator.sh",
              absl::StrCat(kConfigurator, "\nsed -i s/LOG=.*/LOG=DISABLED/ os.services.conf"));
  EXPECT_THAT(Services().SetStartupType(SCHEDULER, plan::v1::DISABLED),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("changed LOG from ENABLED, although it was answered to keep it")));
}

TEST_F(OutsystemsJavaTest, AFileIsEditedInPlaceOnlyOnceTheServiceHasStopped) {
  EXPECT_THAT(Services(StartupTypesBy::kServicesFile).SetStartupType(SCHEDULER, plan::v1::DISABLED),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("is to stop first")));
  EXPECT_EQ(Read("os.services.conf"), kServicesFile);
  Write("stops", "", 0600);
  ASSERT_OK(platform_->services().SetStartupType(SCHEDULER, plan::v1::DISABLED));
  EXPECT_EQ(Read("os.services.conf"),
            "# kept\nCONTROLLER=\"DISABLED\"\nDEPLOYER=\"ENABLED\"\nSCHEDULER=\"DISABLED\"\n"
            "LOG=\"ENABLED\"\n");
  ASSERT_OK_AND_ASSIGN(const FileInfo info,
                       PosixFileSystem().Describe(folder_ / "os.services.conf"));
  EXPECT_EQ(info.mode, 0640u);
}

TEST_F(OutsystemsJavaTest, ThereIsNoManualStart) {
  EXPECT_THAT(Services().SetStartupType(SCHEDULER, plan::v1::MANUAL),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("set SCHEDULER to manual: a service of the Java stack is enabled "
                                 "or disabled")));
  EXPECT_EQ(Read("os.services.conf"), kServicesFile);
}

}  // namespace
}  // namespace baton
