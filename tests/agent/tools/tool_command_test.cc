#include "agent/tools/tool_command.h"

#include <functional>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

ToolCommand Publish() {
  ToolCommand command;
  command.id = "r1/republish/fe2/run/1";
  command.argv = {"/opt/osptool.sh", "/PublishFactory", "localhost", "admin", "pw2", "--x=pw pw2"};
  command.environment = {"A=1", "TOKEN=pw"};
  command.working_directory = "/opt";
  command.timeout = absl::Minutes(30);
  command.kill_grace = absl::Milliseconds(1500);
  command.output_bytes_max = 12345;
  command.success_exit_codes = {0, -4};
  command.leaves_services = true;
  command.secrets = {"pw", "pw2", ""};
  return command;
}

TEST(ToolCommand, SurvivesItsTextWithoutItsSecrets) {
  const ToolCommand command = Publish();
  const std::string text = EncodeToolCommand(command);
  EXPECT_THAT(text, Not(HasSubstr("pw")));
  ASSERT_OK_AND_ASSIGN(const ToolCommand read, DecodeToolCommand(text, command.secrets));
  EXPECT_EQ(read.id, command.id);
  EXPECT_EQ(read.argv, command.argv);
  EXPECT_EQ(read.environment, command.environment);
  EXPECT_EQ(read.working_directory, command.working_directory);
  EXPECT_EQ(read.timeout, command.timeout);
  EXPECT_EQ(read.kill_grace, command.kill_grace);
  EXPECT_EQ(read.output_bytes_max, command.output_bytes_max);
  EXPECT_EQ(read.success_exit_codes, command.success_exit_codes);
  EXPECT_EQ(read.leaves_services, command.leaves_services);
  EXPECT_EQ(read.secrets, command.secrets);
}

TEST(ToolCommand, HasTheSameTextWhateverItsSecretsAre) {
  ToolCommand rotated = Publish();
  rotated.argv[4] = "new2";
  rotated.argv[5] = "--x=new new2";
  rotated.environment[1] = "TOKEN=new";
  rotated.secrets = {"new", "new2", ""};
  EXPECT_EQ(EncodeToolCommand(rotated), EncodeToolCommand(Publish()));
}

TEST(ToolCommand, IsNotRunWithoutItsSecrets) {
  EXPECT_THAT(DecodeToolCommand(EncodeToolCommand(Publish()), {"pw"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("secret 1")));
}

TEST(ToolCommand, NoticesDamage) {
  const std::string text = EncodeToolCommand(Publish());
  EXPECT_THAT(DecodeToolCommand("", {}), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("line")));
  for (const auto& [from, to] :
       {std::pair("=0\n", "=zero\n"), std::pair("timeout_ms=", "x="),
        std::pair("\\0001\\000", "\\0001"), std::pair("\\0001\\000", "\\000-\\000")}) {
    EXPECT_THAT(DecodeToolCommand(absl::StrReplaceAll(text, {{from, to}}), Publish().secrets),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tool ")))
        << from << " -> " << to;
  }
}

TEST(ValidateToolCommand, NamesTheMemberThatIsWrong) {
  const struct {
    std::function<void(ToolCommand&)> change;
    const char* member;
  } rows[] = {
      {[](ToolCommand& c) { c.id.clear(); }, ": id "},
      {[](ToolCommand& c) { c.id = std::string(kToolIdBytesMax + 1, 'x'); }, ": id "},
      {[](ToolCommand& c) { c.argv.clear(); }, ": argv "},
      {[](ToolCommand& c) { c.argv[0] = "sh"; }, ": argv "},
      {[](ToolCommand& c) { c.argv[1] = std::string(1, '\0'); }, ": argv "},
      {[](ToolCommand& c) { c.argv[1] = std::string(kCommandBytesMax, 'x'); }, ": argv "},
      {[](ToolCommand& c) { c.environment = {std::string(1, '\0')}; }, ": environment "},
      {[](ToolCommand& c) { c.working_directory = "opt"; }, ": working_directory "},
      {[](ToolCommand& c) { c.timeout = absl::ZeroDuration(); }, ": timeout "},
      {[](ToolCommand& c) { c.timeout = absl::InfiniteDuration(); }, ": timeout "},
      {[](ToolCommand& c) { c.kill_grace = -absl::Seconds(1); }, ": kill_grace "},
      {[](ToolCommand& c) { c.output_bytes_max = kOutputBytesMaxMax + 1; }, ": output_bytes_max "},
      {[](ToolCommand& c) { c.secrets = {std::string(kSecretsBytesMax, 'x')}; }, ": secrets "},
      {[](ToolCommand& c) {
         c.files = {{"../x", ""}};
       },
       ": files "},
      {[](ToolCommand& c) {
         c.files = {{"", ""}};
       },
       ": files "},
      {[](ToolCommand& c) {
         c.files = {{"x", std::string(kToolFilesBytesMax + 1, 'x')}};
       },
       ": files "},
  };
  EXPECT_OK(ValidateToolCommand(Publish()));
  for (const auto& row : rows) {
    ToolCommand command = Publish();
    row.change(command);
    EXPECT_THAT(ValidateToolCommand(command),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(row.member)));
  }
}

TEST(ToolSecrets, SurviveTheirWayToTheSupervisor) {
  const std::vector<std::string> secrets = {"a\nb", "", "c=\\"};
  EXPECT_THAT(DecodeToolSecrets(EncodeToolSecrets(secrets)), IsOkAndHolds(secrets));
  EXPECT_EQ(EncodeToolSecrets({}), "");
  EXPECT_THAT(DecodeToolSecrets(""), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(DecodeToolSecrets("x"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("secrets")));
}

}  // namespace
}  // namespace baton
