#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"

namespace baton {

// A run that is to be undone or failed back from, as its records tell it. What it captured is here:
// the observation that its plan rests on, and what its rewrites reported.
struct FormerRun {
  plan::v1::Run run;                                        // with its plan
  std::map<std::string, plan::v1::RewriteResult> rewrites;  // by step, the newest that was reported
  std::vector<plan::v1::Run> later;  // that began after it, without their plans
  uint64_t adopted = 0;              // sequence of the newest adoption; 0 if there was none
};

// What speaks against undoing the run, whatever the farm looks like now. FAILED_PRECONDITION,
// saying what to do instead. Pure.
absl::Status CheckUndo(const FormerRun& former);

// What speaks against failing back from the run, whatever the farm looks like now.
// FAILED_PRECONDITION, saying what to do instead. Pure.
absl::Status CheckFailback(const FormerRun& former);

// Whether an attempt of a step that changes its host was made: it changed it, or may have.
bool MayHaveChanged(const plan::v1::Run& run, const plan::v1::Step& step);

}  // namespace baton
