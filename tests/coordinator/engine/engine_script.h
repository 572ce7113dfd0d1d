#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "coordinator/inventory/farm_hook.h"
#include "tests/support/engine_loop.h"
#include "tests/support/fake_farm.h"
#include "tests/support/fake_journal.h"

namespace baton {

// An engine that is led by lines of text, for transcripts. Every line answers with the effects that
// followed, one a line: `append` and `+` are records of one transaction, with their sequence.
//
//   farm hosts=3 to=fe2 parallel=1   a healthy farm and the plan of a move; license=ask|staged: the
//                                    new host has another serial, without or with a staged file
//   hook NAME AT [warn] [repeatable]  the farm file has a hook; its program is /hooks/NAME
//   program NAME CODE WORDS          from now on the hook's program ends with CODE and says WORDS;
//                                    `missing`: it does not exist, `hangs`: its time runs out
//   gate STEP                        a gate of one hour stands before STEP in the plan
//   approve WHY | reject WHY         a person answers the gate that waits, or an old one; a file
//                                    that the gate asks for holds WHY
//   begin                            journals the start of the run and begins it
//   answer [HOST]                    the oldest waiting call (of a host) is done and answered
//   lose HOST | drop HOST            it breaks: the host acted | never heard of it
//   refuse HOST CODE WORDS           the agent answers with an RPC error
//   report HOST STATE WORDS          the agent reports an operation and did not act
//   again                            the last answer comes a second time
//   until STEP                       all calls are answered until STEP starts; shows its start
//   all | finish                     all calls are answered to rest; finish shows the end only
//   wait DURATION                    time passes, timers fire
//   pause WHY | cancel WHY           a person asks
//   resume | retry STEP | accept STEP | owe HOST | force-stop    a person decides
//   silent HOST | answers HOST       a host is out of reach | is back
//   fence OFF STATUS                 what fences end with from now on
//   debts                            what the journal says that hosts owe
//   die | takeover DURATION          the coordinator dies | another starts after that time
//   set HOST SERVICE STATE TYPE      somebody changes a service by hand
//   claim HOST EPOCH RUN             another coordinator claims a host
//   fail N before|after              the N-th append from now fails, before or after it is stored
//   show                             where the run stands
//
// After every line the live state is compared with a replay of the journal; a difference is part of
// the answer.
class EngineScript {
 public:
  EngineScript();

  std::string Run(const std::string& line);

 private:
  // A line, split at its spaces.
  using Words = std::vector<std::string>;

  // The commands.
  void Build(const Words& words);
  void AddHook(const Words& words);
  void SetProgram(const Words& words);
  void AddGate(const Words& words);
  void AnswerGate(const Words& words);
  void Begin(const Words& words);
  void Answer(const Words& words);
  void Break(const Words& words);
  void Report(const Words& words);
  void Again(const Words& words);
  void Until(const Words& words);
  void Finish(const Words& words);
  void Wait(const Words& words);
  void Stop(const Words& words);
  void Decide(const Words& words);
  void Die(const Words& words);
  void TakeOver(const Words& words);
  void SetService(const Words& words);
  void SetSilent(const Words& words);
  void SetFence(const Words& words);
  void ShowDebts(const Words& words);
  static plan::v1::Plan PlanWithout(Farm& whole, const std::string& lost, const Words& words);
  void ClaimForAnother(const Words& words);
  void FailAppend(const Words& words);
  void Show(const Words& words);

  bool RunCommand(const Words& words);
  void CheckReplay();

  void Print(absl::string_view line);
  void PrintRecord(const StoredRecord& stored, bool first);
  // Index of the oldest waiting call of the host; of any host if it is empty.
  std::optional<size_t> FindCall(absl::string_view host);
  // Forgets the call and feeds the answer in.
  void Deliver(size_t index, engine::Event answer);

  FakeJournal journal_;
  std::optional<FakeFarm> farm_;
  plan::v1::Plan plan_;
  std::vector<FarmHook> hooks_;
  std::optional<EngineLoop> loop_;
  std::optional<engine::Event> last_answer_;
  std::string output_;
};

}  // namespace baton
