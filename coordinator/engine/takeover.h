#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/engine/run_state.h"

namespace baton::engine {

// Whether a coordinator that starts goes on by itself with the run that it finds.
struct Takeover {
  bool goes_on = false;
  plan::v1::PauseReason reason = plan::v1::PAUSE_REASON_UNSPECIFIED;  // if it does not
  std::string detail;
};

// What finished steps should have left behind and is no longer so, a sentence each. Later steps win
// over earlier ones; what a step under way may be changing is left out. A host that did not answer
// is named.
std::vector<std::string> LostPostconditions(const RunState& state,
                                            const plan::v1::Observation& observation);

// Decides. `away` is the age of the run's last record. A run that is being cancelled is always
// taken over: it only finishes the steps under way.
Takeover JudgeTakeover(const RunState& state, absl::Duration away, absl::Duration resume_within,
                       const plan::v1::Observation& observation);

}  // namespace baton::engine
