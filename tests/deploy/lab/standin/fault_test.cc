#include "deploy/lab/standin/fault.h"

#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace baton::standin {
namespace {

using testing::HasSubstr;

struct GoodFault {
  std::string text;
  Fault::Kind kind;
  int code = 0;
  absl::Duration delay = {};
  void PrintTo(const GoodFault& row, std::ostream* out) { *out << row.text; }
  int64_t size_bytes = 0;
};

class FaultText : public testing::TestWithParam<GoodFault> {};

TEST_P(FaultText, IsUnderstood) {
  ASSERT_OK_AND_ASSIGN(const Fault fault, ParseFault(GetParam().text));
  EXPECT_EQ(fault.kind, GetParam().kind);
  EXPECT_EQ(fault.code, GetParam().code);
  EXPECT_EQ(fault.delay, GetParam().delay);
  EXPECT_EQ(fault.size_bytes, GetParam().size_bytes);
}

INSTANTIATE_TEST_SUITE_P(
    All, FaultText,
    testing::Values(GoodFault{"", Fault::Kind::kNone}, GoodFault{" \n", Fault::Kind::kNone},
                    GoodFault{"fail 1067\n", Fault::Kind::kFail, 1067},
                    GoodFault{"hang", Fault::Kind::kHang}, GoodFault{"ask", Fault::Kind::kAsk},
                    GoodFault{" lie ", Fault::Kind::kLie},
                    GoodFault{"slow 0.25", Fault::Kind::kSlow, 0, absl::Milliseconds(250)},
                    GoodFault{"flood 1048576", Fault::Kind::kFlood, 0, {}, 1048576}));

class BadFaultText : public testing::TestWithParam<std::string> {};

TEST_P(BadFaultText, IsRefusedAndQuoted) {
  EXPECT_THAT(ParseFault(GetParam()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(All, BadFaultText,
                         testing::Values("fail", "fail x", "fail 0", "fail -1", "fail 65536",
                                         "hang 3", "lie twice", "slow", "slow -1", "slow nan",
                                         "slow 601", "flood -1", "flood 99999999999", "explode"));

}  // namespace
}  // namespace baton::standin
