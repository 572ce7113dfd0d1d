#pragma once

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "common/sync/mutex.h"
#include "common/time/clock.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/runtime/run_book.h"

namespace baton {

// A host whose debt a run did not pay is left alone for so long.
inline constexpr absl::Duration kPayAgainAfter = absl::Hours(1);
// How often debts are looked at.
inline constexpr absl::Duration kPayPeriod = absl::Seconds(30);

// When a run that pays was tried last, by host.
using PayTries = std::map<std::string, absl::Time>;

// The tries that the newest runs of a journal are.
PayTries PayTriesIn(RunBook& book);

// Hosts whose debts a run may be started for now without asking anybody, as far as that can be said
// without looking at them: those whose stand-down is open first, whatever the policy of the farm
// file, then what the policy allows, both in the order of `debts`. Not those that were tried since
// the debt was opened and less than kPayAgainAfter ago, nor those in maintenance. Pure.
std::vector<std::string> DuePayments(const FarmFile& farm, const std::vector<plan::v1::Debt>& debts,
                                     const PayTries& tries, absl::Time now, absl::TimeZone zone);

// Starts the runs by which hosts that are back pay what they owe, one at a time and never while a
// run is active. Not thread-safe.
class Payer {
 public:
  // What it looks at, and what it does. What it calls is thread-safe where others use it.
  struct World {
    std::function<std::vector<plan::v1::Debt>()> debts;
    std::function<std::string()> active_run;  // its id, paused ones included; empty for none
    std::function<PayTries()> tries;          // of runs that the journal has
    std::function<plan::v1::Observation()> observe;
    std::function<absl::StatusOr<plan::v1::Plan>(const coordinator::v1::CreatePlanRequest&)> plan;
    std::function<absl::StatusOr<plan::v1::Run>(const coordinator::v1::StartRunRequest&)> start;
    std::function<std::string()> make_request_id;
  };

  // Borrows farm and clock.
  Payer(const FarmFile& farm, World world, Clock& clock, absl::TimeZone zone)
      : farm_(farm), world_(std::move(world)), clock_(clock), zone_(zone) {}

  // Looks once; starts one run at the most. Hosts are only looked at if a payment is due.
  void Look();

 private:
  absl::Status Pay(const std::string& host);

  const FarmFile& farm_;
  const World world_;
  Clock& clock_;
  const absl::TimeZone zone_;
  PayTries tries_;  // what the journal does not have: plans that could not be run
};

// Lets a payer look every kPayPeriod, on a thread of its own, which the destructor joins.
class PayLoop {
 public:
  // Borrows the payer, which nobody else may use any more.
  explicit PayLoop(Payer& payer);
  ~PayLoop();

  PayLoop(const PayLoop&) = delete;
  PayLoop& operator=(const PayLoop&) = delete;

 private:
  void Run();

  Payer& payer_;
  Mutex mutex_;
  CondVar closing_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace baton
