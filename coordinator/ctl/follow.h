#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/ctl/coordinator_client.h"
#include "coordinator/ctl/exit_code.h"
#include "coordinator/ctl/run_view.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {

// How watching a run ended.
struct FollowEnd {
  enum class How {
    kEnded,     // the run is over or waits for a person; `run` is complete
    kDetached,  // the watcher pressed Ctrl-C; the run goes on
    kLost,      // the Baton coordinator did not come back; `status` says why
    kFailed,    // the Baton coordinator will not tell; `status` says why
  };
  How how = How::kEnded;
  plan::v1::Run run;
  absl::Status status;
};

// Watches a run until it stands still. When the connection is lost, it comes back with the sequence
// that it saw last, for `Patience::reconnect_for` after the last event. Records up to
// `after_sequence` are not asked for.
FollowEnd Follow(Session& session, CoordinatorClient& client, const std::string& run,
                 uint64_t after_sequence, RunView& view);

// Follows a run in the view for this session, prints how it ended and what applies then, and
// returns the code to exit with.
absl::StatusOr<ExitCode> FollowToEnd(Session& session, const std::string& run,
                                     uint64_t after_sequence);

// Errors after which the same request may be sent again: the connection broke, or the Baton
// coordinator is being restarted.
bool IsConnectionLost(const absl::Status& status);

}  // namespace baton::ctl
