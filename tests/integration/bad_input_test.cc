// What people and files say wrongly, and who may not say it, tried on a farm that runs.

#include <csignal>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/notification.h"
#include "common/fs/file_system.h"
#include "common/pki/identity.h"
#include "common/pki/pki_store.h"
#include "common/rpc/grpc_credentials.h"
#include "common/time/clock.h"
#include "coordinator/agent_client/grpc_agent_client.h"
#include "gmock/gmock.h"
#include "tests/integration/live_farm.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_pki.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class BadInputTest : public testing::Test {
 protected:
  // No service of the farm was touched.
  ~BadInputTest() override { EXPECT_EQ(farm_.Look().events, before_.events); }

  LiveFarm farm_{2};
  const rehearse::SeenFarm before_ = farm_.Look();
};

TEST_F(BadInputTest, RequestsThatMakeNoSenseAreRefusedInWords) {
  const struct {
    std::vector<std::string> arguments;
    int exit_code;
    std::string words;
  } kRows[] = {
      {{"run", "move-controller", "--to", "fe9", "--yes", "fe9"},
       2,
       "has no host \"fe9\"; it has fe1, fe2"},
      {{"run", "move-controller", "--to", "fe1", "--yes", "fe1"},
       10,
       "already-controller, fe1: fe1 already has the Deployment Controller"},
      {{"run", "move-controller", "--to", "fe2", "--yes", "fe1"}, 2, "fe1"},
      {{"adopt", "--controller", "fe9", "--reason", "why"}, 2, "has no host \"fe9\""},
      {{"resume", "run-9", "--retry", "--reason", "why"}, 1, "there is no run run-9"},
  };
  for (const auto& row : kRows) {
    const CommandEnd end = farm_.Baton(row.arguments);
    EXPECT_EQ(end.exit_code, row.exit_code) << end.output;
    EXPECT_THAT(end.output, HasSubstr(row.words));
  }
}

TEST_F(BadInputTest, AFarmFileWithAMistakeIsRefusedWithItsPlace) {
  const rehearse::LabLayout& layout = farm_.lab().layout();
  const std::string path = layout.coordinator_folder() + "/farm.yaml";
  const std::string good = layout.FarmFile();
  const std::string fe1 = farm_.Host("fe1").address;
  const std::string fe2 = farm_.Host("fe2").address;
  const struct {
    std::string text;
    std::string words;
  } kRows[] = {
      {absl::StrReplaceAll(good, {{"  - name: fe1", "\t- name: fe1"}}),
       "farm.yaml:3:1: tab in the indentation; YAML indents with spaces"},
      {absl::StrCat(good, "hosts: []\n"), "duplicate key \"hosts\", first at line 2"},
      {absl::StrCat(good, "host: x\n"), "unknown key \"host\"; did you mean \"hosts\"?"},
      {absl::StrReplaceAll(good, {{absl::StrCat("platform_address: ", fe2),
                                   absl::StrCat("platform_address: ", fe1)}}),
       absl::StrCat("hosts[1].platform_address: \"", fe1, "\" is already taken at line 5")},
  };
  farm_.Stop("coordinator", SIGTERM);
  for (const auto& row : kRows) {
    std::ofstream(path) << row.text;
    EXPECT_THAT(farm_.lab().processes().Run("coordinator",
                                            {layout.Program("baton-coordinator"), "--config",
                                             layout.coordinator_folder() + "/coordinator.yaml"},
                                            {absl::Now() + absl::Minutes(1)}),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr("exited with 1"), HasSubstr(row.words))));
  }
  std::ofstream(path) << good;
  farm_.Start("coordinator");
}

TEST_F(BadInputTest, AViewerSeesAndChangesNothing) {
  PkiStore store(PosixFileSystem(), SystemClock(), farm_.lab().layout().authority());
  ASSERT_OK(store.Issue(Role::kViewer, "vera", {}).status());
  EXPECT_EQ(farm_.Baton({"status"}, "vera").exit_code, 0);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"run", "move-controller", "--to", "fe2", "--yes", "fe2"},
        {"adopt", "--controller", "fe2", "--reason", "why"}}) {
    const CommandEnd end = farm_.Baton(arguments, "vera");
    EXPECT_EQ(end.exit_code, 1) << end.output;
    EXPECT_THAT(end.output, AllOf(HasSubstr("viewer:vera may not call"),
                                  HasSubstr("next: use an operator's identity")));
  }
}

TEST_F(BadInputTest, CertificatesOfOthersAreRefused) {
  const std::string& farm_id = farm_.lab().layout().farm_id();
  TestPki foreign(farm_id);
  TestPki elsewhere("elsewhere");
  const struct {
    std::string identity;
    std::string words;
  } kRows[] = {
      {foreign.MakeIdentity(Role::kOperator, "eve"), "certificate"},
      {elsewhere.MakeIdentity(Role::kOperator, "eve"), "certificate"},
      {foreign.MakeIdentity(Role::kOperator, "eve", {"", absl::Now() - absl::Minutes(1)}),
       "expired"},
  };
  for (const auto& row : kRows) {
    const CommandEnd end = farm_.Baton({"status"}, row.identity);
    EXPECT_EQ(end.exit_code, 1) << end.output;
    EXPECT_THAT(end.output, HasSubstr(row.words));
  }
}

TEST_F(BadInputTest, AnOperatorMayNotTellAnAgentWhatToDo) {
  const rehearse::LabLayout& layout = farm_.lab().layout();
  ASSERT_OK_AND_ASSIGN(const FarmFile file,
                       LoadFarmFile(PosixFileSystem(), layout.coordinator_folder() + "/farm.yaml"));
  ASSERT_OK_AND_ASSIGN(
      Identity identity,
      LoadIdentity(PosixFileSystem(), layout.IdentityOf(rehearse::kLabOperatorName), {},
                   absl::Now()));
  const GrpcCredentials credentials(PosixFileSystem(), SystemClock(), std::move(identity));
  GrpcAgentClient agents(file, credentials);

  std::vector<plan::v1::Action> actions(6);
  actions[0].mutable_start_service()->set_service(plan::v1::CONTROLLER);
  actions[1].mutable_stop_service()->set_service(plan::v1::CONTROLLER);
  actions[2].mutable_set_startup_type()->set_service(plan::v1::CONTROLLER);
  actions[3].mutable_rewrite();
  actions[4].set_run_tool(plan::v1::APPLY_CONFIGURATION);
  actions[5].set_set_assignment(plan::v1::HELD);
  for (const plan::v1::Action& action : actions) {
    ChangeRequest change;
    change.action = action;
    absl::Notification done;
    absl::StatusOr<plan::v1::Operation> answer;
    agents.Change(
        "fe1", change, absl::Minutes(1), [](absl::string_view) {},
        [&](absl::StatusOr<plan::v1::Operation> operation) {
          answer = std::move(operation);
          done.Notify();
        });
    done.WaitForNotification();
    EXPECT_THAT(answer, StatusIs(absl::StatusCode::kPermissionDenied,
                                 AllOf(HasSubstr("operator:rehearsal may not call"),
                                       HasSubstr("allowed are coordinator"))));
  }
}

// An agent of a foreign authority at the address of one of the farm's: it is not believed.
TEST_F(BadInputTest, AnAgentThatIsNoneOfTheFarmsIsNotBelieved) {
  TestPki foreign(farm_.lab().layout().farm_id());
  const std::string identity = foreign.MakeIdentity(Role::kAgent, "fe2");
  const std::string config = farm_.Host("fe2").agent + "/agent.yaml";
  std::ifstream file(config);
  std::ostringstream text;
  text << file.rdbuf();
  std::ofstream(config) << absl::StrReplaceAll(text.str(),
                                               {{farm_.Host("fe2").identity, identity}});
  farm_.Restart("agent-fe2");
  const CommandEnd end = farm_.Move("fe2");
  EXPECT_EQ(end.exit_code, 10) << end.output;
  EXPECT_THAT(end.output, HasSubstr("agent-unreachable, fe2"));
}

}  // namespace
}  // namespace baton
