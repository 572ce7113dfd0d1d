#pragma once

#include <string>
#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"

namespace baton::ctl {

// What a host owes because of a run.
struct RunDebt {
  std::string host;
  bool stand_down = false;  // its Deployment Controller was not stopped and disabled
};

// What hosts owe because of the run: those that its plan leaves out, once a step has started, and
// those that it went on without. As far as the run itself tells: what came after it the Baton
// coordinator knows.
std::vector<RunDebt> DebtsOf(const plan::v1::Run& run);

// Hosts that a paused run can go on without, which owe their part then: a step of theirs needs a
// decision, or their agents did not accept the run's claim. Never the new Deployment Controller,
// nor a host whose own was not stopped and disabled where the run should have done it.
std::vector<std::string> OwableHosts(const plan::v1::Run& run);

}  // namespace baton::ctl
