#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "agent/platform/initialization_probe.h"
#include "agent/platform/service_manager.h"
#include "common/time/clock.h"

namespace baton {

// How a fake service behaves. The defaults are those of a good one.
struct FakeService {
  plan::v1::RunState run_state = plan::v1::STOPPED;
  plan::v1::StartupType startup_type = plan::v1::AUTOMATIC;
  bool can_disable = true;
  std::string detail = "as the system says";

  absl::Duration start_time = absl::Milliseconds(200);    // in STARTING
  absl::Duration initialize_time = absl::Seconds(1);      // in RUNNING and not initialised
  absl::Duration stop_time = absl::Milliseconds(200);     // in STOPPING
  plan::v1::RunState start_leads_to = plan::v1::RUNNING;  // FAILED: it ends by itself
  bool initialize_ends_it = false;                        // FAILED instead of initialised
  bool refuses_stop_uninitialized = false;                // UNAVAILABLE meanwhile
  int ignored_requests = 0;         // taken and without effect, before the first that has one
  bool startup_type_sticks = true;  // false: set and not kept

  std::deque<absl::Status> query_errors;    // one for each query, before the first that is answered
  std::deque<absl::Status> request_errors;  // the same for requests of any kind
};

// A host's services in virtual time. They change only by the time that `clock` shows. Not
// thread-safe.
class FakeServiceManager : public ServiceManager, public InitializationProbe {
 public:
  explicit FakeServiceManager(Clock& clock) : clock_(clock) {}

  // The service, to set up and to look at; the host has those that were asked for here.
  FakeService& service(plan::v1::Service service) { return hosted_[service].service; }

  // What was asked for, in order: "start scheduler", "set-startup-type scheduler disabled".
  const std::vector<std::string>& calls() const { return calls_; }

  absl::StatusOr<plan::v1::ServiceState> Query(plan::v1::Service service) override;
  absl::Status RequestStart(plan::v1::Service service) override;
  absl::Status RequestStop(plan::v1::Service service) override;
  absl::Status SetStartupType(plan::v1::Service service,
                              plan::v1::StartupType startup_type) override;
  InitializationReport Check(plan::v1::Service service) override;

 private:
  struct Hosted {
    FakeService service;
    std::optional<absl::Duration> since;  // when run_state began; unset: long ago
  };

  // The service as of now; null if the host does not have it.
  Hosted* Find(plan::v1::Service service);
  void Advance(Hosted& hosted) const;
  void Enter(Hosted& hosted, plan::v1::RunState state, absl::Duration at) const;
  // What a request comes to before it takes effect: an error, or ok and nothing more.
  std::optional<absl::Status> Intercept(Hosted* hosted, const std::string& call);
  bool Initialized(const Hosted& hosted) const;

  Clock& clock_;
  std::map<plan::v1::Service, Hosted> hosted_;
  std::vector<std::string> calls_;
};

}  // namespace baton
