#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/engine/effects.h"
#include "coordinator/engine/events.h"
#include "coordinator/engine/flight.h"
#include "coordinator/engine/run_state.h"
#include "coordinator/procedure/postcondition.h"

namespace baton::engine {

// Drives one run. It decides and does nothing else: no I/O, no clock, no threads. Events come in
// with the time, effects go out; a driver carries them out (coordinator/service) or a simulator
// does (tests/simulation). The same engine runs in both.
//
// What it promises, whatever the order of events: a step's StepStarted is durable before its host
// is called; the StepFinished of one step and the StepStarted of the next share a transaction; a
// step succeeds only after read-back, a hook by its exit code; the same operation id is sent again
// after a transport error, and the attempt rises only after the agent reported the one before as
// ended; nothing is sent once the run is not RUNNING or CANCELLING; what hosts will owe that the
// run does without is durable before the first change.
//
// After AppendRecords the driver says Appended or AppendFailed before any other event. After Halt
// the engine takes no more events. Not thread-safe.
class Engine {
 public:
  // `state` holds at least the RunStarted. `farm_id` goes into every fence.
  Engine(std::string farm_id, RunState state);

  // Takes one event in and says what to do.
  Effects Handle(const Event& event, absl::Time now);

  const RunState& state() const { return state_; }

  // The journal could not be written; the run is as journaled and this engine is of no more use.
  bool halted() const { return halted_; }

 private:
  // The claim of one host at the present epoch.
  struct ClaimFlight {
    uint64_t call = 0;
    uint64_t timer = 0;
    int tries = 0;
    bool answered = false;
    bool may_fail = false;  // of a lost host: asked once, and done without
    absl::Status status;
  };

  void On(const BeginRun& event);
  void On(const Appended& event);
  void On(const AppendFailed& event);
  void On(const ClaimAnswered& event);
  void On(const ChangeAnswered& event);
  void On(const HostRead& event);
  void On(const HostProbed& event);
  void On(const HookEnded& event);
  void On(const FenceEnded& event);
  void On(const TimerFired& event);
  void On(const StopAsked& event);
  void On(const ResumeAsked& event);
  void On(const PauseFound& event);
  void On(const GateAnswer& event);

  // Goes on as far as the state allows: claims, starts steps, pauses, finishes.
  void Advance();
  void TellAlive();
  void SendClaims();
  void SendClaim(const std::string& host, ClaimFlight& claim);
  void JudgeClaims();
  void StartRunnable();
  void StopAtBoundary();
  void EndCancelled();
  void JudgeFailures();
  void WaitAtGate();
  void EndGate(const Flight& flight);

  // Hosts that the run does without.
  std::string WantsMajority() const;
  bool CannotBeTold(size_t index) const;
  void OweWhatCannotBeTold();
  Outcome OwedIfLost(size_t index, Outcome outcome) const;
  void EmitDebt(plan::v1::Debt debt);
  void OpenDebts();
  void OpenDebtOf(const std::string& host, const std::string& reason);
  void TellDebt(size_t index);
  static bool ProvesOff(const plan::v1::Step& step);
  bool StoodDown(const std::string& host) const;
  void SettleFormerDebts();
  void StartFence(Flight& flight);

  // The life of one step.
  void Launch(Flight& flight);
  void Send(Flight& flight);
  void ReadBack(Flight& flight);
  void Judge(Flight& flight, const Check& check);
  void ReadFailed(Flight& flight, const absl::Status& status);
  void TryAgain(Flight& flight);
  void AwaitEnd(Flight& flight);
  void EndWait(const Flight& flight);
  void StartHook(Flight& flight);
  void EndLostHook(const Flight& flight);
  void EndOverdueHook(Flight& flight);
  void EndHook(const Flight& flight, Outcome outcome, journal::v1::Evidence evidence);
  bool Stopping() const;
  void Overdue(Flight& flight);
  void Finish(const Flight& flight, plan::v1::StepState state, std::string detail,
              journal::v1::Evidence evidence);

  // Takes a record into the state and the next transaction.
  journal::v1::Record NewRecord(const std::string& actor) const;
  void Emit(journal::v1::Record record);
  void FlushRecords();
  uint64_t StartTimer(absl::Duration delay, const std::string& step = "");
  uint64_t StartTimer(absl::Duration delay, const Flight& flight);
  Flight* FindFlight(uint64_t call);
  plan::v1::Fence FenceFor(const Flight& flight) const;
  plan::v1::Assignment AssignmentFor(const Flight& flight) const;

  std::string farm_id_;
  RunState state_;
  std::map<size_t, Flight> flights_;  // by step index
  std::map<std::string, ClaimFlight> claims_;
  std::vector<journal::v1::Record> batch_;  // emitted, not yet handed to the driver
  std::set<size_t> to_launch_;              // started in the batch, to be called once it is durable
  Effects effects_;
  absl::Time now_;
  uint64_t next_id_ = 1;
  uint64_t alive_timer_ = 0;
  bool fenced_off_ = false;
  bool halted_ = false;
};

}  // namespace baton::engine
