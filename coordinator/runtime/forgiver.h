#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "common/time/clock.h"
#include "coordinator/fences/fence_runner.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/runtime/observer.h"
#include "coordinator/runtime/run_book.h"

namespace baton {

// How long a fence may take to say whether a host is off.
inline constexpr absl::Duration kFenceStatusTimeout = absl::Seconds(30);

// Gives up what hosts owe, as a person decides. Thread-safe.
class Forgiver {
 public:
  // Borrows farm, book, fences and clock.
  Forgiver(const FarmFile& farm, RunBook& book, DebtSource debts, FenceRunner& fences, Clock& clock)
      : farm_(farm), book_(book), debts_(std::move(debts)), fences_(fences), clock_(clock) {}

  // Returns the debt as it was, with what proves that the host is off. Errors as coordinator.proto
  // lists for WriteOffDebt. Waits for the fence, where the debt needs one.
  absl::StatusOr<plan::v1::Debt> WriteOff(const coordinator::v1::WriteOffDebtRequest& request,
                                          const std::string& actor);

 private:
  absl::Status CheckIdle();
  absl::StatusOr<plan::v1::Debt> FindDebt(const std::string& host) const;
  absl::StatusOr<std::string> ProveOff(const std::string& host);

  const FarmFile& farm_;
  RunBook& book_;
  const DebtSource debts_;
  FenceRunner& fences_;
  Clock& clock_;
};

}  // namespace baton
