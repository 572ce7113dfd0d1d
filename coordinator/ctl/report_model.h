#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "baton/report/v1/report.pb.h"
#include "coordinator/ctl/coordinator_client.h"
#include "coordinator/ctl/rehearse/expectation.h"
#include "coordinator/engine/run_state.h"

namespace baton::ctl {

// What a report says besides what is on record.
struct ReportContext {
  absl::Time now;
  std::string version;                          // of this program
  std::vector<rehearse::OutsideCheck> outside;  // of a rehearsal
};

// The run, replayed. DATA_LOSS if there are no records or they are no run.
absl::StatusOr<engine::RunState> ReplayHistory(const RunHistory& history);

// The report of a run, made from what is on record of it: the one model that every form of the
// report renders. Pure. DATA_LOSS as ReplayHistory.
absl::StatusOr<report::v1::RunReport> BuildRunReport(const RunHistory& history,
                                                     const ReportContext& context);

}  // namespace baton::ctl
