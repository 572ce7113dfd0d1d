#pragma once

#include <functional>

#include "absl/status/status.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "coordinator/runtime/output_feed.h"
#include "coordinator/runtime/run_book.h"
#include "coordinator/runtime/run_control.h"

namespace baton {

// Writes a run's events until it has ended or waits for a person, the caller is gone (`write`
// returns false, or `gone` true), or the journal cannot be written any more: then that error.
// NOT_FOUND for an unknown run.
absl::Status WatchRunEvents(RunBook& book, RunControl& control, OutputFeed& output,
                            const coordinator::v1::WatchRunRequest& request,
                            const std::function<bool(const coordinator::v1::RunEvent&)>& write,
                            const std::function<bool()>& gone);

}  // namespace baton
