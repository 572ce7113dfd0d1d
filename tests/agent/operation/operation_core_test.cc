#include "agent/operation/operation_core.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/agent/operation/operation_core_script.h"
#include "tests/support/status_matchers.h"
#include "tests/support/transcript.h"

namespace baton {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class OperationCoreTranscript : public testing::TestWithParam<const char*> {};

TEST_P(OperationCoreTranscript, ReadsAsWritten) {
  OperationCoreScript script;
  RunTranscript(absl::StrCat(BATON_TRANSCRIPTS, "/agent_core/", GetParam(), ".txt"),
                [&](const std::string& line) { return script.Run(line); });
}

INSTANTIATE_TEST_SUITE_P(, OperationCoreTranscript,
                         testing::Values("claims", "changes", "malformed", "interrupted",
                                         "rewrites", "restores", "assignments", "tools",
                                         "tool_values", "log_failures", "takeover", "waiting"),
                         [](const auto& test) { return std::string(test.param); });

// Takes a core to where the entries of every kind stand in its log.
void RunEverything(OperationCoreScript& script) {
  for (const char* line : {"claim 1 epoch=1",
                           "logged",
                           "stop 2 controller r1/stop/1 seq=11",
                           "logged",
                           "ended r1/stop/1 succeeded",
                           "logged",
                           "rewrite 3 r1/rewrite/1 seq=12 before=a after=b",
                           "logged",
                           "ended r1/rewrite/1 failed",
                           "logged",
                           "assign 4 moving fe2 r1/assign/1 seq=13",
                           "logged",
                           "claim 5 epoch=2 run=r1 incarnation=i2 end=20",
                           "logged",
                           "tool 6 republish r1/republish/1 seq=21",
                           "logged",
                           "ended r1/republish/1 unknown",
                           "logged",
                           "start 7 scheduler r1/start/1 seq=22",
                           "logged"}) {
    ASSERT_THAT(script.Run(line), testing::Not(HasSubstr("refuse"))) << line;
  }
}

TEST(OperationCore, RecoversFromEveryPrefixOfItsLogWithoutActing) {
  OperationCoreScript script;
  RunEverything(script);
  const std::vector<agent::v1::LogEntry> log = script.log();
  for (size_t size = 0; size <= log.size(); ++size) {
    const std::vector<agent::v1::LogEntry> prefix(log.begin(),
                                                  log.begin() + static_cast<int64_t>(size));
    ASSERT_OK_AND_ASSIGN(const Recovery recovery,
                         OperationCore::Recover(ScriptOptions(), prefix, {}));
    EXPECT_THAT(recovery.effects, IsEmpty()) << size;
    EXPECT_FALSE(recovery.core.running().has_value()) << size;
    // What is accepted and not ended is answered as interrupted, until it acts again.
    for (const agent::v1::LogEntry& entry : prefix) {
      if (!entry.has_operation_accepted()) continue;
      const std::string& id = entry.operation_accepted().operation_id();
      const KnownOperation* known = recovery.core.state().operations().Find(id);
      ASSERT_NE(known, nullptr) << id;
      const bool ended = std::any_of(prefix.begin(), prefix.end(), [&](const auto& other) {
        return other.operation_ended().operation().operation_id() == id;
      });
      EXPECT_EQ(known->operation.state() != plan::v1::OPERATION_INTERRUPTED, ended) << id;
    }
  }
}

TEST(OperationCore, ASnapshotYieldsTheSameStateAsTheLogItReplaces) {
  OperationCoreScript script;
  RunEverything(script);
  const std::vector<agent::v1::LogEntry> log = script.log();
  for (size_t size = 0; size <= log.size(); ++size) {
    const std::vector<agent::v1::LogEntry> prefix(log.begin(),
                                                  log.begin() + static_cast<int64_t>(size));
    ASSERT_OK_AND_ASSIGN(const Recovery whole, OperationCore::Recover(ScriptOptions(), prefix, {}));
    const std::vector<agent::v1::LogEntry> snapshot = whole.core.state().Snapshot();
    ASSERT_OK_AND_ASSIGN(const Recovery compact,
                         OperationCore::Recover(ScriptOptions(), snapshot, {}));
    EXPECT_EQ(DescribeLog(compact.core.state().Snapshot()), DescribeLog(snapshot)) << size;
    const ClaimBook& claims = whole.core.state().claims();
    const ClaimBook& compact_claims = compact.core.state().claims();
    if (!claims.claim().has_value()) continue;
    EXPECT_EQ(claims.anchor()->sequence(), compact_claims.anchor()->sequence()) << size;
    for (uint64_t sequence = 1; sequence < 25; ++sequence) {
      plan::v1::Fence fence;
      fence.set_sequence(sequence);
      EXPECT_EQ(claims.CheckNew(fence), compact_claims.CheckNew(fence)) << size;
    }
  }
}

TEST(OperationCore, ForgetsTheOldestOperationBeyondItsLimit) {
  OperationCoreScript script;
  script.Run("claim 1");
  script.Run("logged");
  const size_t count = OperationTable::kOperationsMax + 1;
  for (size_t i = 0; i < count; ++i) {
    const std::string id = absl::StrCat("r1/stop/", i);
    script.Run(absl::StrCat("stop 2 cache ", id, " seq=", 11 + i));
    script.Run("logged");
    script.Run(absl::StrCat("ended ", id, " succeeded"));
    ASSERT_THAT(script.Run("logged"), HasSubstr("answer 2")) << i;
  }
  EXPECT_EQ(script.core().state().operations().size(), OperationTable::kOperationsMax);
  EXPECT_THAT(script.Run("stop 3 cache r1/stop/1 seq=12"), HasSubstr("answer 3"));
  // Forgotten, and its sequence still tells that it is no new request.
  EXPECT_THAT(script.Run("stop 3 cache r1/stop/0 seq=11"), HasSubstr("FAILED_PRECONDITION"));
}

TEST(OperationCore, RefusesCallersBeyondItsLimits) {
  OperationCoreScript script;
  script.Run("claim 1");
  script.Run("logged");
  script.Run("stop 2 cache r1/stop/1 seq=11");
  for (size_t i = 0; i < OperationCore::kWaitingMax; ++i) {
    EXPECT_EQ(script.Run("start 100 cache r1/start/1 seq=12"), "");
  }
  EXPECT_EQ(script.Run("start 101 cache r1/start/1 seq=12"),
            "refuse 101 RESOURCE_EXHAUSTED: 64 calls wait already\n");
  EXPECT_EQ(script.Run("claim 102 epoch=2"),
            "refuse 102 RESOURCE_EXHAUSTED: 64 calls wait already\n");
  script.Run("logged");
  for (size_t i = 1; i < OperationCore::kAttachedMax; ++i) {
    EXPECT_THAT(script.Run("stop 103 cache r1/stop/1 seq=11 epoch=1"), HasSubstr("attached 103"));
  }
  EXPECT_EQ(script.Run("stop 104 cache r1/stop/1 seq=11 epoch=1"),
            "refuse 104 RESOURCE_EXHAUSTED: 16 calls wait already\n");
}

TEST(OperationCore, RefusesALogThatMakesNoSense) {
  std::vector<agent::v1::LogEntry> log(1);
  EXPECT_THAT(OperationCore::Recover(ScriptOptions(), log, {}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("entry 1 of 1: an entry of a kind that this version")));
  log[0].mutable_operation_ended()->mutable_operation()->set_operation_id("r1/stop/1");
  EXPECT_THAT(
      OperationCore::Recover(ScriptOptions(), log, {}).status(),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("\"r1/stop/1\" ended and was never")));
}

}  // namespace
}  // namespace baton
