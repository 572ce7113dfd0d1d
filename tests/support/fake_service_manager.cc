#include "tests/support/fake_service_manager.h"

#include "absl/strings/str_cat.h"
#include "common/words/words.h"

namespace baton {

using plan::v1::ServiceState;

absl::StatusOr<ServiceState> FakeServiceManager::Query(plan::v1::Service service) {
  ServiceState state;
  state.set_service(service);
  Hosted* hosted = Find(service);
  if (hosted == nullptr) {
    state.set_run_state(plan::v1::ABSENT);
    return state;
  }
  if (!hosted->service.query_errors.empty()) {
    const absl::Status error = hosted->service.query_errors.front();
    hosted->service.query_errors.pop_front();
    return error;
  }
  state.set_run_state(hosted->service.run_state);
  state.set_startup_type(hosted->service.startup_type);
  state.set_detail(hosted->service.detail);
  state.set_can_disable(hosted->service.can_disable);
  return state;
}

absl::Status FakeServiceManager::RequestStart(plan::v1::Service service) {
  Hosted* hosted = Find(service);
  if (const auto result = Intercept(hosted, absl::StrCat("start ", Word(service)))) return *result;
  if (hosted->service.startup_type == plan::v1::DISABLED) {
    return absl::FailedPreconditionError("the service is disabled");
  }
  const plan::v1::RunState now = hosted->service.run_state;
  if (now == plan::v1::STOPPED || now == plan::v1::FAILED) {
    Enter(*hosted, plan::v1::STARTING, clock_.Monotonic());
  }
  return absl::OkStatus();
}

absl::Status FakeServiceManager::RequestStop(plan::v1::Service service) {
  Hosted* hosted = Find(service);
  if (const auto result = Intercept(hosted, absl::StrCat("stop ", Word(service)))) return *result;
  if (hosted->service.refuses_stop_uninitialized && !Initialized(*hosted)) {
    return absl::UnavailableError("the service cannot accept control messages at this time");
  }
  const plan::v1::RunState now = hosted->service.run_state;
  if (now == plan::v1::RUNNING || now == plan::v1::STARTING) {
    Enter(*hosted, plan::v1::STOPPING, clock_.Monotonic());
  }
  return absl::OkStatus();
}

absl::Status FakeServiceManager::SetStartupType(plan::v1::Service service,
                                                plan::v1::StartupType startup_type) {
  Hosted* hosted = Find(service);
  const std::string call =
      absl::StrCat("set-startup-type ", Word(service), " ", Word(startup_type));
  if (const auto result = Intercept(hosted, call)) return *result;
  if (startup_type == plan::v1::OTHER) {
    return absl::FailedPreconditionError("the system has no such startup type");
  }
  if (hosted->service.startup_type_sticks) hosted->service.startup_type = startup_type;
  return absl::OkStatus();
}

InitializationReport FakeServiceManager::Check(plan::v1::Service service) {
  const Hosted* hosted = Find(service);
  if (hosted == nullptr || hosted->service.run_state != plan::v1::RUNNING) {
    return {plan::v1::INITIALIZATION_UNSPECIFIED, "does not run"};
  }
  if (Initialized(*hosted)) return {plan::v1::INITIALIZED, ""};
  return {plan::v1::NOT_INITIALIZED, "port 12002 refuses connections"};
}

FakeServiceManager::Hosted* FakeServiceManager::Find(plan::v1::Service service) {
  const auto found = hosted_.find(service);
  if (found == hosted_.end()) return nullptr;
  Advance(found->second);
  return &found->second;
}

void FakeServiceManager::Advance(Hosted& hosted) const {
  const FakeService& service = hosted.service;
  const absl::Duration now = clock_.Monotonic();
  if (service.run_state == plan::v1::STARTING && hosted.since.has_value() &&
      now - *hosted.since >= service.start_time) {
    Enter(hosted, service.start_leads_to, *hosted.since + service.start_time);
  }
  if (service.run_state == plan::v1::RUNNING && service.initialize_ends_it && Initialized(hosted)) {
    Enter(hosted, plan::v1::FAILED, now);
  }
  if (service.run_state == plan::v1::STOPPING && hosted.since.has_value() &&
      now - *hosted.since >= service.stop_time) {
    Enter(hosted, plan::v1::STOPPED, *hosted.since + service.stop_time);
  }
}

void FakeServiceManager::Enter(Hosted& hosted, plan::v1::RunState state, absl::Duration at) const {
  hosted.service.run_state = state;
  hosted.since = at;
}

std::optional<absl::Status> FakeServiceManager::Intercept(Hosted* hosted, const std::string& call) {
  calls_.push_back(call);
  if (hosted == nullptr) return absl::NotFoundError("the host has no such service");
  FakeService& service = hosted->service;
  if (!service.request_errors.empty()) {
    const absl::Status error = service.request_errors.front();
    service.request_errors.pop_front();
    return error;
  }
  if (service.ignored_requests > 0) {
    --service.ignored_requests;
    return absl::OkStatus();
  }
  return std::nullopt;
}

bool FakeServiceManager::Initialized(const Hosted& hosted) const {
  if (hosted.service.run_state != plan::v1::RUNNING) return false;
  return !hosted.since.has_value() ||
         clock_.Monotonic() - *hosted.since >= hosted.service.initialize_time;
}

}  // namespace baton
