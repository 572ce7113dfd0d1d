#include "coordinator/engine/engine.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/coordinator/engine/engine_script.h"
#include "tests/support/transcript.h"

namespace baton {
namespace {

class EngineTranscript : public testing::TestWithParam<const char*> {};

TEST_P(EngineTranscript, ReadsAsWritten) {
  EngineScript script;
  RunTranscript(absl::StrCat(BATON_TRANSCRIPTS, "/engine_", GetParam(), ".txt"),
                [&script](const std::string& line) { return script.Run(line); });
}

INSTANTIATE_TEST_SUITE_P(
    , EngineTranscript,
    testing::Values("activate", "activate_refused", "alive", "cancel_paused", "claims",
                    "claims_cancelled", "claims_resumed", "drain", "drain_cancelled",
                    "drain_paused", "drain_takeover", "fenced", "fenced_after_doubt", "gate",
                    "gate_cancelled", "gate_parallel", "gate_rejected", "gate_restart",
                    "gate_restart_lost", "gate_times_out", "happy", "hooks", "hook_fails",
                    "hook_overdue", "hook_restart", "hook_restart_repeatable", "hook_stop",
                    "hook_warns", "journal_fails", "late_answers", "license_ask", "license_again",
                    "license_staged", "license_vouched", "license_vouched_again", "lies",
                    "lost_answers", "lost_fence", "lost_fence_restart", "lost_minority",
                    "lost_owed", "moved", "owe", "parallel", "reads", "step_fails", "stop",
                    "takeover", "takeover_first_change", "takeover_judged", "timeout", "transport"),
    [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace baton
