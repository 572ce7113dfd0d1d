#include "agent/tools/tool_record.h"

#include "absl/strings/str_cat.h"
#include "agent/tools/tool_status.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ToolRecord, KeepsAnyBytesInReadableLines) {
  ToolRecord record;
  const std::string bytes("two\nlines=\\ \0\"\xff", 15);
  record.Add("argv", bytes);
  record.Add("argv", "");
  record.AddNumber("number", -5);
  const std::string text = record.Encode("command");
  EXPECT_THAT(text, HasSubstr("baton-tool-command 1\nargv=two\\nlines=\\\\ "));
  EXPECT_THAT(text, HasSubstr("\nargv=\nnumber=-5\nend\n"));
  ASSERT_OK_AND_ASSIGN(const ToolRecord read, ToolRecord::Decode("command", text + "filling"));
  EXPECT_THAT(read.Texts("argv"), ElementsAre(bytes, ""));
  EXPECT_THAT(read.Number("number"), IsOkAndHolds(-5));
  EXPECT_THAT(read.Texts("other"), IsEmpty());
  EXPECT_THAT(read.Text("other"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("no \"other\"")));
  EXPECT_THAT(read.Number("argv"), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("argv")));
}

TEST(ToolRecord, NoticesEveryCut) {
  ToolRecord record;
  record.Add("id", "r1/a/1");
  const std::string text = record.Encode("exit");
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_THAT(ToolRecord::Decode("exit", text.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tool record: ")))
        << size;
  }
}

TEST(ToolRecord, RefusesOtherKindsVersionsAndLines) {
  const struct {
    const char* text;
    const char* words;
  } rows[] = {
      {"baton-tool-start 1\nend\n", "first line"},
      {"baton-tool-exit 2\nend\n", "first line"},
      {"baton-tool-exit 1\nid\nend\n", "line 2 is not key=value"},
      {"baton-tool-exit 1\nid=\\\nend\n", "line 2 is not key=value"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(ToolRecord::Decode("exit", row.text),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(row.words)));
  }
}

TEST(ToolStart, SurvivesItsText) {
  ToolStart start;
  start.supervisor = {11, 22, "boot"};
  start.tool = {33, 44, "boot"};
  start.start_time = absl::FromUnixMicros(1700000000123456);
  ASSERT_OK_AND_ASSIGN(const ToolStart read, DecodeToolStart(EncodeToolStart(start)));
  EXPECT_EQ(read.supervisor, start.supervisor);
  EXPECT_EQ(read.tool, start.tool);
  EXPECT_EQ(read.start_time, start.start_time);
}

TEST(ToolExit, SurvivesItsTextAndFitsIntoItsReservedSpace) {
  ToolExit exit;
  exit.exit_code = 252;
  exit.signal = 9;
  exit.timed_out = true;
  exit.killed = true;
  exit.succeeded = true;
  exit.end_time = absl::FromUnixMicros(1700000000123456);
  exit.output_bytes = uint64_t{1} << 40;
  exit.output_bytes_dropped = 7;
  exit.start_error = std::string(10000, '\x01');
  exit.output_error = std::string(10000, '\x01');
  const std::string text = EncodeToolExit(exit);
  EXPECT_LE(text.size(), kExitBytesMax);
  ASSERT_OK_AND_ASSIGN(const ToolExit read, DecodeToolExit(text));
  EXPECT_EQ(read.exit_code, 252);
  EXPECT_EQ(read.signal, 9);
  EXPECT_TRUE(read.timed_out && read.killed && read.succeeded);
  EXPECT_EQ(read.end_time, exit.end_time);
  EXPECT_EQ(read.output_bytes, exit.output_bytes);
  EXPECT_EQ(read.output_bytes_dropped, 7);
  EXPECT_EQ(read.start_error, exit.start_error.substr(0, kToolErrorBytesMax));
}

}  // namespace
}  // namespace baton
