#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/config/config_node.h"

namespace baton {

// Who starts the run by which a host that is back pays what it owes.
enum class PayPolicy {
  kAsk,     // a person
  kAuto,    // the Baton coordinator, as soon as the host answers
  kWindow,  // the Baton coordinator, at the time of day that the window gives
};

// `debts` of a farm file. An open stand-down waits for none of it.
struct DebtPolicy {
  PayPolicy policy = PayPolicy::kAsk;
  // Of kWindow: times of day, from midnight; an end before the begin is on the next day. The end
  // does not belong to it.
  absl::Duration window_begin;
  absl::Duration window_end;
};

// Reads `{policy: ask|auto|window, window: "22:00-04:00"}`. INVALID_ARGUMENT with line and column
// for another policy, a text that is no window, or a window with another policy, or none with this.
absl::StatusOr<DebtPolicy> ParseDebtPolicy(const ConfigNode& node);

// Whether the Baton coordinator may start a run that pays at `now`, in the time of day of `zone`.
// Pure.
bool MayPay(const DebtPolicy& policy, absl::Time now, absl::TimeZone zone);

}  // namespace baton
