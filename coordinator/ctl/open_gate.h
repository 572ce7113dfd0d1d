#pragma once

#include "absl/time/time.h"
#include "baton/plan/v1/run.pb.h"

namespace baton::ctl {

// The gate that the run waits at; null if it waits at none, or its plan is not known.
const plan::v1::Step* OpenGate(const plan::v1::Run& run);

// Until when it waits there. REQUIRES: there is one.
absl::Time OpenUntil(const plan::v1::Run& run);

}  // namespace baton::ctl
