#include "agent/dialog/dialog.h"

#include <ostream>
#include <string>

#include "agent/dialog/dialog_arguments.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr absl::Duration kSilence = absl::Seconds(30);
constexpr absl::Duration kTimeout = absl::Minutes(5);

// Two services, as the configurator asks for them.
DialogSpec TwoServices() {
  return {{{"Controller Service*Y*N", "Y"}, {"Scheduler Service*Y*N", "N"}}, kSilence};
}

// A dialog on a clock that the test moves. Waits are not waited for: they are what comes next.
class DialogTest : public testing::Test {
 protected:
  void Says(absl::string_view words) { dialog_.Add(words, now_); }

  // Lets `duration` pass and tells what the dialog does: "answer LINE", "stop WHY" or "wait".
  std::string After(absl::Duration duration) {
    now_ += duration;
    const DialogStep step = dialog_.Next(now_);
    if (const auto* answer = std::get_if<DialogAnswer>(&step)) return "answer " + answer->line;
    if (const auto* stop = std::get_if<DialogStop>(&step)) return "stop " + stop->why;
    return "wait";
  }

  Dialog dialog_{TwoServices(), kTimeout};
  absl::Duration now_;
};

TEST_F(DialogTest, AnswersQuestionsInWhateverOrderTheyCome) {
  EXPECT_EQ(After(absl::ZeroDuration()), "wait");
  Says("Welcome.\nOutSystems Scheduler Service (Y/N)? ");
  EXPECT_EQ(After(Dialog::kQuiet), "answer N");
  Says("OutSystems Controller Service (Y/N)? ");
  EXPECT_EQ(After(Dialog::kQuiet), "answer Y");
  EXPECT_OK(dialog_.CheckComplete());
}

TEST_F(DialogTest, WaitsForTheRestOfAQuestion) {
  Says("Scheduler Ser");
  EXPECT_EQ(After(Dialog::kQuiet / 2), "wait");
  Says("vice (Y");
  EXPECT_EQ(After(Dialog::kQuiet), "wait") << "nothing fits yet";
  Says("/N)? ");
  EXPECT_EQ(After(Dialog::kQuiet), "answer N");
}

TEST_F(DialogTest, WhatComesBeforeAQuestionDoesNotConfuseIt) {
  Says("Controller Service and Scheduler Service: Yes or No?\nScheduler Service (Y/N)? ");
  EXPECT_EQ(After(Dialog::kQuiet), "answer N");
  Says("Scheduler Service: NO, not Yes, but No.\nController Service\n(Y/N)? ");
  EXPECT_EQ(After(Dialog::kQuiet), "answer Y");
}

TEST_F(DialogTest, ALineThatEndsIsAQuestionOnlyAfterALongerPause) {
  Says("Scheduler Service (Y/N)?\n");
  EXPECT_EQ(After(Dialog::kQuiet), "wait");
  EXPECT_EQ(After(Dialog::kQuietAfterLine), "answer N");
}

TEST_F(DialogTest, StopsAtAQuestionThatNobodyKnows) {
  Says("License key: ");
  EXPECT_EQ(After(Dialog::kQuiet), "wait") << "it may be no question";
  EXPECT_EQ(After(kSilence), "stop unexpected prompt \"License key:\": silent for 30s after it");
}

TEST_F(DialogTest, StopsAtSilence) {
  EXPECT_EQ(After(kSilence - absl::Milliseconds(1)), "wait");
  EXPECT_EQ(After(absl::Milliseconds(1)), "stop silent for 30s");
}

TEST_F(DialogTest, StopsAtAQuestionThatComesAgain) {
  Says("Scheduler Service (Y/N)? ");
  EXPECT_EQ(After(Dialog::kQuiet), "answer N");
  Says("Invalid. Scheduler Service (Y/N)? ");
  EXPECT_THAT(After(Dialog::kQuiet), AllOf(HasSubstr("stop it asks"), HasSubstr("again")));
}

TEST_F(DialogTest, AWordOnAnAnswerIsNoQuestion) {
  Says("Scheduler Service (Y/N)? ");
  EXPECT_EQ(After(Dialog::kQuiet), "answer N");
  Says("Scheduler Service: Yes or No, it is disabled now.\n");
  EXPECT_EQ(After(Dialog::kQuietAfterLine), "wait");
}

TEST_F(DialogTest, StopsWhereTwoRulesFit) {
  Says("Controller Service, Scheduler Service (Y/N)? ");
  EXPECT_THAT(After(Dialog::kQuiet), HasSubstr("fits both"));
}

TEST_F(DialogTest, StopsAtTheLimits) {
  for (size_t said = 0; said <= Dialog::kOutputBytesMax; said += 1000) {
    Says(std::string(999, 'x') + "\n");
  }
  EXPECT_THAT(After(absl::ZeroDuration()), HasSubstr("more than 1048576 bytes"));
  Dialog slow(TwoServices(), kTimeout);
  slow.Add("still at it\n", kTimeout);
  EXPECT_TRUE(std::holds_alternative<DialogStop>(slow.Next(kTimeout)));
}

TEST_F(DialogTest, IsIncompleteUntilEveryQuestionThatMustComeHasCome) {
  EXPECT_THAT(dialog_.CheckComplete(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                HasSubstr("asking \"Controller Service*")));
}

TEST(DialogCounts, SomeQuestionsNeedNotComeAndSomeComeOften) {
  Dialog dialog(
      {{{"value", "", PromptCount::kAnyNumber}, {"sure", "Y", PromptCount::kAtMostOnce}}, kSilence},
      kTimeout);
  absl::Duration now;
  for (int i = 0; i < 3; ++i) {
    dialog.Add("value: ", now);
    now += Dialog::kQuiet;
    EXPECT_TRUE(std::holds_alternative<DialogAnswer>(dialog.Next(now)));
  }
  EXPECT_OK(dialog.CheckComplete());
}

struct PromptCase {
  std::string text;
  std::string prompt;
  bool matches;
};
void PrintTo(const PromptCase& row, std::ostream* out) { *out << row.text << " ~ " << row.prompt; }

class PromptTest : public testing::TestWithParam<PromptCase> {};

TEST_P(PromptTest, FitsWhereItsPiecesAreInOrder) {
  EXPECT_EQ(MatchesPrompt(GetParam().text, GetParam().prompt), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(All, PromptTest,
                         testing::Values(PromptCase{"a (Y/N)?", "a*(Y/N)", true},
                                         PromptCase{"x a b", "a b", true},
                                         PromptCase{"b a", "a*b", false},
                                         PromptCase{"ab", "ab*b", false},
                                         PromptCase{"a.b", "a?b", false}, PromptCase{"", "*", true},
                                         PromptCase{"", "a", false}));

TEST(DialogArguments, SurviveFormattingAndParsing) {
  DialogArguments arguments;
  arguments.dialog = {{{"a*--answer=", "Y"},
                       {"--", "", PromptCount::kAnyNumber},
                       {"c=d", "--", PromptCount::kAtMostOnce}},
                      absl::Seconds(7)};
  arguments.timeout = absl::Minutes(3);
  arguments.command = {"/opt/tool", "--", "-interactive"};
  const std::vector<std::string> words = FormatDialogArguments(arguments);
  ASSERT_OK_AND_ASSIGN(const DialogArguments read, ParseDialogArguments(words));
  EXPECT_EQ(FormatDialogArguments(read), words);
  EXPECT_THAT(read.command, ElementsAre("/opt/tool", "--", "-interactive"));
  EXPECT_EQ(read.dialog.rules[1].count, PromptCount::kAnyNumber);
}

class BadDialogArguments
    : public testing::TestWithParam<std::pair<std::vector<std::string>, std::string>> {};

TEST_P(BadDialogArguments, AreRefusedWithAReason) {
  EXPECT_THAT(ParseDialogArguments(GetParam().first).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().second)));
}

using Row = std::pair<std::vector<std::string>, std::string>;
INSTANTIATE_TEST_SUITE_P(
    All, BadDialogArguments,
    testing::Values(Row{{}, "no program"}, Row{{"--timeout-ms=1", "--"}, "no program"},
                    Row{{"--", "/x"}, "--timeout-ms= is missing"},
                    Row{{"--timeout-ms=x", "--", "/x"}, "no time"},
                    Row{{"--silence-ms=0", "--", "/x"}, "no time"},
                    Row{{"--once=a", "--", "/x"}, "unexpected argument \"--once=a\""},
                    Row{{"--twice=a", "--answer=b", "--", "/x"}, "unexpected argument"}));

}  // namespace
}  // namespace baton
