#include "coordinator/ctl/rehearsal_summary.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::ctl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

RehearsedAll::One Rehearsed(const std::string& procedure, ExitCode exit_code) {
  RehearsedAll::One one;
  one.summary.procedure = procedure;
  one.exit_code = exit_code;
  return one;
}

struct Worst {
  std::vector<ExitCode> codes;
  ExitCode worst;
};

class WorstTest : public testing::TestWithParam<Worst> {};

TEST_P(WorstTest, IsTheCodeOfTheOneThatWentWorst) {
  RehearsedAll all;
  for (const ExitCode code : GetParam().codes) all.rehearsals.push_back(Rehearsed("p", code));
  EXPECT_EQ(WorstOf(all), GetParam().worst);
}

INSTANTIATE_TEST_SUITE_P(
    , WorstTest,
    testing::Values(Worst{{}, ExitCode::kDone}, Worst{{ExitCode::kDone}, ExitCode::kDone},
                    Worst{{ExitCode::kDone, ExitCode::kStopped, ExitCode::kRefused},
                          ExitCode::kStopped},
                    Worst{{ExitCode::kUnknown, ExitCode::kStopped}, ExitCode::kUnknown},
                    // Its number is small, and it says that nothing can be said.
                    Worst{{ExitCode::kError, ExitCode::kUnknown}, ExitCode::kError},
                    Worst{{ExitCode::kWaiting, ExitCode::kDone}, ExitCode::kWaiting}));

TEST(RenderAll, HasALineForEachAndSaysWhatWasLeftOut) {
  RehearsedAll all;
  all.rehearsals = {Rehearsed("activate-passive", ExitCode::kDone),
                    Rehearsed("move-controller", ExitCode::kStopped)};
  all.rehearsals[1].summary.checks = {{"fe1/ports", "closed"}, {"fe1/settings", ""}};
  all.left_out = {"move-controller-and-cache: the Java stack has no cache"};
  EXPECT_THAT(RenderAll(all, Style()),
              AllOf(HasSubstr("   ok   activate-passive: not begun"),
                    HasSubstr("  FAIL  move-controller: not begun, 0 of 0 steps, 1 of 2 checks"),
                    HasSubstr("  left out: move-controller-and-cache: the Java stack")));
  EXPECT_THAT(ToFields(all).Text(), HasSubstr("\"exit_code\":11"));
}

TEST(RenderSummary, SaysOfEveryFaultWhatWasExpectedAndFound) {
  RehearsalSummary summary;
  summary.faults = {{"repoint/fe2/apply=cut", "the run goes on by itself", "paused", false}};
  summary.checks = {{"fault/repoint/fe2/apply=cut", "paused"}};
  EXPECT_THAT(RenderSummary(summary, Style()),
              AllOf(HasSubstr("0 of 1 checks passed"),
                    HasSubstr("  FAIL  repoint/fe2/apply=cut: expected: the run goes on by itself; "
                              "found: paused"),
                    Not(HasSubstr("fault/"))));
}

}  // namespace
}  // namespace baton::ctl
