#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {

// The first line of everything about a run, without a line feed:
// "farm prod | run r-1 | step 5 of 23 | 1m12s | operator:alice".
std::string RenderRunHeader(absl::string_view farm_id, const plan::v1::Run& run,
                            const Style& style);

// Where the run stands and why: "paused (step-did-not-succeed): ...", without a line feed.
std::string RenderPhase(const plan::v1::Run& run, const Style& style);

// How the run is related to others, with a line feed: "undoes r-1"; empty if it is not.
std::string RelationLine(const plan::v1::Run& run);

// The mark of a step's state, four columns: " ok ", "FAIL".
struct Mark {
  absl::string_view text;
  Tone tone;
};
Mark MarkOf(plan::v1::StepState state);

// How long a step took, or has taken so far; empty for one that did not start.
std::string StepElapsed(const plan::v1::StepStatus& step, absl::Time now);

// What `baton runs show` shows: header, phase, every step, and the commands that apply.
std::string RenderRun(const plan::v1::Run& run, const Style& style);

// What stands at the end of a run that was watched: phase, the steps that did not succeed, and the
// commands that apply.
std::string RenderRunEnd(const plan::v1::Run& run, const Style& style);

// The commands that apply to a run that stands still, ready to paste, a line each after "next:";
// empty for a run that goes on, or succeeded and left no debt.
std::string RenderDecisions(const plan::v1::Run& run, const Style& style);

// What `baton runs list` shows.
std::string RenderRuns(absl::string_view farm_id, const coordinator::v1::ListRunsResponse& runs,
                       const Style& style);

}  // namespace baton::ctl
