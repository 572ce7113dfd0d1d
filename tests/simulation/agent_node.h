#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "agent/operation/goal_seeker.h"
#include "agent/operation/operation_core.h"
#include "agent/runtime/operation_log.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "coordinator/agent_client/agent_client.h"
#include "tests/simulation/checker.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/network.h"
#include "tests/simulation/world.h"
#include "tests/support/fake_file_system.h"

namespace baton::simulation {

// The agent of one machine: the production operation core, goal seeker and operation log, driven in
// virtual time as AgentRuntime and ChangeExecutor drive them in an agent. It can be killed at any
// point, with or without the power, and starts again from its log. Not thread-safe.
class AgentNode {
 public:
  // Starts. Borrows all.
  AgentNode(World& world, Machine& machine, Checker& checker);

  AgentNode(const AgentNode&) = delete;
  AgentNode& operator=(const AgentNode&) = delete;

  // Calls, as they arrive. An agent that is not there refuses the connection.
  CallToken Claim(const agent::v1::ClaimRequest& request, Reply<plan::v1::Claim> reply);
  CallToken Change(const ChangeRequest& request, Reply<plan::v1::Operation> reply);
  CallToken GetHost(const Reply<plan::v1::Host>& reply);
  CallToken Probe(const agent::v1::ProbeRequest& request,
                  const Reply<agent::v1::ProbeReport>& reply);

  // The caller has given up.
  void Abandon(CallToken token);

  // The process dies; somebody starts it again after a while. With the power goes what was not
  // synced, and the machine boots first.
  void Kill();
  void LosePower();

  bool running() const { return core_ != nullptr; }
  const Machine& machine() const { return machine_; }
  // REQUIRES: running.
  const DurableState& state() const { return core_->state(); }

 private:
  // A call that waits.
  struct Waiting {
    Reply<plan::v1::Operation> operation;
    Reply<plan::v1::Claim> claim;
  };

  // The change under way.
  struct Job {
    baton::Change change;
    absl::Duration started;
    std::optional<GoalSeeker> seeker;
  };

  void Start();
  void StartLater(absl::Duration least, absl::Duration most);
  // Runs `step` after `delay`, unless the agent was killed meanwhile.
  void Later(absl::Duration delay, std::function<void()> step);
  OperationCore::Options CoreOptions() const;
  std::vector<RecoveredTool> FindTools(const std::vector<agent::v1::LogEntry>& entries) const;
  void ActFromLog(const std::vector<agent::v1::LogEntry>& entries);

  void Carry(Effects effects);
  Effects Do(const Append& effect);
  Effects Do(const Begin& effect);
  Effects Do(const Reattach& effect);
  Effects Do(const Attached& effect);
  Effects Do(const Answer& effect);
  Effects Do(const AnswerClaim& effect);

  absl::Status Write(const Append& append);
  // Feeds the outcome of a write in, unless the agent dies first.
  Effects Logged(const Append& append, const absl::Status& status);

  void BeginGoal(const plan::v1::ServiceGoal& goal);
  void Seek(goal::Effect effect);
  // Replaces the configuration file, as a rewrite or a restore wants it.
  void ReplaceFile();
  void WaitForTool(const std::string& operation_id);
  void End(plan::v1::Operation operation);
  bool DiesHere();
  plan::v1::Operation Ended(plan::v1::OperationState state, std::string detail) const;
  // The file as the action would leave it; nothing if that cannot be said.
  std::optional<ConfigurationText> After(const plan::v1::Action& action);
  std::optional<RewriteDigests> Digests(const baton::Change& change);

  World& world_;
  Machine& machine_;
  Checker& checker_;
  std::unique_ptr<FakeFileSystem> fs_;
  uint64_t incarnation_ = 0;
  std::unique_ptr<OperationLog> log_;
  std::unique_ptr<OperationCore> core_;  // null while the agent is dead
  std::unique_ptr<Job> job_;
  std::string tool_waited_for_;  // operation id; empty for none
  std::map<CallToken, Waiting> waiting_;
  CallToken last_token_ = 0;
};

}  // namespace baton::simulation
