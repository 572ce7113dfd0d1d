#include "coordinator/runtime/payer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/status/status_macros.h"
#include "coordinator/procedure/confirmation.h"
#include "coordinator/procedure/planner.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using plan::v1::Debt;

constexpr char kReason[] = "debt";

// Runs that are looked through for tries: far more than an hour brings.
constexpr size_t kRunsMax = 1000;

absl::Time TimeFrom(const google::protobuf::Timestamp& time) {
  return absl::FromUnixNanos(google::protobuf::util::TimeUtil::TimestampToNanoseconds(time));
}

bool TriedOf(const PayTries& tries, const Debt& debt, absl::Time now) {
  const auto tried = tries.find(debt.host());
  return tried != tries.end() && tried->second >= TimeFrom(debt.open_time()) &&
         now - tried->second < kPayAgainAfter;
}

bool Answers(const plan::v1::Observation& observation, const std::string& host) {
  return std::any_of(observation.hosts().begin(), observation.hosts().end(),
                     [&host](const auto& seen) { return seen.host() == host && seen.has_state(); });
}

}  // namespace

PayTries PayTriesIn(RunBook& book) {
  PayTries tries;
  for (const plan::v1::Run& run : book.List(kRunsMax, "")) {
    const std::string& host = run.plan().request().pays();
    if (!host.empty()) tries.emplace(host, TimeFrom(run.start_time()));  // newest first
  }
  return tries;
}

std::vector<std::string> DuePayments(const FarmFile& farm, const std::vector<Debt>& debts,
                                     const PayTries& tries, absl::Time now, absl::TimeZone zone) {
  const bool may_pay = MayPay(farm.debts, now, zone);
  std::vector<std::string> due;
  for (const bool stand_down : {true, false}) {
    if (!stand_down && !may_pay) continue;
    for (const Debt& debt : debts) {
      const FarmHost* host = farm.Find(debt.host());
      const bool left_alone =
          host == nullptr || host->maintenance.has_value() || TriedOf(tries, debt, now);
      if (debt.stand_down() == stand_down && !left_alone) due.push_back(debt.host());
    }
  }
  return due;
}

void Payer::Look() {
  const std::vector<Debt> debts = world_.debts();
  if (debts.empty() || !world_.active_run().empty()) return;
  PayTries tries = world_.tries();
  for (const auto& [host, time] : tries_) tries[host] = std::max(tries[host], time);
  const absl::Time now = clock_.Now();
  const std::vector<std::string> due = DuePayments(farm_, debts, tries, now, zone_);
  if (due.empty()) return;
  const plan::v1::Observation observation = world_.observe();
  const auto host = std::find_if(due.begin(), due.end(), [&observation](const std::string& name) {
    return Answers(observation, name);
  });
  if (host == due.end()) return;
  const absl::Status paid = Pay(*host);
  if (paid.ok()) return;
  LogError(absl::StrCat("what ", *host, " owes cannot be paid now: ", paid.message()));
  // A run that came in between is no reason to leave the host alone.
  if (!absl::IsAborted(paid)) tries_[*host] = now;
}

absl::Status Payer::Pay(const std::string& host) {
  coordinator::v1::CreatePlanRequest create;
  create.mutable_request()->set_pays(host);
  create.mutable_request()->set_reason(kReason);
  ASSIGN_OR_RETURN(const plan::v1::Plan plan, world_.plan(create));
  const std::vector<plan::v1::Finding> forbidding =
      Forbidding({plan.findings().begin(), plan.findings().end()});
  if (!forbidding.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(forbidding.front().name(), ": ",
                                                      forbidding.front().reason(), " (plan ",
                                                      plan.plan_id(), ")"));
  }
  coordinator::v1::StartRunRequest start;
  start.set_request_id(world_.make_request_id());
  start.set_plan_id(plan.plan_id());
  start.set_confirmation(ConfirmationOf(plan));
  ASSIGN_OR_RETURN(const plan::v1::Run run, world_.start(start));
  LogInfo(absl::StrCat(host, " is back: run ", run.run(), " pays what it owes"));
  return absl::OkStatus();
}

PayLoop::PayLoop(Payer& payer) : payer_(payer), thread_(&PayLoop::Run, this) {}

PayLoop::~PayLoop() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
    closing_.NotifyAll();
  }
  thread_.join();
}

void PayLoop::Run() {
  while (true) {
    payer_.Look();
    MutexLock lock(mutex_);
    if (!closed_) closing_.WaitFor(mutex_, kPayPeriod);
    if (closed_) return;
  }
}

}  // namespace baton
