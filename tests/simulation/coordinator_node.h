#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/engine/engine.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/runtime/run_book.h"
#include "coordinator/runtime/run_rules.h"
#include "tests/simulation/agent_node.h"
#include "tests/simulation/checker.h"
#include "tests/simulation/network.h"
#include "tests/simulation/world.h"
#include "tests/support/fake_journal.h"

namespace baton::simulation {

// The Baton coordinator: the production planner, rules, book and engine, driven in virtual time as
// RunControl and RunDriver drive them in the daemon. It can be killed at any point and starts again
// from its journal, which lives on. Not thread-safe.
class CoordinatorNode {
 public:
  // Starts. Borrows all; agents by the name of their host.
  CoordinatorNode(World& world, const FarmFile& farm, FakeJournal& journal, Network& network,
                  std::map<std::string, AgentNode*> agents, Checker& checker);

  CoordinatorNode(const CoordinatorNode&) = delete;
  CoordinatorNode& operator=(const CoordinatorNode&) = delete;

  // What a person asks for; `done` is not called if the coordinator dies before it can answer.
  // UNAVAILABLE while it is dead or busy with another request.
  void CreatePlan(const plan::v1::ProcedureRequest& request, Reply<plan::v1::Plan> done);
  void StartRun(const coordinator::v1::StartRunRequest& request, Reply<std::string> done);
  void StopRun(const std::string& run, bool cancel);
  void ResumeRun(const coordinator::v1::ResumeRunRequest& request, Reply<std::string> done);
  void AnswerGate(const coordinator::v1::AnswerGateRequest& request,
                  const Reply<std::string>& done);

  // The newest run, as it is now; null if there is none, or while the coordinator is dead.
  const engine::RunState* NewestRun();

  // The process dies; somebody starts it again after a while.
  void Kill();
  bool running() const { return book_ != nullptr; }

 private:
  void Start();
  void TakeOver();
  // Somebody sees that nothing can be journaled, makes room, and starts it again.
  void GetSeenTo();
  // Runs `step` after `delay`, unless the coordinator was killed meanwhile.
  void Later(absl::Duration delay, std::function<void()> step);
  // `done`, unless the coordinator was killed before.
  template <typename T>
  Reply<T> WhileAlive(Reply<T> done);
  absl::Status Ready() const;
  void Observe(std::function<void(plan::v1::Observation)> done);

  void Drive(engine::RunState state, const engine::Event& first);
  void Feed(const engine::Event& event);
  void Handle(const engine::Event& event);
  // `done`, as an event for the engine of now.
  template <typename T>
  Reply<T> ToEngine(std::function<engine::Event(absl::StatusOr<T>)> event);
  void Do(engine::AppendRecords effect);
  void Do(engine::ClaimHost effect);
  void Do(engine::ChangeHost effect);
  void Do(engine::ReadHost effect);
  void Do(engine::ProbeHost effect);
  void Do(engine::RunHook effect);
  void Do(engine::RunFence effect);
  void Do(engine::SetTimer effect);
  void Do(engine::Halt effect);
  absl::StatusOr<std::vector<StoredRecord>> Append(std::vector<journal::v1::Record> records);
  // Sabotage: what Append would answer, without storing anything yet.
  std::vector<StoredRecord> Pretend(std::vector<journal::v1::Record> records);

  World& world_;
  const FarmFile& farm_;
  FakeJournal& journal_;
  Network& network_;
  const std::map<std::string, AgentNode*> agents_;
  Checker& checker_;
  uint64_t incarnation_ = 0;
  uint64_t engines_ = 0;  // numbers them, so that old timers and answers are told apart
  uint64_t runs_ = 0;
  uint64_t plans_ = 0;
  engine::RunState found_;  // the newest run, while no engine drives it
  uint64_t compared_ = 0;   // sequence at which the live run was last compared with the journal
  bool busy_ = false;       // with a request that looks at the farm; requests come one at a time
  std::unique_ptr<RunBook> book_;  // null while the coordinator is dead
  std::unique_ptr<RunRules> rules_;
  std::unique_ptr<engine::Engine> engine_;  // of the newest run; null before the first
  plan::v1::Anchor pretended_;              // for sabotage
};

}  // namespace baton::simulation
