#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "baton/plan/v1/vocabulary.pb.h"
#include "common/fs/file_system.h"
#include "common/time/clock.h"
#include "coordinator/ctl/rehearse/fault.h"
#include "coordinator/ctl/rehearse/lab_layout.h"
#include "coordinator/ctl/rehearse/lab_processes.h"
#include "coordinator/ctl/rehearse/relay.h"

namespace baton::rehearse {

// A farm of processes on this machine: a database, hosts with the platform's stand-in and an agent
// each, a Baton coordinator, certificates of an authority of their own. Nothing of it outlives the
// object but, if it is kept, the folder. Not thread-safe.
class Lab {
 public:
  // Makes the folder, below the system's folder for temporary files, and nothing else. Programs are
  // looked for in the folder `programs`; NOT_FOUND names one that is not there. The last `passive`
  // hosts stand by.
  static absl::StatusOr<std::unique_ptr<Lab>> Make(FileSystem& fs, Clock& clock,
                                                   const std::string& programs, uint32_t hosts,
                                                   uint32_t passive = 0,
                                                   LabStack stack = LabStack::kDotnet);

  // Ends every process and removes the folder unless it is kept.
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  // Makes the lab ready for faults of a run's steps: relays in front of agents that will be cut
  // off, and short waits for what will hang or lie. To be called before Start.
  void PrepareFor(const std::vector<StepFault>& faults);

  // Brings everything up and waits until each service is initialised and each daemon listens. The
  // errors of whatever did not work.
  absl::Status Start(const WaitLimit& limit);

  // Starts again what has ended, and waits until it listens.
  absl::Status StartAgent(const LabHost& host, const WaitLimit& limit);
  // The host itself comes up, as it does when its power is back: what starts with it starts.
  absl::Status StartHost(const LabHost& host, const WaitLimit& limit);
  absl::Status StartCoordinator(const WaitLimit& limit);

  // Makes a host misbehave from here on, and lets it behave again. NOT_FOUND if the lab has no such
  // host.
  absl::Status Inject(const LabFault& fault);
  absl::Status Remove(const LabFault& fault);

  // Kills the agent of a host without warning and starts it again.
  absl::Status KillAgent(const LabHost& host, const WaitLimit& limit);

  // Keeps the Baton coordinator and the agent of a host apart. FAILED_PRECONDITION unless
  // PrepareFor was told.
  absl::Status CutOff(const LabHost& host, absl::Duration length);

  // Runs a tool as a person does who finds that it was not run, restart of the services included.
  // UNIMPLEMENTED for tools that need more than their name, else errors of LabProcesses::Run.
  absl::Status RunToolByHand(const LabHost& host, plan::v1::Tool tool, const WaitLimit& limit);

  // Stops every process; see LabProcesses::StopAll.
  absl::Status Stop() { return processes_.StopAll(); }

  // The processes: "agent-fe1", "coordinator", "host-fe1", "database".
  LabProcesses& processes() { return processes_; }

  void Keep() { keep_ = true; }
  const LabLayout& layout() const { return layout_; }

 private:
  Lab(FileSystem& fs, Clock& clock, LabLayout layout);

  absl::Status IssueIdentities();
  absl::Status WriteConfigurations();
  // Its account, and a license for each host.
  absl::Status WriteServiceCenter();
  absl::Status OpenRelays();
  absl::Status StartPlatform(const WaitLimit& limit);
  absl::Status InitHost(const LabHost& host, const WaitLimit& limit);
  absl::Status StartBaton(const WaitLimit& limit);
  absl::Status LaunchAgent(const LabHost& host);
  absl::Status AwaitAgent(const LabHost& host, const WaitLimit& limit);

  FileSystem& fs_;
  Clock& clock_;
  LabLayout layout_;
  LabProcesses processes_;
  std::map<std::string, std::unique_ptr<Relay>> relays_;  // by host
  bool keep_ = false;
};

}  // namespace baton::rehearse
