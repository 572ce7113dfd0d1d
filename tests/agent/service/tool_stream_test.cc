// A tool that takes values, from the call to its end: through the operation core and its log, the
// executor and a real supervisor.

#include "agent/service/tool_stream.h"

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agent/host/host_describer.h"
#include "agent/operation/operation_entries.h"
#include "agent/profile/profile_parser.h"
#include "agent/runtime/operation_log.h"
#include "gmock/gmock.h"
#include "tests/agent/tools/tool_runner_fixture.h"
#include "tests/support/fake_service_manager.h"

namespace baton {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kId[] = "r1/license/fe2/install/1";
constexpr char kSecret[] = "s3cret of $(nobody) '\"";
constexpr char kLicense[] = "serial=ABC-DEF\nsignature=0123456789\n";

// What a call came to.
struct Called {
  absl::Status status;
  std::string output;
  plan::v1::Operation operation;
};

class ToolStreamTest : public ToolRunnerFixture {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(state_);
    const std::string text = absl::StrCat(
        "name: small\n"
        "services: [{service: controller, unit: u, ports: [1]}]\n"
        "configuration: {path: ",
        state_,
        "/none, settings: {controller.host: S/H}, version: O/V}\n"
        "tools:\n- tool: install-license\n"
        "  parameters: [{name: license, kind: file}, {name: user, kind: text},"
        " {name: password, kind: secret}]\n"
        "  command: [/bin/sh, ",
        folder_ / "tool",
        ", '${argument.license}', '${argument.user}', '${argument.password}']\n"
        "  timeout: 1m\n  repeatable: true\n");
    const absl::StatusOr<Profile> profile = ResolveProfile("p.yaml", text, {});
    ASSERT_OK(profile.status());
    profile_ = *profile;
    UseScript("");
  }

  // The tool prints all that it gets, and does what `more` says.
  void UseScript(const std::string& more) {
    std::ofstream(folder_ / "tool") << "cat \"$1\"; echo \"$2:$3:\"\n" << more << "\n";
  }

  // An agent, without its API.
  class Agent {
   public:
    explicit Agent(ToolStreamTest& test)
        : configuration_(PosixFileSystem(), test.profile_),
          initialization_(PosixFileSystem(), test.profile_, configuration_, "127.0.0.1",
                          own_ports_),
          executor_({test.profile_, services_, initialization_, configuration_, test.runner_,
                     SystemClock(), sleeper_}),
          runtime_({"farm", "fe2", AbstractProfile(test.profile_, configuration_)},
                   PosixFileSystem(), test.log_path_, executor_, sleeper_, SystemClock()) {}

    AgentRuntime& runtime() { return runtime_; }

   private:
    FakeServiceManager services_{SystemClock()};
    PlatformConfiguration configuration_;
    OwnPorts own_ports_;
    ProfileInitializationProbe initialization_;
    CancellableSleeper sleeper_;
    ChangeExecutor executor_;
    AgentRuntime runtime_;
  };

  static plan::v1::Fence Fence(const std::string& id = kId) {
    plan::v1::Fence fence;
    fence.set_farm_id("farm");
    fence.set_epoch(1);
    fence.set_run("r1");
    fence.set_incarnation("i1");
    fence.set_sequence(11);
    fence.set_record_hash(std::string(kDigestBytes, 'h'));
    fence.set_operation_id(id);
    return fence;
  }

  static agent::v1::RunToolRequest Request(const std::string& license = kLicense,
                                           const std::string& secret = kSecret) {
    agent::v1::RunToolRequest request;
    *request.mutable_fence() = Fence();
    request.set_tool(plan::v1::INSTALL_LICENSE);
    agent::v1::ToolValue& password = *request.add_values();
    password.set_name("password");
    password.set_secret(secret);
    agent::v1::ToolValue& file = *request.add_values();
    file.set_name("license");
    file.set_file(license);
    agent::v1::ToolValue& user = *request.add_values();
    user.set_name("user");
    user.set_text("admin");
    return request;
  }

  static void Claim(Agent& agent) {
    agent::v1::ClaimRequest request;
    request.set_farm_id("farm");
    request.mutable_claim()->set_epoch(1);
    request.mutable_claim()->set_run("r1");
    request.mutable_claim()->set_incarnation("i1");
    request.mutable_journal_end()->set_sequence(10);
    request.mutable_journal_end()->set_hash(std::string(kDigestBytes, 'h'));
    ASSERT_OK(agent.runtime().Claim(request).status());
  }

  // `gone` says whether the caller gives up.
  Called Call(
      Agent& agent, const agent::v1::RunToolRequest& request,
      const std::function<bool()>& gone = [] { return false; }) {
    Called called;
    called.status = StreamTool(
        agent.runtime(), runner_, request,
        [&](const agent::v1::ToolEvent& event) {
          called.output += event.output();
          if (event.has_operation()) called.operation = event.operation();
          return true;
        },
        gone);
    return called;
  }

  // What the tool has printed so far.
  std::string OutputOrNothing() {
    return runner_.ReadOutput(kId, 0, kOutputBytesMaxMax).value_or("");
  }

  // The files below the test's folder, the agent's state among them, that hold `words`.
  std::vector<std::string> FilesWith(absl::string_view words) {
    std::vector<std::string> found;
    size_t looked_at = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file() || entry.path() == folder_ / "got") continue;
      ++looked_at;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(file)), {});
      if (absl::StrContains(bytes, words)) found.push_back(entry.path().string());
    }
    EXPECT_GE(looked_at, 2U);
    return found;
  }

  const std::string state_ = folder_ / "state";
  const std::string log_path_ = state_ + "/operations.log";
  Profile profile_;
};

TEST_F(ToolStreamTest, ValuesReachTheToolAndSecretsNothingElse) {
  const std::string got = folder_ / "got";
  UseScript(absl::StrCat("printf %s \"$3\" > ", got));
  Agent agent(*this);
  Claim(agent);
  const Called called = Call(agent, Request());
  ASSERT_OK(called.status);
  EXPECT_EQ(called.operation.state(), plan::v1::OPERATION_SUCCEEDED) << called.operation.detail();
  EXPECT_EQ(called.output, absl::StrCat(kLicense, "admin:***:\n"));
  EXPECT_THAT(called.operation.action(), HasSubstr("password=(secret) user=admin"));
  EXPECT_THAT(PosixFileSystem().ReadFile(got, 1000), IsOkAndHolds(kSecret));
  EXPECT_THAT(FilesWith(kSecret), IsEmpty());
  EXPECT_THAT(FilesWith("s3cret"), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(runner_.FilePath(kId, "license")));
}

TEST_F(ToolStreamTest, SecretsAreNowhereWhileTheToolRuns) {
  const Fifo fifo(folder_ / "fifo");
  UseScript(absl::StrCat("read x < ", fifo.path(), "; exit 1"));
  Agent agent(*this);
  Claim(agent);
  Call(agent, Request(), [this] { return absl::StrContains(OutputOrNothing(), "admin:"); });
  EXPECT_THAT(FilesWith("s3cret"), IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(runner_.FilePath(kId, "license")));
  fifo.Release();
  const Called called = Call(agent, Request());
  EXPECT_EQ(called.operation.state(), plan::v1::OPERATION_FAILED);
  EXPECT_EQ(called.operation.detail(), "exit code 1: admin:***:");
  EXPECT_THAT(FilesWith("s3cret"), IsEmpty());
  // What the tool itself has printed of its file.
  EXPECT_THAT(FilesWith("signature="), UnorderedElementsAre(FolderOf(kId).output(), log_path_));
}

TEST_F(ToolStreamTest, RefusesValuesThatTheToolDoesNotTake) {
  Agent agent(*this);
  Claim(agent);
  agent::v1::RunToolRequest surplus = Request();
  surplus.add_values()->set_name("more");
  surplus.mutable_values()->rbegin()->set_text("x");
  EXPECT_THAT(Call(agent, surplus).status,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("\"more\" is no parameter of tool install-license")));
  agent::v1::RunToolRequest missing = Request();
  missing.mutable_values()->RemoveLast();
  EXPECT_THAT(Call(agent, missing).status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"user\" is missing")));
  EXPECT_FALSE(std::filesystem::exists(tools_));
}

// What an agent leaves that dies when it has accepted a call: its log and, if it came to it, the
// file in the tool's folder.
class CrashedBeforeStartTest : public ToolStreamTest {
 protected:
  void SetUp() override {
    ToolStreamTest::SetUp();
    {
      Agent agent(*this);
      Claim(agent);
    }
    Change change;
    change.fence = Fence();
    change.action.set_run_tool(plan::v1::INSTALL_LICENSE);
    const agent::v1::RunToolRequest request = Request();
    change.values.assign(request.values().begin(), request.values().end());
    absl::StatusOr<OperationLog::Opened> log = OperationLog::Open(PosixFileSystem(), log_path_);
    ASSERT_OK(log.status());
    ASSERT_OK(log->log.Append({AcceptedEntry(change, {})}));
    ASSERT_OK(PosixFileSystem().CreateFolders(FolderOf(kId).path(), 0700));
    ASSERT_OK(PosixFileSystem().CreateFile(runner_.FilePath(kId, "license"), kLicense, 0600));
  }
};

TEST_F(CrashedBeforeStartTest, TheNextAgentRemovesTheFileAndRunsTheToolWhenItIsAskedAgain) {
  Agent agent(*this);
  EXPECT_THAT(FilesWith("signature="), IsEmpty());
  EXPECT_THAT(Call(agent, Request("serial=XYZ\n")).status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("license=sha256:")));
  const Called called = Call(agent, Request());
  ASSERT_OK(called.status);
  EXPECT_EQ(called.operation.state(), plan::v1::OPERATION_SUCCEEDED) << called.operation.detail();
  EXPECT_EQ(called.output, absl::StrCat(kLicense, "admin:***:\n"));
  EXPECT_FALSE(std::filesystem::exists(runner_.FilePath(kId, "license")));
}

TEST_F(ToolStreamTest, ALostToolRunsAgainWithTheValuesThatAreSentAgain) {
  const Fifo fifo(folder_ / "fifo");
  UseScript(absl::StrCat("exec 3>", fifo.path(), "; exec sleep 600"));
  {
    Agent agent(*this);
    Claim(agent);
    Call(agent, Request(), [this] { return absl::StrContains(OutputOrNothing(), "admin:"); });
  }
  const FileDescriptor reader = fifo.Read();
  ASSERT_OK_AND_ASSIGN(const ToolStatus running, runner_.Inspect(kId));
  ASSERT_OK(SignalProcess(running.start->supervisor, SIGKILL));
  ASSERT_OK(KillGroup(running.start->tool, SIGKILL));
  WaitForEnd(kId);
  ASSERT_TRUE(std::filesystem::exists(runner_.FilePath(kId, "license")));

  Agent agent(*this);
  EXPECT_FALSE(std::filesystem::exists(runner_.FilePath(kId, "license")));
  UseScript("");
  const Called called = Call(agent, Request(kLicense, "rotated"));
  ASSERT_OK(called.status);
  EXPECT_EQ(called.operation.state(), plan::v1::OPERATION_SUCCEEDED) << called.operation.detail();
  EXPECT_EQ(called.output, absl::StrCat(kLicense, "admin:***:\n"));
}

}  // namespace
}  // namespace baton
