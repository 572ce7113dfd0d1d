#include "tests/simulation/checker.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/hash/sha256.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/engine/replay.h"
#include "coordinator/engine/transitions.h"

namespace baton::simulation {
namespace {

using agent::v1::LogEntry;

// RUN/STEP of RUN/STEP/ATTEMPT.
std::string StepOf(const std::string& operation_id) {
  return operation_id.substr(0, operation_id.rfind('/'));
}

bool SameOwner(const plan::v1::Claim& claim, const plan::v1::Fence& fence) {
  return claim.epoch() == fence.epoch() && claim.run() == fence.run() &&
         claim.incarnation() == fence.incarnation();
}

}  // namespace

Checker::Checker(World& world, Site& site, const FakeJournal& journal)
    : world_(world), site_(site), journal_(journal) {}

// --- Agents -------------------------------------------------------------------------------------

void Checker::TakeIn(const std::string& host, const LogEntry& entry, Ledger& ledger) {
  if (entry.has_claim_accepted()) {
    const plan::v1::Claim& claim = entry.claim_accepted().claim();
    if (claim.epoch() < ledger.claim.epoch()) {
      world_.Fail(absl::StrCat("the agent on ", host, " accepts epoch ", claim.epoch(),
                               " while it holds ", ledger.claim.epoch()));
    }
    if (claim.epoch() > ledger.claim.epoch()) ledger.last_sequence = 0;
    ledger.claim = claim;
  }
  if (entry.has_operation_accepted()) {
    const agent::v1::OperationAccepted& accepted = entry.operation_accepted();
    CheckFence(host, accepted.fence(), ledger);
    CheckSequence(host, accepted.fence(), ledger);
    ledger.granted.insert(accepted.operation_id());
    ledger.accepted.insert(accepted.operation_id());
  }
  // An assignment is in force as soon as it is durable: that is the change.
  if (entry.has_assignment_accepted()) {
    ledger.assignment = entry.assignment_accepted();
    for (const std::string& id : ledger.granted) ledger.acted.insert(id);
  }
}

void Checker::Logged(const std::string& host, const std::vector<LogEntry>& entries) {
  for (const LogEntry& entry : entries) TakeIn(host, entry, ledgers_[host]);
}

void Checker::Recovered(const std::string& host, const std::vector<LogEntry>& entries) {
  Ledger& ledger = ledgers_[host];
  Ledger fresh;
  for (const LogEntry& entry : entries) TakeIn(host, entry, fresh);
  for (const std::string& id : ledger.acted) {
    if (fresh.accepted.count(id) > 0) continue;
    world_.Fail(absl::StrCat("the agent on ", host, " acted on ", id,
                             " and its log knows nothing of it after a restart"));
  }
  if (fresh.claim.epoch() < ledger.answered_epoch) {
    world_.Fail(absl::StrCat("the agent on ", host, " told a caller that it holds epoch ",
                             ledger.answered_epoch, ", and after a restart it holds ",
                             fresh.claim.epoch()));
  }
  fresh.granted.clear();  // an agent never acts from its log
  fresh.acted.insert(ledger.acted.begin(), ledger.acted.end());
  fresh.answered_epoch = ledger.answered_epoch;
  ledger = std::move(fresh);
}

void Checker::ClaimAnswered(const std::string& host, const plan::v1::Claim& claim) {
  Ledger& ledger = ledgers_[host];
  if (claim.epoch() != ledger.claim.epoch()) {
    world_.Fail(absl::StrCat("the agent on ", host, " answers that it holds epoch ", claim.epoch(),
                             ", its log says ", ledger.claim.epoch()));
  }
  ledger.answered_epoch = std::max(ledger.answered_epoch, claim.epoch());
}

void Checker::CheckFence(const std::string& host, const plan::v1::Fence& fence,
                         const Ledger& ledger) {
  if (SameOwner(ledger.claim, fence)) return;
  world_.Fail(absl::StrCat(
      "the agent on ", host, " accepts ", fence.operation_id(), " under epoch ", fence.epoch(),
      " of ", fence.run(), " (", fence.incarnation(), ") while it holds the claim of epoch ",
      ledger.claim.epoch(), " of ", ledger.claim.run(), " (", ledger.claim.incarnation(), ")"));
}

// A request that was held up must not take effect after what was journaled later.
void Checker::CheckSequence(const std::string& host, const plan::v1::Fence& fence, Ledger& ledger) {
  if (fence.sequence() < ledger.last_sequence) {
    world_.Fail(absl::StrCat("the agent on ", host, " accepts ", fence.operation_id(),
                             ", which is record ", fence.sequence(), ", after record ",
                             ledger.last_sequence, " of the same epoch"));
  }
  ledger.last_sequence = std::max(ledger.last_sequence, fence.sequence());
}

void Checker::Acts(const std::string& host, const plan::v1::Fence& fence) {
  Ledger& ledger = ledgers_[host];
  if (ledger.granted.erase(fence.operation_id()) == 0) {
    world_.Fail(absl::StrCat("the agent on ", host, " acts on ", fence.operation_id(),
                             " before it is durable that it accepted to"));
  }
  CheckFence(host, fence, ledger);
  ledger.acted.insert(fence.operation_id());
}

// Done elsewhere it would give a front-end a broker of its own.
void Checker::CheckCacheIsMade(const std::string& host, const std::string& id) {
  const std::string run = id.substr(0, id.find('/'));
  for (const StoredRecord& stored : journal_.records()) {
    if (!stored.record.has_run_started() || stored.record.run() != run) continue;
    const std::string& to = stored.record.run_started().plan().new_controller();
    if (to == host) return;
    return world_.Fail(
        absl::StrCat("a cache is made on ", host, " for ", id, ", which moves it to ", to));
  }
}

void Checker::ToolTakesEffect(const std::string& host, const std::string& id, plan::v1::Tool tool) {
  if (tool == plan::v1::CREATE_CACHE_SERVICE) CheckCacheIsMade(host, id);
  for (const plan::v1::ToolProfile& known : Machine::Profile().tools()) {
    if (known.tool() == tool && known.repeatable()) return;
  }
  const std::string step = StepOf(id);
  const int allowed = 1 + RetriesOf(step);
  if (++tool_effects_[id] > 1) {
    world_.Fail(absl::StrCat(Word(tool), " took effect twice on ", host, " for ", id));
  }
  if (++tool_step_effects_[step] > allowed) {
    world_.Fail(absl::StrCat(Word(tool), " took effect ", tool_step_effects_[step], " times on ",
                             host, " for step ", step, ", where people allowed ", allowed));
  }
}

int Checker::RetriesOf(const std::string& step) const {
  int retries = 0;
  for (const StoredRecord& stored : journal_.records()) {
    const journal::v1::RunResumed& resumed = stored.record.run_resumed();
    const bool same = step == absl::StrCat(stored.record.run(), "/", resumed.step());
    if (same && resumed.decision() == journal::v1::RETRY) ++retries;
  }
  return retries;
}

// --- The coordinator ----------------------------------------------------------------------------

const StoredRecord* Checker::Find(uint64_t sequence) const {
  // The journal of a simulated run begins with record 1.
  const std::vector<StoredRecord>& records = journal_.records();
  return sequence == 0 || sequence > records.size() ? nullptr : &records[sequence - 1];
}

void Checker::Sends(const engine::ChangeHost& call) {
  const plan::v1::Fence& fence = call.fence;
  const StoredRecord* stored = Find(fence.sequence());
  if (stored == nullptr || stored->hash != fence.record_hash()) {
    return world_.Fail(absl::StrCat(call.host, " is called for ", fence.operation_id(),
                                    ", and record ", fence.sequence(),
                                    " of the call's fence is not in the journal"));
  }
  const journal::v1::Record& record = stored->record;
  const std::string started = absl::StrCat(record.run(), "/", record.step_started().step(), "/",
                                           record.step_started().attempt());
  if (!record.has_step_started() || started != fence.operation_id()) {
    world_.Fail(absl::StrCat(call.host, " is called for ", fence.operation_id(), ", and record ",
                             fence.sequence(), " starts ", started));
  }
  for (const plan::v1::ToolArgument& argument : call.action.arguments()) {
    if (argument.has_gate()) CheckAnswer(call, argument);
  }
}

// A tool is given what the newest answer to the gate brought, whoever sends it: not less, and
// nothing that was thought better of.
void Checker::CheckAnswer(const engine::ChangeHost& call, const plan::v1::ToolArgument& argument) {
  std::string wanted;
  for (const StoredRecord& stored : journal_.records()) {
    const journal::v1::GateAnswered& answered = stored.record.gate_answered();
    const bool same =
        stored.record.run() == call.fence.run() && answered.step() == argument.gate().step();
    if (!same || !answered.approved()) continue;
    for (const plan::v1::GateValue& value : answered.values()) {
      if (value.name() == argument.gate().input()) wanted = value.file();
    }
  }
  std::string given;
  for (const agent::v1::ToolValue& value : call.values) {
    if (value.name() == argument.name()) given = value.file();
  }
  if (given == wanted) return;
  world_.Fail(absl::StrCat(call.fence.operation_id(), " is given \"", given, "\" as ",
                           argument.name(), ", but gate ", argument.gate().step(), " brought \"",
                           wanted, "\""));
}

void Checker::StartsHook(size_t step, const engine::RunState& state) {
  const std::string name = absl::StrCat(state.run().run(), "/", state.status(step).step());
  hooked_runs_.insert(state.run().run());
  const bool once = !state.ledger(step).step->repeatable();
  if (++hook_starts_[name] > 1 + RetriesOf(name) && once) {
    world_.Fail(absl::StrCat("hook ", name, " is run ", hook_starts_[name],
                             " times, and nobody wanted it again"));
  }
  const StoredRecord* stored = Find(state.ledger(step).started.sequence());
  if (stored == nullptr || stored->record.step_started().step() != state.status(step).step()) {
    world_.Fail(absl::StrCat("hook ", name, " is run, and its start is not in the journal"));
  }
}

void Checker::Stored(const std::vector<StoredRecord>& records, const engine::RunState& state) {
  for (const StoredRecord& stored : records) {
    const journal::v1::Record& record = stored.record;
    if (record.has_step_finished() && record.step_finished().state() == plan::v1::SUCCEEDED) {
      CheckSucceeded(record.step_finished(), state);
    }
    if (record.has_run_paused() || record.has_run_finished()) CheckChanged(state.run());
    if (record.run_finished().phase() == plan::v1::RUN_SUCCEEDED) CheckAsPlanned(state);
  }
}

void Checker::CheckChanged(const plan::v1::Run& run) {
  if (run.changed()) return;
  if (hooked_runs_.count(run.run()) > 0) {
    return world_.Fail(absl::StrCat("run ", run.run(), " is ", Word(run.phase()),
                                    " and says that nothing was changed, but a hook ran"));
  }
  const std::string prefix = absl::StrCat(run.run(), "/");
  for (const auto& [host, ledger] : ledgers_) {
    for (const std::string& id : ledger.acted) {
      if (id.compare(0, prefix.size(), prefix) != 0) continue;
      return world_.Fail(absl::StrCat("run ", run.run(), " is ", Word(run.phase()),
                                      " and says that nothing was changed, but ", host,
                                      " acted on ", id));
    }
  }
}

// Takes in the records that came since. A run is the fold over its records, so this comes to the
// same as beginning anew, which AtEnd does.
absl::Status Checker::Replay() {
  const std::vector<StoredRecord>& records = journal_.records();
  for (; replayed_records_ < records.size(); ++replayed_records_) {
    const StoredRecord& stored = records[replayed_records_];
    if (stored.record.has_run_started()) replayed_ = engine::RunState();
    RETURN_IF_ERROR(replayed_.Apply(stored));
  }
  return absl::OkStatus();
}

void Checker::Compare(const engine::RunState& live) {
  if (const absl::Status replayed = Replay(); !replayed.ok()) {
    return world_.Fail(absl::StrCat("the journal cannot be replayed: ", replayed.message()));
  }
  bool same = replayed_.run().SerializeAsString() == live.run().SerializeAsString() &&
              replayed_.incarnation() == live.incarnation() &&
              replayed_.pause_requested() == live.pause_requested();
  for (size_t i = 0; same && i < live.step_count(); ++i) {
    const engine::StepLedger& one = live.ledger(i);
    const engine::StepLedger& other = replayed_.ledger(i);
    same = one.reported == other.reported && one.started.hash() == other.started.hash() &&
           one.started.sequence() == other.started.sequence();
  }
  if (same) return;
  world_.Fail(absl::StrCat(
      "the journal replays to another run than the live one: ", Word(replayed_.run().phase()),
      " against ", Word(live.run().phase()), ", sequence ", replayed_.run().sequence(), " against ",
      live.run().sequence()));
}

// --- At the end ---------------------------------------------------------------------------------

void Checker::CheckDecisions(const std::string& run, const std::vector<StoredRecord>& records) {
  const absl::StatusOr<engine::ReplayVerdict> verdict =
      engine::Replay(std::string(kFarmId), records);
  if (!verdict.ok()) {
    return world_.Fail(absl::StrCat(
        "run ", run, " cannot be fed to the engine again: ", verdict.status().message()));
  }
  for (const engine::ReplayDifference& difference : verdict->differences) {
    world_.Fail(absl::StrCat("the engine would decide otherwise at record ", difference.sequence,
                             ": journaled ", difference.journaled, ", now ", difference.replayed));
  }
}

void Checker::AtEnd() {
  std::string previous;
  std::map<std::string, engine::RunState> runs;
  std::map<std::string, std::vector<StoredRecord>> records;
  for (const StoredRecord& stored : journal_.records()) {
    const journal::v1::Record& record = stored.record;
    if (record.previous_hash() != previous || Sha256(record.SerializeAsString()) != stored.hash) {
      return world_.Fail(
          absl::StrCat("the journal's chain is broken at record ", record.sequence()));
    }
    previous = stored.hash;
    records[record.run()].push_back(stored);
    if (const absl::Status applied = runs[record.run()].Apply(record); !applied.ok()) {
      return world_.Fail(absl::StrCat("the journal cannot be replayed: ", applied.message()));
    }
  }
  for (const auto& [name, state] : runs) {
    const plan::v1::RunPhase phase = state.run().phase();
    if (!engine::Ended(phase) && phase != plan::v1::RUN_PAUSED) {
      world_.Fail(
          absl::StrCat("run ", name, " is still ", Word(phase), " long after the last fault"));
    }
    CheckChanged(state.run());
    // Costs a quarter of a run's time, and finds what it finds in any run.
    if (world_.seed() % 4 == 0) CheckDecisions(name, records[name]);
  }
}

}  // namespace baton::simulation
