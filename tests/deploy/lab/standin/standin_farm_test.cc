#include <signal.h>
#include <unistd.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "deploy/lab/standin/service_log.h"
#include "tests/deploy/lab/standin/standin_farm.h"
#include "tests/support/status_matchers.h"

namespace baton::standin {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr uint16_t kDatabasePort = 1433;
constexpr uint16_t kWebPort = 8080;

// Farms of several test processes live side by side: each process has a network of its own.
std::string Address(int host) {
  const int number = static_cast<int>(getpid());
  return absl::StrCat("127.", 1 + number / 250 % 250, ".", 1 + number % 250, ".", host);
}

// A database and three hosts: fe1 is the Deployment Controller.
class StandinFarmTest : public testing::Test {
 protected:
  StandinFarmTest() {
    const std::string database = absl::StrCat(Address(10), ":", kDatabasePort);
    StartDatabase();
    for (int host = 1; host <= 3; ++host) {
      const std::string folder = folder_ / absl::StrCat("fe", host);
      std::vector<std::string> words = {"init",
                                        "--state",
                                        folder,
                                        "--address",
                                        Address(10 + host),
                                        "--name",
                                        absl::StrCat("fe", host),
                                        "--database",
                                        database,
                                        "--controller",
                                        Address(11)};
      if (host == 1) words.insert(words.end(), {"--role", "controller", "--cache"});
      EXPECT_EQ(StandinProcess(words).Wait(), 0);
      hosts_.push_back(std::make_unique<StandinHost>(folder, Address(10 + host)));
    }
  }

  void StartDatabase() {
    database_ = std::make_unique<StandinProcess>(std::vector<std::string>{
        "database", "--die-with-parent", "--state", database_state_.folder(), "--listen",
        absl::StrCat(Address(10), ":", kDatabasePort)});
    EXPECT_TRUE(Eventually([] {
      return ConnectTcp({Address(10), kDatabasePort}, "", kConnectTimeout).ok();
    }));
  }

  StandinHost& fe(size_t number) { return *hosts_[number - 1]; }

  void BootAll() {
    for (const auto& host : hosts_) host->Boot();
    for (const auto& host : hosts_) {
      EXPECT_TRUE(host->Logs("deployment", std::string(kInitializedLine)));
      EXPECT_TRUE(host->Logs("scheduler", std::string(kInitializedLine)));
      EXPECT_TRUE(host->Opens(kWebPort));
    }
  }

  std::string Events() const { return database_state_.Read("events.log").value_or(""); }
  bool Happens(const std::string& event) const {
    return Eventually([&] { return Events().find(event) != std::string::npos; });
  }

  // What a web client gets for the ping page.
  std::string Ping(const StandinHost& host) const {
    LineClient client;
    EXPECT_OK(client.Connect({host.address(), kWebPort}, ""));
    return client.Ask("GET /ServiceCenter/_ping.html HTTP/1.1\r\nHost: x\r\n\r", kPatience)
        .value_or("nothing");
  }

  // Writes `from` as `to` in a host's server.hsconf.
  void Edit(StandinHost& host, const std::string& from, const std::string& to) {
    const std::string before = host.state().Read("server.hsconf").value_or("");
    const std::string after = absl::StrReplaceAll(before, {{from, to}});
    ASSERT_NE(before, after);
    ASSERT_OK(host.state().Write("server.hsconf", after));
  }

  void PointToController(StandinHost& host, const std::string& from, const std::string& to) {
    Edit(host, absl::StrCat("<CompilerServerHostname>", from, "<"),
         absl::StrCat("<CompilerServerHostname>", to, "<"));
  }

  TempFolder folder_;
  HostState database_state_{folder_ / "database"};
  std::unique_ptr<StandinProcess> database_;
  std::vector<std::unique_ptr<StandinHost>> hosts_;
};

TEST_F(StandinFarmTest, BootsAndInitialisesEveryService) {
  BootAll();
  EXPECT_TRUE(fe(1).Opens(12000));
  EXPECT_TRUE(fe(1).Opens(12100));
  EXPECT_TRUE(fe(1).Opens(5672));
  EXPECT_TRUE(fe(2).Opens(12101));
  EXPECT_TRUE(fe(3).Opens(12102));
  EXPECT_FALSE(fe(2).Accepts(12000));
  EXPECT_EQ(fe(2).CodeOf(ControlVerb::kStart, "controller"), "disabled");
  for (const std::string host : {"fe1", "fe2", "fe3"}) {
    EXPECT_TRUE(Happens("server-registered " + host));
  }
  EXPECT_THAT(Events(), Not(HasSubstr("split-brain")));
}

TEST_F(StandinFarmTest, DependentServicesRetryUntilTheControllerIsThere) {
  fe(2).Boot();
  EXPECT_TRUE(fe(2).Logs("scheduler", "actively refused it"));
  EXPECT_TRUE(fe(2).Logs("scheduler", "Retrying in 0.2 seconds"));
  EXPECT_TRUE(fe(2).Reaches("scheduler", RunState::kRunning));
  EXPECT_FALSE(fe(2).Accepts(12002));
  fe(1).Boot();
  EXPECT_TRUE(fe(2).Opens(12002));
}

TEST_F(StandinFarmTest, RefusesAConnectionStringThatDiffersInLetterCase) {
  Edit(fe(2), ">outsystems<", ">OutSystems<");
  EXPECT_EQ(fe(2).RunTool("configuration-tool", {"/UpgradeInstall"}), 0);
  fe(1).Boot();
  fe(2).Boot();
  EXPECT_TRUE(fe(2).Logs("deployment", "connection string is different"));
  EXPECT_FALSE(fe(2).Accepts(12001));
}

TEST_F(StandinFarmTest, InitialisedServicesOutliveTheControllerAndRegisterAgain) {
  BootAll();
  EXPECT_EQ(fe(1).CodeOf(ControlVerb::kStop, "controller"), "ok");
  EXPECT_TRUE(fe(1).Reaches("controller", RunState::kStopped));
  EXPECT_TRUE(fe(2).Logs("deployment", "The Deployment Controller is not reachable"));
  EXPECT_TRUE(fe(2).Accepts(12001));
  EXPECT_EQ(fe(1).CodeOf(ControlVerb::kStart, "controller"), "ok");
  EXPECT_TRUE(fe(2).Logs("deployment", "Registered at the Deployment Controller again"));
}

TEST_F(StandinFarmTest, ServiceManagerAnswersAsTheRealOneDoes) {
  BootAll();
  EXPECT_EQ(fe(2).CodeOf(ControlVerb::kQuery, "nonsense"), "not-found");
  EXPECT_EQ(fe(2).CodeOf(ControlVerb::kStop, "controller"), "not-active");
  EXPECT_EQ(fe(2).CodeOf(ControlVerb::kStart, "scheduler"), "already-running");

  // A disabled service goes on running until it is stopped, and stays down over a boot.
  fe(2).Ask(ControlVerb::kSetStartupType, "scheduler", StartupType::kDisabled);
  EXPECT_TRUE(fe(2).Accepts(12002));
  EXPECT_EQ(fe(2).CodeOf(ControlVerb::kStop, "scheduler"), "ok");
  EXPECT_TRUE(fe(2).Reaches("scheduler", RunState::kStopped));
  EXPECT_FALSE(fe(2).Accepts(12002));
  fe(2).ShutDown();
  fe(2).Boot();
  EXPECT_TRUE(fe(2).Reaches("deployment", RunState::kRunning));
  EXPECT_TRUE(fe(2).Reaches("scheduler", RunState::kStopped));
}

TEST_F(StandinFarmTest, NothingOutlivesAHostThatLosesItsPower) {
  BootAll();
  fe(3).PowerOff();
  EXPECT_TRUE(Eventually([&] { return !fe(3).Accepts(12001) && !fe(3).Accepts(kWebPort); }));
}

TEST_F(StandinFarmTest, StopsSlowlyBeforeItIsInitialised) {
  ASSERT_OK(fe(2).state().Write("knobs/slow_stop_seconds", "0.3"));
  fe(2).Boot();
  EXPECT_TRUE(fe(2).Reaches("scheduler", RunState::kRunning));
  const absl::Time begin = absl::Now();
  EXPECT_EQ(fe(2).CodeOf(ControlVerb::kStop, "scheduler"), "ok");
  EXPECT_TRUE(fe(2).Reaches("scheduler", RunState::kStopped));
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(300));
}

TEST_F(StandinFarmTest, RecordsTwoControllersAsASplitBrain) {
  BootAll();
  fe(2).Ask(ControlVerb::kSetStartupType, "controller", StartupType::kAutomatic);
  EXPECT_EQ(fe(2).CodeOf(ControlVerb::kStart, "controller"), "ok");
  EXPECT_TRUE(Happens("split-brain fe1 fe2"));
}

TEST_F(StandinFarmTest, MovesTheControllerByTheBook) {
  BootAll();
  EXPECT_EQ(fe(1).CodeOf(ControlVerb::kStop, "controller"), "ok");
  EXPECT_TRUE(fe(1).Reaches("controller", RunState::kStopped));
  fe(1).Ask(ControlVerb::kSetStartupType, "controller", StartupType::kDisabled);
  fe(2).Ask(ControlVerb::kSetStartupType, "controller", StartupType::kAutomatic);
  for (const size_t number : {2U, 1U, 3U}) {
    ASSERT_OK(fe(number).state().Write("knobs/apply_restarts", "true"));
    PointToController(fe(number), Address(11), Address(12));
    EXPECT_EQ(fe(number).RunTool("configuration-tool", {"/UpgradeInstall"}), 0);
    EXPECT_TRUE(fe(number).Opens(12001));
    EXPECT_TRUE(fe(number).Opens(12002));
  }
  EXPECT_FALSE(fe(1).Accepts(12000));
  EXPECT_EQ(fe(2).RunTool("configuration-tool", {"/InstallServiceCenter"}), 0);

  // The license was issued to the old Deployment Controller.
  const std::vector<std::string> publish = {"/PublishFactory", "localhost", "admin", "admin"};
  EXPECT_EQ(fe(2).RunTool("osp-tool", publish), 1);
  const std::string license = folder_ / "fe2.lic";
  const std::string serial = fe(2).state().ReadWord("serial").value_or("");
  ASSERT_OK(HostState(folder_.path()).Write("fe2.lic", absl::StrCat("serial=", serial, "\n")));
  const std::vector<std::string> upload = {"/UploadLicense", license, "admin", "admin"};
  EXPECT_EQ(fe(1).RunTool("configuration-tool", upload), 1);
  EXPECT_EQ(fe(2).RunTool("configuration-tool", upload), 0);
  EXPECT_EQ(fe(2).RunTool("osp-tool", publish), 0);

  EXPECT_THAT(Events(), Not(HasSubstr("split-brain")));
  EXPECT_THAT(Events(), Not(HasSubstr("tool-overlap")));
  EXPECT_THAT(Events(), HasSubstr("service-center-install fe2"));
}

TEST_F(StandinFarmTest, ToolsOfServiceCenterWantItsAccount) {
  BootAll();
  const std::string license = folder_ / "fe1.lic";
  const std::string serial = fe(1).state().ReadWord("serial").value_or("");
  ASSERT_OK(HostState(folder_.path()).Write("fe1.lic", absl::StrCat("serial=", serial, "\n")));
  const auto upload = [&](const std::string& user, const std::string& password) {
    return fe(1).RunTool("configuration-tool", {"/UploadLicense", license, user, password});
  };
  const auto publish = [&](const std::string& user, const std::string& password) {
    return fe(1).RunTool("osp-tool", {"/PublishFactory", "localhost", user, password});
  };
  EXPECT_EQ(upload("admin", "admin"), 1);  // Service Center is not there yet
  EXPECT_EQ(fe(1).RunTool("configuration-tool", {"/InstallServiceCenter"}), 0);
  EXPECT_EQ(upload("admin", "admin"), 0);
  ASSERT_OK(database_state_.Write("service-center-login", "root two words\n"));
  EXPECT_EQ(upload("admin", "admin"), 1);
  EXPECT_EQ(publish("root", "two"), 1);
  EXPECT_EQ(upload("root", "two words"), 0);
  EXPECT_EQ(publish("root", "two words"), 0);
}

TEST_F(StandinFarmTest, ToolsOfServiceCenterFailAndLieAsTheyAreTold) {
  BootAll();
  EXPECT_EQ(fe(1).RunTool("configuration-tool", {"/InstallServiceCenter"}), 0);
  const auto exit_codes = [this](const std::string& fault) {
    for (const char* tool : {"republish", "apply-settings", "install-license"}) {
      EXPECT_OK(fe(1).state().Write(absl::StrCat("faults/", tool), fault));
    }
    return std::vector<int>{
        fe(1).RunTool("osp-tool", {"/PublishFactory", "localhost", "admin", "admin"}),
        fe(1).RunTool("configuration-tool", {"/ApplySettingsFactory"}),
        fe(1).RunTool("configuration-tool", {"/UploadLicense", "none", "admin", "admin"})};
  };
  EXPECT_THAT(exit_codes("lie"), testing::ElementsAre(0, 0, 0));
  EXPECT_THAT(exit_codes("fail 4"), testing::ElementsAre(4, 4, 4));
  EXPECT_THAT(Events(), Not(testing::ContainsRegex("Z (republish|apply-settings) fe1")));
  EXPECT_THAT(exit_codes(""), testing::ElementsAre(0, 0, 1));
  EXPECT_THAT(Events(), testing::ContainsRegex("Z republish fe1\n.*Z apply-settings fe1"));
}

TEST_F(StandinFarmTest, SettingsTakeEffectAtTheNextStartAfterAnApply) {
  BootAll();
  PointToController(fe(2), Address(11), Address(13));
  const auto restart_deployment = [&] {
    EXPECT_EQ(fe(2).CodeOf(ControlVerb::kStop, "deployment"), "ok");
    EXPECT_TRUE(fe(2).Reaches("deployment", RunState::kStopped));
    EXPECT_EQ(fe(2).CodeOf(ControlVerb::kStart, "deployment"), "ok");
  };
  restart_deployment();
  EXPECT_TRUE(fe(2).Opens(12001));  // an edited file alone changes nothing
  const std::string edited = fe(2).state().Read("server.hsconf").value_or("");
  EXPECT_EQ(fe(2).RunTool("configuration-tool", {"/UpgradeInstall"}), 0);
  EXPECT_EQ(fe(2).state().Read("server.hsconf").value_or(""), edited);  // no plain secret left
  restart_deployment();
  EXPECT_TRUE(fe(2).Logs("deployment", absl::StrCat("refused it ", Address(13), ":12000")));
}

TEST_F(StandinFarmTest, ApplyAbortsOnInvalidSettingsAndWithoutDatabase) {
  const std::string machine = fe(2).state().Read("machine.config").value_or("");
  PointToController(fe(2), Address(11), "");
  EXPECT_EQ(fe(2).RunTool("configuration-tool", {"/UpgradeInstall"}), 1);
  PointToController(fe(2), "", Address(12));
  database_.reset();
  EXPECT_EQ(fe(2).RunTool("configuration-tool", {"/UpgradeInstall"}), 1);
  EXPECT_EQ(fe(2).state().Read("machine.config").value_or(""), machine);
  StartDatabase();
  EXPECT_EQ(fe(2).RunTool("configuration-tool", {"/UpgradeInstall"}), 0);
  EXPECT_NE(fe(2).state().Read("machine.config").value_or(""), machine);
}

TEST_F(StandinFarmTest, ServiceCenterInstallNeedsTheLocalControllerAndMakesThePingPage) {
  BootAll();
  EXPECT_THAT(Ping(fe(1)), HasSubstr("404"));
  EXPECT_EQ(fe(2).RunTool("configuration-tool", {"/InstallServiceCenter"}), 1);
  EXPECT_EQ(fe(1).RunTool("sc-installer", {"-file", "ServiceCenter.oml", "-extension", "x.xif"}),
            0);
  for (size_t number = 1; number <= 3; ++number) {
    EXPECT_THAT(Ping(fe(number)), HasSubstr("200 OK"));
  }
}

TEST_F(StandinFarmTest, ALyingInstallerReportsSuccessWithoutEffect) {
  BootAll();
  ASSERT_OK(fe(1).state().Write("faults/install-service-center", "lie"));
  EXPECT_EQ(fe(1).RunTool("configuration-tool", {"/InstallServiceCenter"}), 0);
  EXPECT_THAT(Ping(fe(1)), HasSubstr("404"));
  EXPECT_THAT(Events(), Not(HasSubstr("service-center-install")));
}

TEST_F(StandinFarmTest, ADeadRegisteredServerWarnsOrFailsUntilItIsDisabled) {
  BootAll();
  fe(3).PowerOff();
  EXPECT_EQ(fe(1).RunTool("configuration-tool", {"/InstallServiceCenter"}), 0);
  ASSERT_OK(fe(1).state().Write("knobs/dead_server", "fail"));
  EXPECT_EQ(fe(1).RunTool("configuration-tool", {"/InstallServiceCenter"}), 1);
  EXPECT_EQ(fe(1).RunTool("disable-server", {"fe3"}), 0);
  EXPECT_EQ(fe(1).RunTool("configuration-tool", {"/InstallServiceCenter"}), 0);
}

TEST_F(StandinFarmTest, RecordsFarmExclusiveToolsThatOverlap) {
  ASSERT_OK(fe(1).state().Write("faults/apply-configuration", "slow 3"));
  StandinProcess slow({"configuration-tool", "--state", fe(1).state().folder(), "/UpgradeInstall"});
  EXPECT_TRUE(Happens("tool-started apply-configuration fe1"));
  EXPECT_EQ(fe(2).RunTool("configuration-tool", {"/UpgradeInstall"}), 0);
  EXPECT_TRUE(Happens("tool-overlap apply-configuration fe1 fe2"));
  EXPECT_EQ(slow.Wait(), 0);
}

TEST_F(StandinFarmTest, CreatesTheCacheServiceWhereItIsToldTo) {
  BootAll();
  EXPECT_FALSE(fe(2).Accepts(5672));
  EXPECT_EQ(fe(2).RunTool("configuration-tool", {"/CreateUpgradeCacheInvalidationService"}), 0);
  EXPECT_TRUE(fe(2).Opens(5672));
  EXPECT_TRUE(Happens("cache-service-created fe2"));
}

struct ServiceFault {
  std::string name;  // of the file in faults/
  std::string fault;
  ControlVerb verb;
  std::string code;
  RunState state;  // that the scheduler is in afterwards
};
void PrintTo(const ServiceFault& row, std::ostream* out) { *out << row.name << " " << row.fault; }

class FaultyService : public StandinFarmTest, public testing::WithParamInterface<ServiceFault> {};

TEST_P(FaultyService, BehavesAsItsFaultSays) {
  const ServiceFault& fault = GetParam();
  fe(1).Boot();
  EXPECT_TRUE(fe(1).Logs("scheduler", std::string(kInitializedLine)));
  if (fault.verb == ControlVerb::kStart) {
    EXPECT_EQ(fe(1).CodeOf(ControlVerb::kStop, "scheduler"), "ok");
    EXPECT_TRUE(fe(1).Reaches("scheduler", RunState::kStopped));
  }
  ASSERT_OK(fe(1).state().Write(absl::StrCat("faults/", fault.name), fault.fault));
  EXPECT_EQ(fe(1).CodeOf(fault.verb, "scheduler"), fault.code);
  EXPECT_TRUE(fe(1).Reaches("scheduler", fault.state));
}

INSTANTIATE_TEST_SUITE_P(
    All, FaultyService,
    testing::Values(
        ServiceFault{"start-scheduler", "fail 1053", ControlVerb::kStart, "1053",
                     RunState::kStopped},
        ServiceFault{"start-scheduler", "lie", ControlVerb::kStart, "ok", RunState::kStopped},
        ServiceFault{"start-scheduler", "hang", ControlVerb::kStart, "ok", RunState::kStarting},
        ServiceFault{"start-scheduler", "slow 0.1", ControlVerb::kStart, "ok", RunState::kRunning},
        ServiceFault{"scheduler", "fail 3", ControlVerb::kStart, "ok", RunState::kFailed},
        ServiceFault{"scheduler", "lie", ControlVerb::kStart, "ok", RunState::kRunning},
        ServiceFault{"stop-scheduler", "fail 1061", ControlVerb::kStop, "1061", RunState::kRunning},
        ServiceFault{"stop-scheduler", "lie", ControlVerb::kStop, "ok", RunState::kRunning},
        ServiceFault{"stop-scheduler", "hang", ControlVerb::kStop, "ok", RunState::kStopping},
        ServiceFault{"stop-scheduler", "slow 0.1", ControlVerb::kStop, "ok", RunState::kStopped}));

TEST_F(StandinFarmTest, ALyingServiceSaysInitialisedAndOpensNoPort) {
  ASSERT_OK(fe(1).state().Write("faults/controller", "lie"));
  fe(1).Boot();
  EXPECT_TRUE(fe(1).Logs("controller", std::string(kInitializedLine)));
  EXPECT_TRUE(fe(1).Logs("deployment", "actively refused it"));
  EXPECT_FALSE(fe(1).Accepts(12000));
}

TEST_F(StandinFarmTest, RefusesASecondServiceManagerAndASecondInit) {
  fe(1).Boot();
  EXPECT_TRUE(fe(1).Reaches("controller", RunState::kRunning));
  EXPECT_EQ(fe(1).RunTool("host", {}), 1);
  EXPECT_EQ(fe(1).RunTool("init", {"--address", Address(11), "--database", "127.0.0.1:1",
                                   "--controller", Address(11)}),
            1);
}

}  // namespace
}  // namespace baton::standin
