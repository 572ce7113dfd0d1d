#pragma once

#include <string>

#include "baton/agent/v1/agent.pb.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"

namespace baton {

// What read-back says of a step.
enum class Proof {
  kHolds,        // what should have come of it is there
  kDoesNotHold,  // it is not
  kCannotTell,   // nothing that can be read shows it; only the operation's own result does
};

// A verdict, why, and what was read to reach it.
struct Check {
  Proof proof = Proof::kCannotTell;
  std::string detail;
  journal::v1::Evidence evidence;
};

// The step is proved by probes from its host, not by reading it.
bool ProvedByProbe(const plan::v1::Step& step);

// What CheckHost needs to read of the step's host, and no more: a host whose services are many
// takes long to describe as a whole. Pure.
agent::v1::GetHostRequest ReadFor(const plan::v1::Step& step);

// The probes that prove a step that is proved by probes.
agent::v1::ProbeRequest ProbesFor(const plan::v1::Step& step);

// Compares the step's host, as it was read, with what the step should have come to. `assignment` is
// what the run publishes. Pure.
Check CheckHost(const plan::v1::Step& step, const plan::v1::Assignment& assignment,
                const plan::v1::Host& host);

// Compares probe results with what the step demands: every target accepts, or
// none does where ports must be closed. Pure.
Check CheckProbes(const plan::v1::Step& step, const agent::v1::ProbeReport& report);

}  // namespace baton
