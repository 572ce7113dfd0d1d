#include "agent/platform/standin/control_protocol.h"

#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace baton::standin {
namespace {

using testing::HasSubstr;

class RequestLine : public testing::TestWithParam<std::string> {};

TEST_P(RequestLine, SurvivesParsingAndFormatting) {
  ASSERT_OK_AND_ASSIGN(const ControlRequest request, ParseControlRequest(GetParam()));
  EXPECT_EQ(FormatControlRequest(request), GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, RequestLine,
                         testing::Values("query controller", "start scheduler", "stop cache",
                                         "set-startup-type controller automatic",
                                         "set-startup-type controller manual",
                                         "set-startup-type a-1 disabled", "shutdown"));

class ReplyLine : public testing::TestWithParam<std::string> {};

TEST_P(ReplyLine, SurvivesParsingAndFormatting) {
  ASSERT_OK_AND_ASSIGN(const ControlReply reply, ParseControlReply(GetParam()));
  EXPECT_EQ(FormatControlReply(reply), GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, ReplyLine,
                         testing::Values("ok", "ok state=stopped startup-type=disabled pid=0",
                                         "ok state=starting startup-type=manual pid=7",
                                         "ok state=running startup-type=automatic pid=4194304",
                                         "ok state=stopping startup-type=automatic pid=9",
                                         "ok state=failed startup-type=automatic pid=0",
                                         "error busy the service is stopping"));

struct BadLine {
  std::string line;
  std::string complaint;
};
void PrintTo(const BadLine& row, std::ostream* out) { *out << row.line.substr(0, 40); }

class BadRequest : public testing::TestWithParam<BadLine> {};

TEST_P(BadRequest, IsRefusedWithAReason) {
  EXPECT_THAT(ParseControlRequest(GetParam().line),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().complaint)));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadRequest,
    testing::Values(BadLine{"", "unknown request"}, BadLine{"restart controller", "restart"},
                    BadLine{"start", "takes 1 words"}, BadLine{"start a b", "takes 1 words"},
                    BadLine{"shutdown now", "takes 0 words"},
                    BadLine{"query ../etc", "not a service name"},
                    BadLine{"query  controller", "takes 1 words"},
                    BadLine{"set-startup-type controller auto", "unknown startup type"},
                    BadLine{"query " + std::string(65, 'a'), "not a service name"},
                    BadLine{"query " + std::string(5000, 'a'), "too long"}));

class BadReply : public testing::TestWithParam<BadLine> {};

TEST_P(BadReply, IsRefusedWithAReason) {
  EXPECT_THAT(ParseControlReply(GetParam().line),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().complaint)));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadReply,
    testing::Values(BadLine{"", "not a reply"}, BadLine{"error", "not a reply"},
                    BadLine{"error busy", "not a reply"}, BadLine{"okay", "not a reply"},
                    BadLine{"ok state=running", "an ok reply has"},
                    BadLine{"ok state=up startup-type=manual pid=1", "unknown run state"},
                    BadLine{"ok startup-type=manual state=running pid=1", "expected state"},
                    BadLine{"ok state=running startup-type=manual pid=-1", "not a process id"},
                    BadLine{"ok state=running startup-type=manual pid=x", "not a process id"}));

}  // namespace
}  // namespace baton::standin
