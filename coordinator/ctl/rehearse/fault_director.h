#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/ctl/rehearse/lab.h"
#include "coordinator/ctl/rehearse/lab_processes.h"
#include "coordinator/ctl/rehearse/placed_fault.h"

namespace baton::rehearse {

// What a fault was to bring about, and what it did.
struct FaultVerdict {
  std::string fault;     // as it was asked for
  std::string expected;  // "the run pauses at the step"
  std::string found;
  bool as_expected = false;
};

// Makes faults come upon the steps of a run and sees to those that a person would see to. Learns
// how the run goes from whoever watches it. Borrows the lab; not thread-safe.
class FaultDirector {
 public:
  FaultDirector(Lab& lab, std::vector<PlacedFault> faults, WaitLimit limit);

  // Sets the switches of the stand-in: to be called before the run begins. A switch that is set
  // when its step starts would race with the step.
  absl::Status Arm();

  // A step started: its agent is killed, or cut off, where that was asked for. One that runs a tool
  // is killed once the tool runs: a tool of which nobody can know whether it was begun is for
  // people to decide.
  void OnStepStarted(const std::string& step);
  // A step ended, in whatever way: its switch is taken away.
  void OnStepFinished(const std::string& step);

  // The run is paused. Where a fault explains that, puts right what a person would and returns the
  // step to try again; nothing where no fault does. Errors of putting it right.
  absl::StatusOr<std::optional<std::string>> OnPaused(const plan::v1::Run& run);

  // What came of every fault, judged by the run at its end.
  std::vector<FaultVerdict> Judge(const plan::v1::Run& run) const;

 private:
  // A fault and what is known of it.
  struct Act {
    PlacedFault placed;
    absl::Time came = absl::InfiniteFuture();  // the step started, and what was to come came
    absl::Status trouble;                      // of bringing it about
    std::string paused;                        // what the run paused with
  };

  absl::Status ComeUpon(Act& act);
  absl::Status AwaitTool(const LabHost& host, const std::string& step);
  LabFault SwitchOf(const PlacedFault& placed) const;
  Act* FindCause(const plan::v1::Run& run, const std::string& step);
  FaultVerdict JudgeOne(const Act& act, const plan::v1::Run& run) const;

  Lab& lab_;
  const WaitLimit limit_;
  std::vector<Act> acts_;
};

}  // namespace baton::rehearse
