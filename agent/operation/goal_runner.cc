#include "agent/operation/goal_runner.h"

#include <utility>
#include <variant>

namespace baton {
namespace {

// Carries out one effect and returns the next.
class Carrier {
 public:
  Carrier(GoalSeeker& seeker, plan::v1::Service service, ServiceManager& services,
          InitializationProbe& probe, Clock& clock, Sleeper& sleeper)
      : seeker_(seeker),
        service_(service),
        services_(services),
        probe_(probe),
        clock_(clock),
        sleeper_(sleeper),
        start_(clock.Monotonic()) {}

  goal::Effect operator()(goal::Query) {
    const absl::StatusOr<plan::v1::ServiceState> state = services_.Query(service_);
    return seeker_.OnQueried(state, Elapsed());
  }
  goal::Effect operator()(goal::RequestStart) {
    const absl::Status status = services_.RequestStart(service_);
    return seeker_.OnRequested(status, Elapsed());
  }
  goal::Effect operator()(goal::RequestStop) {
    const absl::Status status = services_.RequestStop(service_);
    return seeker_.OnRequested(status, Elapsed());
  }
  goal::Effect operator()(goal::SetStartupType set) {
    const absl::Status status = services_.SetStartupType(service_, set.startup_type);
    return seeker_.OnRequested(status, Elapsed());
  }
  goal::Effect operator()(goal::CheckInitialized) {
    const InitializationReport report = probe_.Check(service_);
    return seeker_.OnChecked(report, Elapsed());
  }
  goal::Effect operator()(goal::Wait wait) {
    if (!sleeper_.Sleep(wait.duration)) return seeker_.Abandon("the agent is stopping");
    return seeker_.OnWaited();
  }
  goal::Effect operator()(const goal::Done& done) { return done; }

 private:
  absl::Duration Elapsed() { return clock_.Monotonic() - start_; }

  GoalSeeker& seeker_;
  const plan::v1::Service service_;
  ServiceManager& services_;
  InitializationProbe& probe_;
  Clock& clock_;
  Sleeper& sleeper_;
  const absl::Duration start_;
};

}  // namespace

GoalRunner::GoalRunner(ServiceManager& services, InitializationProbe& probe, Clock& clock,
                       Sleeper& sleeper)
    : services_(services), probe_(probe), clock_(clock), sleeper_(sleeper) {}

goal::Done GoalRunner::Run(const plan::v1::ServiceGoal& goal, absl::Duration timeout) {
  GoalSeeker seeker(goal, timeout);
  Carrier carrier(seeker, goal.service(), services_, probe_, clock_, sleeper_);
  goal::Effect effect = seeker.Begin();
  while (!std::holds_alternative<goal::Done>(effect)) {
    effect = std::visit(carrier, effect);
  }
  return std::get<goal::Done>(std::move(effect));
}

}  // namespace baton
