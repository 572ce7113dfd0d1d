#include "coordinator/inventory/pay_policy.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/config/config_parser.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<DebtPolicy> Parse(const std::string& text) {
  const absl::StatusOr<ConfigNode> node = ParseConfig("f", text);
  EXPECT_OK(node.status());
  return ParseDebtPolicy(*node);
}

TEST(ParseDebtPolicy, AsksUnlessItIsToldOtherwise) {
  ASSERT_OK_AND_ASSIGN(const DebtPolicy debts, Parse("{}"));
  EXPECT_EQ(debts.policy, PayPolicy::kAsk);
  ASSERT_OK_AND_ASSIGN(const DebtPolicy by_itself, Parse("{policy: auto}"));
  EXPECT_EQ(by_itself.policy, PayPolicy::kAuto);
}

TEST(ParseDebtPolicy, ReadsAWindow) {
  ASSERT_OK_AND_ASSIGN(const DebtPolicy debts, Parse("{policy: window, window: '22:00-04:30'}"));
  EXPECT_EQ(debts.policy, PayPolicy::kWindow);
  EXPECT_EQ(debts.window_begin, absl::Hours(22));
  EXPECT_EQ(debts.window_end, absl::Hours(4) + absl::Minutes(30));
}

struct Wrong {
  const char* text;
  const char* words;
};

class WrongPolicyTest : public testing::TestWithParam<Wrong> {};

TEST_P(WrongPolicyTest, IsRefusedWithItsPlace) {
  EXPECT_THAT(Parse(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().words)));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongPolicyTest,
    testing::Values(
        Wrong{"{policy: sometimes}", "f:1:10: policy: expected one of ask, auto, window"},
        Wrong{"{policy: window}", "f:1:2: `policy: window` needs a window"},
        Wrong{"{policy: auto, window: '22:00-04:00'}",
              "f:1:16: `window` goes with `policy: window` alone"},
        Wrong{"{policy: window, window: 'night'}", "expected two times of day"},
        Wrong{"{policy: window, window: '22:00'}", "expected two times of day"},
        Wrong{"{policy: window, window: '22:00-24:00'}", "expected two times of day"},
        Wrong{"{policy: window, window: '22:00-4:00'}", "expected two times of day"},
        Wrong{"{policy: window, window: '+1:00-04:00'}", "expected two times of day"},
        Wrong{"{policy: window, window: '22:00-23:00-04:00'}", "expected two times of day"},
        Wrong{"{policy: window, window: '22:00-22:00'}", "begins and ends at the same time"},
        Wrong{"{when: now}", "f:1:2"}));

struct Moment {
  const char* policy;
  const char* time;  // in the zone, two hours ahead of UTC
  bool may_pay;
};

class MayPayTest : public testing::TestWithParam<Moment> {};

TEST_P(MayPayTest, GoesByTheTimeOfDayOfTheZone) {
  const absl::TimeZone zone = absl::FixedTimeZone(2 * 3600);
  ASSERT_OK_AND_ASSIGN(const DebtPolicy debts, Parse(GetParam().policy));
  absl::Time now;
  std::string error;
  ASSERT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M:%S", absl::StrCat("2026-05-06 ", GetParam().time),
                              zone, &now, &error))
      << error;
  EXPECT_EQ(MayPay(debts, now, zone), GetParam().may_pay) << GetParam().time;
}

constexpr char kOverMidnight[] = "{policy: window, window: '22:00-04:00'}";
constexpr char kMorning[] = "{policy: window, window: '06:00-08:00'}";

INSTANTIATE_TEST_SUITE_P(All, MayPayTest,
                         testing::Values(Moment{"{policy: ask}", "12:00:00", false},
                                         Moment{"{policy: auto}", "12:00:00", true},
                                         Moment{kOverMidnight, "21:59:59", false},
                                         Moment{kOverMidnight, "22:00:00", true},
                                         Moment{kOverMidnight, "00:00:00", true},
                                         Moment{kOverMidnight, "03:59:59", true},
                                         Moment{kOverMidnight, "04:00:00", false},
                                         Moment{kMorning, "05:59:59", false},
                                         Moment{kMorning, "06:00:00", true},
                                         Moment{kMorning, "08:00:00", false}));

}  // namespace
}  // namespace baton
