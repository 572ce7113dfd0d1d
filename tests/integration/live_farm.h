#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/process/process.h"
#include "coordinator/ctl/rehearse/lab.h"
#include "coordinator/ctl/rehearse/witness.h"
#include "tests/support/temp_folder.h"

namespace baton {

// What a `baton` command came to.
struct CommandEnd {
  int exit_code = -1;  // -1: a signal ended it, or it did not end
  std::string output;
};

// A farm of real processes whose daemons die where a test says, and the command line that a person
// would use on it. What does not work fails the test. Used from one thread.
class LiveFarm {
 public:
  // Starts a lab and adopts fe1 as the host of the Deployment Controller.
  explicit LiveFarm(uint32_t hosts);

  rehearse::Lab& lab() { return *lab_; }
  const rehearse::LabHost& Host(absl::string_view name) { return *lab_->layout().Find(name); }

  // Runs `baton ARGUMENTS` to its end, as the operator, or as whom `identity` names: a name that
  // the lab's authority issued to, or the path of an identity folder.
  CommandEnd Baton(const std::vector<std::string>& arguments,
                   absl::string_view identity = rehearse::kLabOperatorName);
  // Moves the Deployment Controller: `baton run move-controller`.
  CommandEnd Move(const std::string& to);

  // Starts a command that runs beside the test; one at a time.
  void Begin(const std::vector<std::string>& arguments);
  void BeginMove(const std::string& to);
  // Waits for its end; starts every daemon again that dies meanwhile, after `on_death` was told its
  // name.
  CommandEnd Finish(const std::function<void(const std::string& daemon)>& on_death = nullptr);
  // Waits, while that command runs, until the database has seen `event` once more than `before`.
  void AwaitEvent(const std::string& event, size_t before);

  // Where daemons crash from their next start on; no words: nowhere. See the crashing mains.
  void SetCoordinatorCrash(absl::string_view words);
  void SetAgentCrash(const std::string& host, absl::string_view words);
  // How often the Baton coordinator has appended to its journal since its start.
  int CountAppends();

  // Ends daemons in order, or with `signal`, and waits until they are gone. Names as the lab's.
  void Stop(const std::string& daemon, int signal);
  void Start(const std::string& daemon);
  void Restart(const std::string& daemon);
  // The host loses its power, agent and platform together, and has it again: what starts with it
  // starts, then the agent.
  void PowerOff(const std::string& host);
  void PowerOn(const std::string& host);
  // Restarts the host's agent with YAML laid over the stand-in's profile.
  void UseProfile(const std::string& host, const std::string& overlay);

  // The farm as somebody sees it who does not ask Baton.
  rehearse::SeenFarm Look();
  // How often the database has seen an event, as in "tool-started republish fe1".
  size_t Count(const std::string& event);
  // The newest run's state, as `baton runs show` prints it.
  std::string ShowRun() { return Baton({"runs", "show"}).output; }

  // Checks from outside that the role is on `to`, that everything else is as it was `before`, and
  // that each tool of a move ran once on each host that it is for; and that a replay of the newest
  // run decides the same.
  void ExpectMoved(const rehearse::SeenFarm& before, const std::string& to);

 private:
  std::vector<std::string> CommandLine(const std::vector<std::string>& arguments,
                                       absl::string_view identity);
  Process Spawn(const std::vector<std::string>& argv);
  std::string ReadOutput();
  CommandEnd Collect();

  TempFolder folder_;
  std::unique_ptr<rehearse::Lab> lab_;
  std::optional<Process> command_;
};

// The first id of a run, or of a plan, in what a command printed; empty if there is none.
std::string RunIn(const std::string& output);
std::string PlanIn(const std::string& output);

// Processes whose command lines hold all `words`.
std::vector<int> FindProcesses(const std::vector<std::string>& words);

// Whether every crash point is asked for, not a sample: BATON_LONG=1.
bool LongTests();

}  // namespace baton
