#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/action.pb.h"

namespace baton {

// Cuts hosts off with fence agents: programs that take options on standard input, one NAME=VALUE a
// line, `action` among them, and say by exit code what came of it (FenceAgentAPI of ClusterLabs:
// 0 done, or on; 2 off; others failed). Secrets are resolved by name as they are handed over, and
// masked in output. Thread-safe.
class FenceRunner {
 public:
  using OnEnd = std::function<void(absl::StatusOr<journal::v1::FenceResult>)>;

  virtual ~FenceRunner() = default;

  // Whether the fence can be used now: its `monitor` action. An error names program and host's
  // options, without secrets, and ends with the program's own words. Takes `timeout` at the
  // longest.
  virtual absl::Status Monitor(const plan::v1::FenceOff& fence, absl::Duration timeout) = 0;

  // What the `status` action says: true for on, false for off. An error if it says neither.
  virtual absl::StatusOr<bool> IsOn(const plan::v1::FenceOff& fence, absl::Duration timeout) = 0;

  // Runs `off`, and then `status` until it says off or `timeout` has passed. Calls `on_end` once,
  // on another thread or on this one: with what both came to, or with an error if the program was
  // not started. A result says whether the host is off; see IsOff.
  virtual void CutOff(const plan::v1::FenceOff& fence, absl::Duration timeout, OnEnd on_end) = 0;
};

// The last `status` said that the host is off. What `off` itself said does not matter.
bool IsOff(const journal::v1::FenceResult& result);

}  // namespace baton
