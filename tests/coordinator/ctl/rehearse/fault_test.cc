#include "coordinator/ctl/rehearse/fault.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton::rehearse {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Kind = StepFault::Kind;

struct GoodStepFault {
  const char* text;
  Kind kind;
  absl::Duration length;
  int code;
};

void PrintTo(const GoodStepFault& fault, std::ostream* out) { *out << fault.text; }

class StepFaultTest : public testing::TestWithParam<GoodStepFault> {};

TEST_P(StepFaultTest, IsRead) {
  ASSERT_OK_AND_ASSIGN(const LabFaults faults, ParseFaults({GetParam().text}));
  ASSERT_THAT(faults.steps, SizeIs(1));
  EXPECT_THAT(faults.hosts, SizeIs(0));
  const StepFault& fault = faults.steps[0];
  EXPECT_EQ(fault.step, "repoint/fe3/apply");
  EXPECT_EQ(fault.host, "fe3");
  EXPECT_EQ(fault.kind, GetParam().kind);
  EXPECT_EQ(fault.length, GetParam().length);
  EXPECT_EQ(fault.code, GetParam().code);
  EXPECT_EQ(fault.text, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    , StepFaultTest,
    testing::Values(GoodStepFault{"repoint/fe3/apply=kill-agent", Kind::kKillAgent, {}, 0},
                    GoodStepFault{"repoint/fe3/apply=cut", Kind::kCut, kCutDefault, 0},
                    GoodStepFault{"repoint/fe3/apply=cut 2.5", Kind::kCut, absl::Seconds(2.5), 0},
                    GoodStepFault{"repoint/fe3/apply=slow", Kind::kSlow, kSlowDefault, 0},
                    GoodStepFault{"repoint/fe3/apply=slow 60", Kind::kSlow, absl::Minutes(1), 0},
                    GoodStepFault{"repoint/fe3/apply=hang", Kind::kHang, {}, 0},
                    GoodStepFault{"repoint/fe3/apply=lie", Kind::kLie, {}, 0},
                    GoodStepFault{"repoint/fe3/apply=refuse", Kind::kRefuse, {}, 0},
                    GoodStepFault{"repoint/fe3/apply=fail 1061", Kind::kRefuse, {}, 1061}));

struct GoodHostFault {
  const char* text;
  const char* words;
};

void PrintTo(const GoodHostFault& fault, std::ostream* out) { *out << fault.text; }

class HostFaultTest : public testing::TestWithParam<GoodHostFault> {};

TEST_P(HostFaultTest, IsReadInTheWordsOfTheStandIn) {
  ASSERT_OK_AND_ASSIGN(const LabFaults faults, ParseFaults({GetParam().text}));
  ASSERT_THAT(faults.hosts, SizeIs(1));
  EXPECT_THAT(faults.steps, SizeIs(0));
  EXPECT_EQ(faults.hosts[0].host, "fe3");
  EXPECT_EQ(faults.hosts[0].name, "stop-controller");
  EXPECT_EQ(faults.hosts[0].words, GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(, HostFaultTest,
                         testing::Values(GoodHostFault{"fe3/stop-controller=fail 3", "fail 3"},
                                         GoodHostFault{"fe3/stop-controller=refuse", "fail 1"},
                                         GoodHostFault{"fe3/stop-controller=hang", "hang"},
                                         GoodHostFault{"fe3/stop-controller=lie", "lie"},
                                         GoodHostFault{"fe3/stop-controller=ask", "ask"},
                                         GoodHostFault{"fe3/stop-controller=slow", "slow 3"},
                                         GoodHostFault{"fe3/stop-controller=slow 0.5", "slow 0.5"},
                                         GoodHostFault{"fe3/stop-controller=flood 1024",
                                                       "flood 1024"}));

struct BadFault {
  const char* text;
  const char* why;
};

void PrintTo(const BadFault& fault, std::ostream* out) { *out << fault.text; }

class BadFaultTest : public testing::TestWithParam<BadFault> {};

TEST_P(BadFaultTest, IsQuotedAndSaysWhatCanBeSaid) {
  EXPECT_THAT(ParseFaults({GetParam().text}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(GetParam().text), HasSubstr(GetParam().why))));
}

constexpr char kStepWords[] = "kill-agent, cut SECONDS";
constexpr char kHostWords[] = "are for steps";

INSTANTIATE_TEST_SUITE_P(
    , BadFaultTest,
    testing::Values(
        BadFault{"", "PLACE=WORDS"}, BadFault{"fe3", "PLACE=WORDS"},
        BadFault{"fe3=hang", "PLACE=WORDS"}, BadFault{"fe3/apply=", "PLACE=WORDS"},
        BadFault{"fe3/../x=hang", "PLACE=WORDS"}, BadFault{"a/b/c/d=hang", "PLACE=WORDS"},
        BadFault{"fe3/apply=slow 1 2", "PLACE=WORDS"}, BadFault{"fe3/apply=kill-agent", kHostWords},
        BadFault{"fe3/apply=cut 3", kHostWords}, BadFault{"fe3/apply=hang 3", kHostWords},
        BadFault{"fe3/apply=fail", kHostWords}, BadFault{"fe3/apply=fail 70000", kHostWords},
        BadFault{"fe3/apply=flood x", kHostWords},
        BadFault{"repoint/fe3/apply=flood 1", kStepWords},
        BadFault{"repoint/fe3/apply=ask", kStepWords},
        BadFault{"repoint/fe3/apply=cut 0", kStepWords},
        BadFault{"repoint/fe3/apply=slow 61", kStepWords},
        BadFault{"repoint/fe3/apply=lie 1", kStepWords}));

TEST(ExpectsPause, IsForWhatDoesNotComeToItsEnd) {
  for (const Kind kind : {Kind::kHang, Kind::kLie, Kind::kRefuse}) EXPECT_TRUE(ExpectsPause(kind));
  for (const Kind kind : {Kind::kKillAgent, Kind::kCut, Kind::kSlow}) {
    EXPECT_FALSE(ExpectsPause(kind));
  }
}

}  // namespace
}  // namespace baton::rehearse
