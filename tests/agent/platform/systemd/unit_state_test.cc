#include "agent/platform/systemd/unit_state.h"

#include <csignal>
#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton {
namespace {

using testing::HasSubstr;
using testing::Not;

UnitProperties Loaded() {
  UnitProperties unit;
  unit.load_state = "loaded";
  unit.active_state = "inactive";
  unit.sub_state = "dead";
  unit.unit_file_state = "enabled";
  unit.fragment_path = "/usr/lib/systemd/system/a.service";
  unit.result = "success";
  return unit;
}

struct RunStateRow {
  std::string active_state;
  std::string job_type;
  plan::v1::RunState expected;
};
void PrintTo(const RunStateRow& row, std::ostream* out) {
  *out << row.active_state << " " << row.job_type;
}

class RunStateTable : public testing::TestWithParam<RunStateRow> {};

TEST_P(RunStateTable, IsMapped) {
  UnitProperties unit = Loaded();
  unit.active_state = GetParam().active_state;
  unit.job_type = GetParam().job_type;
  EXPECT_EQ(RunStateOf(unit), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, RunStateTable,
    testing::Values(RunStateRow{"active", "", plan::v1::RUNNING},
                    RunStateRow{"reloading", "", plan::v1::RUNNING},
                    RunStateRow{"refreshing", "", plan::v1::RUNNING},
                    RunStateRow{"inactive", "", plan::v1::STOPPED},
                    RunStateRow{"failed", "", plan::v1::FAILED},
                    RunStateRow{"activating", "", plan::v1::STARTING},
                    RunStateRow{"deactivating", "", plan::v1::STOPPING},
                    RunStateRow{"inactive", "start", plan::v1::STARTING},
                    RunStateRow{"failed", "start", plan::v1::STARTING},
                    RunStateRow{"inactive", "restart", plan::v1::STARTING},
                    RunStateRow{"inactive", "verify-active", plan::v1::STOPPED},
                    RunStateRow{"active", "stop", plan::v1::STOPPING},
                    RunStateRow{"active", "start", plan::v1::RUNNING},
                    RunStateRow{"maintenance", "", plan::v1::RUN_STATE_UNSPECIFIED},
                    RunStateRow{"", "", plan::v1::RUN_STATE_UNSPECIFIED}));

struct StartupTypeRow {
  std::string unit_file_state;
  std::string load_state;
  plan::v1::StartupType expected;
  bool mapped_on_disk;
};
void PrintTo(const StartupTypeRow& row, std::ostream* out) {
  *out << row.unit_file_state << " " << row.load_state;
}

class StartupTypeTable : public testing::TestWithParam<StartupTypeRow> {};

TEST_P(StartupTypeTable, IsMapped) {
  UnitProperties unit = Loaded();
  unit.unit_file_state = GetParam().unit_file_state;
  unit.load_state = GetParam().load_state;
  EXPECT_EQ(StartupTypeOf(unit), GetParam().expected);
  EXPECT_EQ(HasMappedUnitFile(unit), GetParam().mapped_on_disk);
}

INSTANTIATE_TEST_SUITE_P(
    All, StartupTypeTable,
    testing::Values(StartupTypeRow{"enabled", "loaded", plan::v1::AUTOMATIC, true},
                    StartupTypeRow{"disabled", "loaded", plan::v1::MANUAL, true},
                    StartupTypeRow{"masked", "masked", plan::v1::DISABLED, true},
                    // Disk and memory disagree until a reload.
                    StartupTypeRow{"masked", "loaded", plan::v1::OTHER, true},
                    StartupTypeRow{"enabled", "masked", plan::v1::OTHER, true},
                    StartupTypeRow{"disabled", "masked", plan::v1::OTHER, true},
                    StartupTypeRow{"enabled-runtime", "loaded", plan::v1::OTHER, false},
                    StartupTypeRow{"masked-runtime", "masked", plan::v1::OTHER, false},
                    StartupTypeRow{"linked", "loaded", plan::v1::OTHER, false},
                    StartupTypeRow{"linked-runtime", "loaded", plan::v1::OTHER, false},
                    StartupTypeRow{"alias", "loaded", plan::v1::OTHER, false},
                    StartupTypeRow{"static", "loaded", plan::v1::OTHER, false},
                    StartupTypeRow{"indirect", "loaded", plan::v1::OTHER, false},
                    StartupTypeRow{"generated", "loaded", plan::v1::OTHER, false},
                    StartupTypeRow{"transient", "loaded", plan::v1::OTHER, false},
                    StartupTypeRow{"bad", "error", plan::v1::OTHER, false},
                    StartupTypeRow{"", "loaded", plan::v1::OTHER, false}));

struct MaskRow {
  std::string fragment_path;
  std::string unit_file_state;
  std::string load_state;
  bool expected;
};
void PrintTo(const MaskRow& row, std::ostream* out) {
  *out << row.fragment_path << " " << row.unit_file_state;
}

class MaskTable : public testing::TestWithParam<MaskRow> {};

TEST_P(MaskTable, SaysWhatCanBeMasked) {
  UnitProperties unit = Loaded();
  unit.fragment_path = GetParam().fragment_path;
  unit.unit_file_state = GetParam().unit_file_state;
  unit.load_state = GetParam().load_state;
  const plan::v1::ServiceState state = ServiceStateOf(plan::v1::CONTROLLER, unit);
  EXPECT_EQ(state.can_disable(), GetParam().expected);
  const auto reason = HasSubstr("systemd cannot mask it");
  EXPECT_THAT(state.detail(), GetParam().expected ? testing::Matcher<std::string>(Not(reason))
                                                  : testing::Matcher<std::string>(reason));
}

INSTANTIATE_TEST_SUITE_P(
    All, MaskTable,
    testing::Values(MaskRow{"/usr/lib/systemd/system/a.service", "enabled", "loaded", true},
                    MaskRow{"/lib/systemd/system/a.service", "disabled", "loaded", true},
                    MaskRow{"/usr/local/lib/systemd/system/a.service", "enabled", "loaded", true},
                    MaskRow{"/run/systemd/system/a.service", "enabled", "loaded", true},
                    MaskRow{"/etc/systemd/system.control/a.service", "enabled", "loaded", true},
                    MaskRow{"/etc/systemd/system/a.service", "enabled", "loaded", false},
                    MaskRow{"/etc/systemd/system/a.service", "linked", "loaded", false},
                    // The link to /dev/null itself.
                    MaskRow{"/etc/systemd/system/a.service", "masked", "masked", true},
                    MaskRow{"/etc/systemd/system/a.service", "masked", "loaded", true},
                    MaskRow{"/etc/systemd/system/a.service", "enabled", "masked", true}));

TEST(UnitState, SaysWhomAServiceRunsAs) {
  UnitProperties unit = Loaded();
  EXPECT_EQ(ServiceStateOf(plan::v1::CONTROLLER, unit).account(), "root");
  unit.user = "outsystems";
  EXPECT_EQ(ServiceStateOf(plan::v1::CONTROLLER, unit).account(), "outsystems");
  // systemd knows nothing of the file behind a mask.
  unit.load_state = "masked";
  unit.user = "";
  EXPECT_EQ(ServiceStateOf(plan::v1::CONTROLLER, unit).account(), "");
}

TEST(UnitState, AUnitThatIsMaskedWhileItRunsIsDisabledAndKeepsWhatItsStopNeeds) {
  UnitProperties unit = Loaded();
  unit.unit_file_state = "masked";
  for (const char* active : {"active", "activating", "deactivating"}) {
    unit.active_state = active;
    EXPECT_EQ(StartupTypeOf(unit), plan::v1::DISABLED) << active;
    EXPECT_FALSE(AwaitsReload(unit)) << active;
  }
  for (const char* stopped : {"inactive", "failed"}) {
    unit.active_state = stopped;
    EXPECT_EQ(StartupTypeOf(unit), plan::v1::OTHER) << stopped;
    EXPECT_TRUE(AwaitsReload(unit)) << stopped;
  }
  unit.load_state = "masked";
  EXPECT_EQ(StartupTypeOf(unit), plan::v1::DISABLED);
  EXPECT_FALSE(AwaitsReload(unit));
}

TEST(UnitState, AUnitThatDoesNotExistIsAbsent) {
  UnitProperties unit;
  unit.load_state = "not-found";
  unit.active_state = "inactive";
  unit.sub_state = "dead";
  const plan::v1::ServiceState state = ServiceStateOf(plan::v1::SCHEDULER, unit);
  EXPECT_EQ(state.service(), plan::v1::SCHEDULER);
  EXPECT_EQ(state.run_state(), plan::v1::ABSENT);
  EXPECT_EQ(state.startup_type(), plan::v1::STARTUP_TYPE_UNSPECIFIED);
  EXPECT_FALSE(state.can_disable());
}

TEST(UnitState, AServiceThatRunsIsNotAbsentThoughItsFileIsGone) {
  UnitProperties unit;
  unit.load_state = "not-found";
  unit.active_state = "active";
  unit.sub_state = "running";
  const plan::v1::ServiceState state = ServiceStateOf(plan::v1::CONTROLLER, unit);
  EXPECT_EQ(state.run_state(), plan::v1::RUNNING);
  EXPECT_EQ(state.startup_type(), plan::v1::OTHER);
  EXPECT_THAT(state.detail(), HasSubstr("unit file missing"));
}

TEST(UnitState, DetailSpeaksSystemdsWords) {
  UnitProperties unit = Loaded();
  EXPECT_EQ(ServiceStateOf(plan::v1::CONTROLLER, unit).detail(), "inactive (dead)");

  unit.active_state = "active";
  unit.sub_state = "running";
  unit.main_pid = 4711;
  unit.exec_main_code = 0;
  EXPECT_EQ(ServiceStateOf(plan::v1::CONTROLLER, unit).detail(), "active (running), process 4711");

  unit.job_type = "stop";
  EXPECT_THAT(ServiceStateOf(plan::v1::CONTROLLER, unit).detail(), HasSubstr("stop is queued"));
}

TEST(UnitState, DetailSaysHowAServiceEnded) {
  UnitProperties unit = Loaded();
  unit.active_state = "failed";
  unit.sub_state = "failed";
  unit.result = "exit-code";
  unit.exec_main_code = CLD_EXITED;
  unit.exec_main_status = 3;
  EXPECT_EQ(ServiceStateOf(plan::v1::CONTROLLER, unit).detail(),
            "failed (failed), exit-code, exit status 3");
  unit.result = "signal";
  unit.exec_main_code = CLD_KILLED;
  unit.exec_main_status = SIGKILL;
  EXPECT_EQ(ServiceStateOf(plan::v1::CONTROLLER, unit).detail(),
            "failed (failed), signal, signal 9");
}

TEST(UnitState, DetailSaysWhatStartupTypeOtherIs) {
  UnitProperties unit = Loaded();
  unit.unit_file_state = "masked";
  EXPECT_THAT(ServiceStateOf(plan::v1::CONTROLLER, unit).detail(),
              HasSubstr("unit file masked, loaded"));
}

TEST(UnitState, TheReasonNamesTheFile) {
  UnitProperties unit = Loaded();
  unit.fragment_path = "/etc/systemd/system/a.service";
  ASSERT_FALSE(CanMask(unit));
  EXPECT_THAT(WhyNotMaskable(unit), HasSubstr("unit file /etc/systemd/system/a.service"));
}

}  // namespace
}  // namespace baton
