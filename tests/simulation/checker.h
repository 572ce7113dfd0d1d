#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/agent/v1/operation_log.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/engine/effects.h"
#include "coordinator/engine/run_state.h"
#include "coordinator/journal/journal.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/world.h"
#include "tests/support/fake_journal.h"

namespace baton::simulation {

// The farm of every simulated run.
inline constexpr absl::string_view kFarmId = "simulated";
// What the farm file's reference to the cache's password leads to.
inline constexpr absl::string_view kFarmCachePassword = "of the farm file";

// Watches a run and holds it against what Baton promises. It keeps books of its own: of what became
// durable, what was acted upon and what was read back. Everything that it finds goes to
// World::Fail. Not thread-safe.
class Checker {
 public:
  // Borrows all.
  Checker(World& world, Site& site, const FakeJournal& journal);

  // --- Agents

  // The entries survive a power cut from here on.
  void Logged(const std::string& host, const std::vector<agent::v1::LogEntry>& entries);
  // An agent that starts found these entries.
  void Recovered(const std::string& host, const std::vector<agent::v1::LogEntry>& entries);
  // A caller is told that its claim is held.
  void ClaimAnswered(const std::string& host, const plan::v1::Claim& claim);
  // An agent is about to change its host.
  void Acts(const std::string& host, const plan::v1::Fence& fence);
  // A tool takes effect.
  void ToolTakesEffect(const std::string& host, const std::string& id, plan::v1::Tool tool);

  // --- The coordinator

  // A change goes out to its host.
  void Sends(const engine::ChangeHost& call);
  // A hook is about to be run.
  void StartsHook(size_t step, const engine::RunState& state);
  // What the engine is about to be told of a host or hook; null for nothing. Valid during the
  // event.
  void Reads(const plan::v1::Host* host) { host_read_ = host; }
  void Probes(const agent::v1::ProbeReport* report) { report_read_ = report; }
  void Hooks(const journal::v1::HookResult* result) { hook_ended_ = result; }
  // Records became durable in the event under way.
  void Stored(const std::vector<StoredRecord>& records, const engine::RunState& state);
  // The live run is what the records of the newest run yield.
  void Compare(const engine::RunState& live);

  // --- At the end

  // Every run has ended or waits for a person, the journal's chain holds, and the engine decides
  // the same again when it is fed the journal.
  void AtEnd();

 private:
  // What a host's agent has made durable.
  struct Ledger {
    plan::v1::Claim claim;
    uint64_t last_sequence = 0;  // of the requests that were accepted in this epoch
    plan::v1::Assignment assignment;
    std::set<std::string> granted;  // accepted and not begun yet, in this life of the agent
    std::set<std::string> accepted;
    std::set<std::string> acted;
    uint64_t answered_epoch = 0;  // of the newest claim that a caller was told of
  };

  void CheckDecisions(const std::string& run, const std::vector<StoredRecord>& records);
  void TakeIn(const std::string& host, const agent::v1::LogEntry& entry, Ledger& ledger);
  // How often people wanted RUN/STEP tried again.
  int RetriesOf(const std::string& step) const;
  void CheckSequence(const std::string& host, const plan::v1::Fence& fence, Ledger& ledger);
  void CheckFence(const std::string& host, const plan::v1::Fence& fence, const Ledger& ledger);
  void CheckAnswer(const engine::ChangeHost& call, const plan::v1::ToolArgument& argument);
  void CheckSucceeded(const journal::v1::StepFinished& finished, const engine::RunState& state);
  void CheckAsPlanned(const engine::RunState& state);
  void CheckHostAsPlanned(Machine& machine, const engine::RunState& state);
  // What is not as the procedure leaves it; empty if all is.
  static std::string WrongAfterActivation(Machine& machine,
                                          const plan::v1::ProcedureRequest& request);
  // What is not as it was before the run that was undone, of what that run may have changed.
  std::string WrongAfterUndo(Machine& machine, const engine::RunState& undo);
  // A run as its records yield it.
  engine::RunState ReplayRun(const std::string& run) const;
  std::string WrongAfterMove(Machine& machine, const std::string& to);
  std::string WrongAfterMoveOfCache(Machine& machine, const std::string& to);
  void CheckCacheIsMade(const std::string& host, const std::string& id);
  const StoredRecord* Find(uint64_t sequence) const;
  absl::Status Replay();
  void CheckChanged(const plan::v1::Run& run);

  World& world_;
  Site& site_;
  const FakeJournal& journal_;
  std::map<std::string, Ledger> ledgers_;         // by host
  std::map<std::string, int> tool_effects_;       // by operation id
  std::map<std::string, int> tool_step_effects_;  // by RUN/STEP
  std::map<std::string, int> hook_starts_;        // by RUN/STEP
  std::set<std::string> hooked_runs_;
  std::map<std::string, absl::Duration> proved_;  // by host: since when its proof stands
  engine::RunState replayed_;  // the newest run, as its records up to `replayed_records_` yield it
  size_t replayed_records_ = 0;
  const plan::v1::Host* host_read_ = nullptr;
  const agent::v1::ProbeReport* report_read_ = nullptr;
  const journal::v1::HookResult* hook_ended_ = nullptr;
};

}  // namespace baton::simulation
