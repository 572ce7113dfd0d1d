#include "common/log/log.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StrEq;

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class LogTest : public testing::Test {
 protected:
  ~LogTest() override {
    unsetenv("JOURNAL_STREAM");
    EXPECT_OK(ConfigureLog({}));
  }

  // What `message` leaves on stderr at level info.
  static std::string InfoOnStderr(absl::string_view message) {
    testing::internal::CaptureStderr();
    EXPECT_OK(ConfigureLog({}));
    LogInfo(message);
    return testing::internal::GetCapturedStderr();
  }

  TempFolder folder_;
};

TEST_F(LogTest, WritesAFileWithTimeAndLevel) {
  ASSERT_OK(ConfigureLog({LogLevel::kInfo, folder_ / "baton.log", /*to_stderr=*/false}));
  LogWarning("fe1 is silent");
  EXPECT_THAT(Read(folder_ / "baton.log"),
              MatchesRegex("[0-9-]+T[0-9:.]+[+-][0-9:]+ warning fe1 is silent\n"));
}

TEST_F(LogTest, LeavesOutWhatIsBelowTheLevel) {
  ASSERT_OK(ConfigureLog({LogLevel::kWarning, folder_ / "baton.log", /*to_stderr=*/false}));
  LogDebug("one");
  LogInfo("two");
  LogWarning("three");
  LogError("four");
  const std::string text = Read(folder_ / "baton.log");
  EXPECT_THAT(text, Not(HasSubstr("one")));
  EXPECT_THAT(text, Not(HasSubstr("two")));
  EXPECT_THAT(text, HasSubstr("warning three"));
  EXPECT_THAT(text, HasSubstr("error four"));
}

TEST_F(LogTest, AMessageIsOneLineWhateverItHolds) {
  EXPECT_THAT(InfoOnStderr("exit 1\n2024 error forged\r\x1b[2J"),
              EndsWith(" info exit 1\\n2024 error forged\\x0d\\x1b[2J\n"));
}

TEST_F(LogTest, BracesAreText) { EXPECT_THAT(InfoOnStderr("{} {0}"), EndsWith(" info {} {0}\n")); }

TEST_F(LogTest, CutsALongMessageAndSaysSo) {
  EXPECT_THAT(InfoOnStderr(std::string(kLogMessageSizeBytesMax + 5, 'x')),
              EndsWith("x... (5 bytes left out)\n"));
}

TEST_F(LogTest, GivesTheJournalAPriorityInsteadOfATime) {
  setenv("JOURNAL_STREAM", "8:12345", /*overwrite=*/1);
  EXPECT_THAT(InfoOnStderr("started"), StrEq("<6>started\n"));
}

TEST_F(LogTest, NamesAFileThatCannotBeOpenedAndKeepsTheLogAsItWas) {
  ASSERT_OK(ConfigureLog({LogLevel::kInfo, folder_ / "baton.log", /*to_stderr=*/false}));
  EXPECT_THAT(ConfigureLog({LogLevel::kInfo, folder_.path(), /*to_stderr=*/false}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(absl::StrCat("open the log file ", folder_.path(), ": "))));
  LogInfo("still here");
  EXPECT_THAT(Read(folder_ / "baton.log"), HasSubstr("still here"));
}

}  // namespace
}  // namespace baton
