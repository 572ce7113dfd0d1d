#include "coordinator/ctl/ctl.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/coordinator/ctl/ctl_world.h"
#include "tests/support/transcript.h"

namespace baton {
namespace {

// The program as people and scripts see it: each file of tests/transcripts/ctl is one world.
class CtlTranscript : public testing::TestWithParam<const char*> {};

TEST_P(CtlTranscript, ReadsAsWritten) {
  CtlWorld world;
  RunTranscript(absl::StrCat(BATON_TRANSCRIPTS, "/ctl/", GetParam(), ".txt"),
                [&world](const std::string& line) { return world.Run(line); });
}

INSTANTIATE_TEST_SUITE_P(, CtlTranscript,
                         testing::Values("activate", "adopt", "checklist", "colours", "connection",
                                         "detach", "errors", "explain", "findings", "gates", "help",
                                         "hooks", "json", "license", "live", "lost", "pause", "pki",
                                         "plan", "replay", "report", "resume", "run", "runs",
                                         "debts", "emergency", "owe", "secrets", "status", "undo",
                                         "usage"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace baton
