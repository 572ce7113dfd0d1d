// Random claims, changes, crashes and log failures: whatever comes in whichever order, the promises
// of OperationCore hold. A failure prints the seed that repeats it.

#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agent/operation/operation_core.h"
#include "gtest/gtest.h"
#include "tests/agent/operation/operation_core_script.h"

namespace baton {
namespace {

constexpr int kSeeds = 400;
constexpr int kEventsPerSeed = 300;

// An agent around a core: a log that may fail and a host that has one thing done at a time. It
// checks each effect when it carries it out.
class SimulatedAgent {
 public:
  explicit SimulatedAgent(unsigned seed) : random_(seed) { Restart(); }

  void Step() {
    switch (Roll(10)) {
      case 0:
        return Claim();
      case 1:
      case 2:
      case 3:
        return ChangeHost();
      case 4:
      case 5:
      case 6:
        return Log();
      case 7:
      case 8:
        return End();
      default:
        if (Roll(4) == 0) Crash();
    }
  }

  int begins() const { return begins_; }
  int again() const { return again_; }

 private:
  int Roll(int sides) { return std::uniform_int_distribution<int>(0, sides - 1)(random_); }

  void Claim() {
    agent::v1::ClaimRequest request;
    request.set_farm_id("farm");
    request.mutable_claim()->set_epoch(static_cast<uint64_t>(epoch_ + Roll(3) - 1));
    request.mutable_claim()->set_run(absl::StrCat("r", Roll(2)));
    request.mutable_claim()->set_incarnation(absl::StrCat("i", Roll(2)));
    request.mutable_journal_end()->set_sequence(static_cast<uint64_t>(sequence_ + Roll(3)));
    request.mutable_journal_end()->set_hash(std::string(kDigestBytes, 'h'));
    request.set_adopt(Roll(8) == 0);
    epoch_ = std::max(epoch_, static_cast<int>(request.claim().epoch()));
    Carry(core().OnClaim(++token_, request));
  }

  void ChangeHost() {
    Change change;
    change.fence = Fence();
    const int which = Roll(12);
    change.fence.set_operation_id(absl::StrCat(change.fence.run(), "/step", which, "/1"));
    switch (which % 4) {
      case 0:
        change.action.mutable_stop_service()->set_service(plan::v1::CACHE);
        change.action.mutable_stop_service()->set_run_state(plan::v1::STOPPED);
        break;
      case 1:
        change.action.set_run_tool(plan::v1::REPUBLISH);
        break;
      case 2:
        change.action.set_run_tool(plan::v1::APPLY_CONFIGURATION);
        break;
      default:
        change.action.set_set_assignment(plan::v1::HELD);
        change.assignment.set_state(plan::v1::HELD);
        change.assignment.set_controller("fe2");
        change.assignment.set_epoch(change.fence.epoch());
    }
    Carry(core().OnChange(++token_, change, {}));
  }

  // Mostly that of the claim, sometimes of another owner.
  plan::v1::Fence Fence() {
    plan::v1::Fence fence;
    const std::optional<plan::v1::Claim>& claim = core().state().claims().claim();
    fence.set_farm_id("farm");
    fence.set_epoch(claim.has_value() && Roll(8) > 0 ? claim->epoch() : 1);
    fence.set_run(claim.has_value() && Roll(8) > 0 ? claim->run() : "r0");
    fence.set_incarnation(claim.has_value() && Roll(8) > 0 ? claim->incarnation() : "i0");
    sequence_ += Roll(2);
    fence.set_sequence(static_cast<uint64_t>(std::max(1, sequence_ - (Roll(6) == 0 ? 5 : 0))));
    fence.set_record_hash(std::string(kDigestBytes, 'h'));
    return fence;
  }

  void Log() {
    if (writes_.empty()) return;
    const Append append = std::move(writes_.front());
    writes_.pop_front();
    const bool fails = Roll(8) == 0;
    // A write that fails may leave anything behind.
    const size_t kept = fails
                            ? static_cast<size_t>(Roll(static_cast<int>(append.entries.size()) + 1))
                            : append.entries.size();
    for (size_t i = 0; i < kept; ++i) log_.push_back(append.entries[i]);
    if (!fails) Acknowledge(append.entries);
    Carry(core().OnLogged(append.ticket, fails ? absl::InternalError("disk") : absl::OkStatus()));
  }

  void Acknowledge(const std::vector<agent::v1::LogEntry>& entries) {
    for (const agent::v1::LogEntry& entry : entries) {
      if (entry.has_claim_accepted()) claim_ = entry.claim_accepted().claim();
      if (entry.has_operation_accepted()) {
        accepted_[entry.operation_accepted().operation_id()] = entry.operation_accepted();
        const plan::v1::Fence& fence = entry.operation_accepted().fence();
        EXPECT_EQ(fence.epoch(), claim_.epoch());
        EXPECT_EQ(fence.run(), claim_.run());
        EXPECT_EQ(fence.incarnation(), claim_.incarnation());
      }
      if (entry.has_operation_ended()) {
        accepted_.erase(entry.operation_ended().operation().operation_id());
      }
    }
  }

  void End() {
    if (active_.empty()) return;
    plan::v1::Operation ended;
    ended.set_operation_id(active_);
    ended.set_state(Roll(2) == 0 ? plan::v1::OPERATION_SUCCEEDED : plan::v1::OPERATION_UNKNOWN);
    ended.set_detail(absl::StrCat("end ", ++ends_));
    active_.clear();
    Carry(core().OnEnded(ended));
  }

  void Crash() {
    if (!writes_.empty()) {
      const std::vector<agent::v1::LogEntry>& entries = writes_.front().entries;
      const int kept = Roll(static_cast<int>(entries.size()) + 1);
      log_.insert(log_.end(), entries.begin(), entries.begin() + kept);
    }
    Restart();
  }

  void Restart() {
    writes_.clear();
    claim_.Clear();
    accepted_.clear();
    std::vector<RecoveredTool> tools;
    // The supervisor of a tool survives the agent, or does not.
    if (!active_.empty() && tool_ && Roll(2) == 0) tools.push_back({active_, std::nullopt});
    if (tools.empty()) active_.clear();
    if (Roll(4) == 0 && recovery_.has_value()) log_ = Fold()->core.state().Snapshot();
    recovery_ = *OperationCore::Recover(ScriptOptions(), log_, tools);
    if (core().state().claims().claim().has_value()) claim_ = *core().state().claims().claim();
    for (const agent::v1::LogEntry& entry : core().state().Snapshot()) {
      if (entry.has_operation_accepted()) {
        accepted_[entry.operation_accepted().operation_id()] = entry.operation_accepted();
      } else if (entry.has_operation_ended()) {
        accepted_.erase(entry.operation_ended().operation().operation_id());
      }
    }
    for (const Effect& effect : recovery_->effects) {
      ASSERT_TRUE(std::holds_alternative<Reattach>(effect)) << "acts from its log";
      EXPECT_EQ(std::get<Reattach>(effect).operation.operation_id(), active_);
    }
  }

  absl::StatusOr<Recovery> Fold() { return OperationCore::Recover(ScriptOptions(), log_, {}); }

  void Carry(const Effects& effects) {
    for (const Effect& effect : effects) {
      if (const auto* append = std::get_if<Append>(&effect)) {
        EXPECT_TRUE(writes_.empty()) << "two writes on their way";
        writes_.push_back(*append);
      } else if (const auto* begin = std::get_if<Begin>(&effect)) {
        OnBegin(begin->change);
      } else if (const auto* answer = std::get_if<Answer>(&effect)) {
        OnAnswer(*answer);
      }
    }
  }

  void OnBegin(const Change& change) {
    const std::string& id = change.fence.operation_id();
    EXPECT_EQ(active_, "") << id << " begins while another runs";
    ASSERT_EQ(accepted_.count(id), 1U) << id << " begins before its acceptance is durable";
    EXPECT_EQ(accepted_[id].fence().sequence(), change.fence.sequence());
    EXPECT_EQ(answers_.count(id), 0U) << id << " begins after it was answered";
    EXPECT_FALSE(change.action.has_set_assignment());
    const int count = ++begins_of_[id];
    tool_ = change.action.has_run_tool();
    if (tool_ && change.action.run_tool() == plan::v1::REPUBLISH) {
      EXPECT_EQ(count, 1) << id << " is not repeatable";
    }
    active_ = id;
    ++begins_;
    if (count > 1) ++again_;
  }

  void OnAnswer(const Answer& answer) {
    if (!answer.operation.ok() || !IsEnded(answer.operation->state())) return;
    const auto [first, inserted] =
        answers_.emplace(answer.operation->operation_id(), answer.operation->SerializeAsString());
    EXPECT_EQ(first->second, answer.operation->SerializeAsString()) << "an answer changed";
  }

  OperationCore& core() { return recovery_->core; }

  std::mt19937 random_;
  std::optional<Recovery> recovery_;
  std::vector<agent::v1::LogEntry> log_;
  std::deque<Append> writes_;
  plan::v1::Claim claim_;                                         // acknowledged
  std::map<std::string, agent::v1::OperationAccepted> accepted_;  // acknowledged and not ended
  std::map<std::string, int> begins_of_;
  std::map<std::string, std::string> answers_;  // the first of each id, serialised
  std::string active_;                          // what the host is doing
  bool tool_ = false;                           // active_ is one
  int epoch_ = 1;
  int sequence_ = 10;
  int ends_ = 0;
  int begins_ = 0;
  int again_ = 0;
  Token token_ = 0;
};

TEST(OperationCoreProperty, KeepsItsPromisesUnderRandomEvents) {
  int begins = 0;
  int again = 0;
  for (unsigned seed = 1; seed <= kSeeds && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    SimulatedAgent agent(seed);
    for (int i = 0; i < kEventsPerSeed; ++i) agent.Step();
    begins += agent.begins();
    again += agent.again();
  }
  // The events reach what they are to try.
  EXPECT_GT(begins, kSeeds);
  EXPECT_GT(again, kSeeds / 10);
}

}  // namespace
}  // namespace baton
