// Runs inside a lab host, as root, and makes units of its own there: see deploy/lab/test.sh.

#include "agent/platform/systemd/systemd_service_manager.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/agent/platform/service_manager_contract.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using plan::v1::CACHE;
using testing::AllOf;
using testing::HasSubstr;

constexpr char kUnit[] = "baton-lab-test.service";
constexpr char kInstall[] = "[Install]\nWantedBy=multi-user.target\n";

// Runs a command of the host's own, which stands for a person.
void Shell(const std::string& command) {
  ASSERT_EQ(std::system(absl::StrCat(command, " >/dev/null 2>&1").c_str()), 0) << command;
}

// One unit of this host, stopped and enabled, its file in a folder of choice. It goes with the
// object.
class TestUnit {
 public:
  explicit TestUnit(const std::string& folder = "/usr/lib/systemd/system",
                    const std::string& command = "/bin/sleep infinity",
                    const std::string& install = kInstall)
      : path_(absl::StrCat(folder, "/", kUnit)), install_(install) {
    Write(command);
    if (!install.empty()) Shell(absl::StrCat("systemctl enable ", kUnit));
  }
  ~TestUnit() {
    Shell(absl::StrCat("systemctl unmask ", kUnit));
    Shell(absl::StrCat("systemctl unmask --runtime ", kUnit));
    Shell(absl::StrCat("systemctl stop ", kUnit));
    Shell(absl::StrCat("systemctl disable ", kUnit));
    Shell(absl::StrCat("systemctl disable --runtime ", kUnit));
    Shell(absl::StrCat("rm --force ", path_));
    Shell("systemctl daemon-reload");
    std::system(absl::StrCat("systemctl reset-failed ", kUnit, " 2>/dev/null").c_str());
  }
  TestUnit(const TestUnit&) = delete;
  TestUnit& operator=(const TestUnit&) = delete;

  // The unit with another command from now on. It may be started as often as a test likes.
  void Write(const std::string& command) {
    std::ofstream(path_) << "[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=" << command
                         << "\n"
                         << install_;
    Shell("systemctl daemon-reload");
  }

 private:
  const std::string path_;
  const std::string install_;
};

std::map<plan::v1::Service, std::string> Units() {
  return {{CACHE, kUnit}, {plan::v1::CONTROLLER, "baton-no-such-unit.service"}};
}

class SystemdHost : public ContractHost {
 public:
  ServiceManager& services() override { return services_; }
  void Pass(absl::Duration duration) override { absl::SleepFor(duration); }
  void BreakCache() override { unit_.Write("/bin/sh -c 'exit 3'"); }

 private:
  TestUnit unit_;
  SystemdServiceManager services_{Units()};
};

std::unique_ptr<ContractHost> MakeHost() { return std::make_unique<SystemdHost>(); }

INSTANTIATE_TEST_SUITE_P(Systemd, ServiceManagerContract, testing::Values(&MakeHost));

// What systemd alone can do.
class SystemdServices : public testing::Test {
 protected:
  plan::v1::ServiceState Query() {
    const absl::StatusOr<plan::v1::ServiceState> state = services_.Query(CACHE);
    EXPECT_OK(state);
    return state.ok() ? *state : plan::v1::ServiceState();
  }

  bool Reaches(plan::v1::RunState run_state) {
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (Query().run_state() != run_state && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(20));
    }
    return Query().run_state() == run_state;
  }

  SystemdServiceManager services_{Units()};
};

// systemd answers a start before it acts. What is read right then is never "stopped".
TEST_F(SystemdServices, AUnitThatWasToldToStartIsNeverShownAsStopped) {
  const TestUnit unit;
  for (int round = 0; round < 50; ++round) {
    ASSERT_OK(services_.RequestStart(CACHE));
    EXPECT_THAT(Query().run_state(), testing::AnyOf(plan::v1::STARTING, plan::v1::RUNNING));
    ASSERT_OK(services_.RequestStop(CACHE));
    EXPECT_THAT(Query().run_state(), testing::AnyOf(plan::v1::STOPPING, plan::v1::STOPPED));
    ASSERT_TRUE(Reaches(plan::v1::STOPPED));
  }
}

TEST_F(SystemdServices, AUnitFileOfTheAdministratorCannotBeDisabledAndStaysAsItIs) {
  const TestUnit unit("/etc/systemd/system");
  const auto reason = AllOf(HasSubstr("/etc/systemd/system/baton-lab-test.service"),
                            HasSubstr("systemd cannot mask it"));
  EXPECT_FALSE(Query().can_disable());
  EXPECT_THAT(Query().detail(), reason);
  EXPECT_THAT(services_.SetStartupType(CACHE, plan::v1::DISABLED),
              StatusIs(absl::StatusCode::kFailedPrecondition, reason));
  EXPECT_EQ(Query().startup_type(), plan::v1::AUTOMATIC);
  EXPECT_OK(services_.SetStartupType(CACHE, plan::v1::MANUAL));
  EXPECT_EQ(Query().startup_type(), plan::v1::MANUAL);
}

TEST_F(SystemdServices, ADisabledUnitDoesNotStartAsADependencyEither) {
  const TestUnit unit;
  ASSERT_OK(services_.SetStartupType(CACHE, plan::v1::DISABLED));
  Shell(absl::StrCat("systemd-run --wait --property=Wants=", kUnit, " --property=After=", kUnit,
                     " true"));
  EXPECT_EQ(Query().run_state(), plan::v1::STOPPED);
}

TEST_F(SystemdServices, AStaticUnitIsOtherAndStaysAsItIs) {
  const TestUnit unit("/usr/lib/systemd/system", "/bin/sleep infinity", "");
  EXPECT_EQ(Query().startup_type(), plan::v1::OTHER);
  EXPECT_THAT(Query().detail(), HasSubstr("unit file static"));
  for (const plan::v1::StartupType type :
       {plan::v1::AUTOMATIC, plan::v1::MANUAL, plan::v1::DISABLED}) {
    EXPECT_THAT(services_.SetStartupType(CACHE, type),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("\"static\"")));
  }
  EXPECT_THAT(Query().detail(), HasSubstr("unit file static"));
}

TEST_F(SystemdServices, WhatLastsUntilTheNextBootOnlyIsOther) {
  const TestUnit unit;
  Shell(absl::StrCat("systemctl disable ", kUnit));
  Shell(absl::StrCat("systemctl enable --runtime ", kUnit));
  EXPECT_EQ(Query().startup_type(), plan::v1::OTHER) << Query().detail();
  Shell(absl::StrCat("systemctl disable --runtime ", kUnit));
  Shell(absl::StrCat("systemctl mask --runtime ", kUnit));
  EXPECT_EQ(Query().startup_type(), plan::v1::OTHER) << Query().detail();
}

TEST_F(SystemdServices, AUnitThatIsDisabledWhileItRunsIsStoppedInOrder) {
  const TempFolder folder;
  const TestUnit unit(
      "/usr/lib/systemd/system",
      absl::StrCat("/bin/sleep infinity\nExecStop=/bin/touch ", folder / "stopped"));
  ASSERT_OK(services_.RequestStart(CACHE));
  ASSERT_TRUE(Reaches(plan::v1::RUNNING));
  ASSERT_OK(services_.SetStartupType(CACHE, plan::v1::DISABLED));
  EXPECT_EQ(Query().startup_type(), plan::v1::DISABLED);
  ASSERT_OK(services_.RequestStop(CACHE));
  EXPECT_THAT(services_.RequestStart(CACHE),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("masked")));
  ASSERT_TRUE(Reaches(plan::v1::STOPPED));
  EXPECT_EQ(Query().startup_type(), plan::v1::DISABLED);
  EXPECT_TRUE(std::filesystem::exists(folder / "stopped"));
  Shell(absl::StrCat("! systemctl start ", kUnit));
}

TEST_F(SystemdServices, AMaskThatSystemdHasNotReadYetIsSettled) {
  const TestUnit unit;
  Shell(absl::StrCat("rm /etc/systemd/system/multi-user.target.wants/", kUnit));
  Shell(absl::StrCat("ln --symbolic /dev/null /etc/systemd/system/", kUnit));
  EXPECT_EQ(Query().startup_type(), plan::v1::DISABLED) << Query().detail();
  Shell(absl::StrCat("! systemctl start ", kUnit));
}

TEST_F(SystemdServices, DetailNamesTheProcessAndHowItEnded) {
  TestUnit unit;
  ASSERT_OK(services_.RequestStart(CACHE));
  ASSERT_TRUE(Reaches(plan::v1::RUNNING));
  EXPECT_THAT(Query().detail(), HasSubstr("active (running), process "));
  Shell(absl::StrCat("systemctl kill --signal=KILL ", kUnit));
  ASSERT_TRUE(Reaches(plan::v1::FAILED));
  EXPECT_THAT(Query().detail(), HasSubstr("signal 9"));
}

TEST_F(SystemdServices, ErrorsNameTheUnitAndEndWithSystemdsWords) {
  const TestUnit unit;
  ASSERT_OK(services_.SetStartupType(CACHE, plan::v1::DISABLED));
  EXPECT_THAT(services_.RequestStart(CACHE),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "start baton-lab-test.service: Unit baton-lab-test.service is masked."));
}

TEST_F(SystemdServices, ANewConnectionIsMadeAfterTheBusRestarted) {
  const TestUnit unit;
  Query();
  Shell("systemctl restart dbus.service");
  EXPECT_EQ(Query().startup_type(), plan::v1::AUTOMATIC);
}

TEST_F(SystemdServices, ThreadsTakeTurns) {
  const TestUnit unit;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this] {
      for (int round = 0; round < 25; ++round) EXPECT_OK(services_.Query(CACHE));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace baton
