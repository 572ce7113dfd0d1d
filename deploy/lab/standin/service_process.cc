#include "deploy/lab/standin/service_process.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/status/status_macros.h"
#include "deploy/lab/standin/database.h"

namespace baton::standin {
namespace {

constexpr int kFailureExitCode = 1;
constexpr int kExitCodeMax = 255;
constexpr size_t kFloodLineBytes = 1024;

}  // namespace

ServiceProcess::ServiceProcess(std::string name, const HostState& state, EventLoop& loop,
                               int ready_fd)
    : name_(std::move(name)),
      state_(state),
      loop_(loop),
      log_(state.Path(absl::StrCat("log/", name_, ".log"))),
      ready_fd_(ready_fd) {}

absl::Status ServiceProcess::Prepare() {
  ASSIGN_OR_RETURN(fault_, state_.ReadFault(name_));
  ASSIGN_OR_RETURN(retry_, state_.KnobDuration("retry_seconds", kRetryDefault));
  ASSIGN_OR_RETURN(initialization_,
                   state_.KnobDuration("initialization_seconds", kInitializationDefault));
  ASSIGN_OR_RETURN(slow_stop_, state_.KnobDuration("slow_stop_seconds", kSlowStopDefault));
  ASSIGN_OR_RETURN(HostFacts host, ReadHostFacts(state_));
  ASSIGN_OR_RETURN(MachineConfig config, state_.ReadMachineConfig());
  ASSIGN_OR_RETURN(service_, MakeService(name_, ServiceContext{state_, loop_, log_, std::move(host),
                                                               std::move(config)}));
  return absl::OkStatus();
}

int ServiceProcess::Run() {
  const absl::Status prepared = Prepare();
  if (!prepared.ok()) return Fail(prepared);
  if (fault_.kind == Fault::Kind::kFail) {
    log_.Error(absl::StrCat("The service terminated with the error ", fault_.code, "."));
    return std::min(fault_.code, kExitCodeMax);
  }
  loop_.OnSignal([this](int number) { OnSignal(number); });
  log_.Information(kStartedLine);
  if (ready_fd_.open() && write(ready_fd_.get(), "\n", 1) != 1) {
    log_.Error("the service manager does not listen");
  }
  ready_fd_.Close();
  BeginInitialization();
  return loop_.Run();
}

int ServiceProcess::Fail(const absl::Status& why) {
  log_.Error(absl::StrCat("The service terminated: ", why.message()));
  std::cerr << name_ << ": " << why << std::endl;
  return kFailureExitCode;
}

void ServiceProcess::BeginInitialization() {
  switch (fault_.kind) {
    case Fault::Kind::kHang:
      return;
    case Fault::Kind::kLie:
      // Says that it works, and opens no port.
      initialized_ = true;
      log_.Information(kInitializedLine);
      return;
    case Fault::Kind::kFlood:
      Flood();
      break;
    default:
      break;
  }
  loop_.After(initialization_ + fault_.delay, [this] { TryToInitialize(); });
}

void ServiceProcess::TryToInitialize() {
  if (stopping_) return;
  const absl::Status done = service_->Initialize();
  if (done.ok()) {
    Initialized();
  } else if (absl::IsUnavailable(done)) {
    log_.Error(absl::StrCat("Initialization error: ", done.message(), " Retrying in ",
                            absl::ToDoubleSeconds(retry_), " seconds"));
    loop_.After(retry_, [this] { TryToInitialize(); });
  } else {
    loop_.Stop(Fail(done));
  }
}

void ServiceProcess::Initialized() {
  initialized_ = true;
  log_.Information(kInitializedLine);
  HeartbeatLater();
}

void ServiceProcess::HeartbeatLater() {
  loop_.After(kHeartbeatInterval, [this] {
    service_->Heartbeat();
    HeartbeatLater();
  });
}

void ServiceProcess::OnSignal(int number) {
  if (number == SIGCHLD || stopping_ || fault_.kind == Fault::Kind::kHang) return;
  stopping_ = true;
  // Before it is initialised, a service of the platform does not respond adequately to a stop.
  loop_.After(initialized_ ? absl::ZeroDuration() : slow_stop_, [this] {
    log_.Information("Service stopped.");
    loop_.Stop(0);
  });
}

void ServiceProcess::Flood() {
  const std::string line(kFloodLineBytes - 1, 'x');
  for (int64_t left = fault_.size_bytes; left > 0; left -= static_cast<int64_t>(kFloodLineBytes)) {
    log_.Information(line);
  }
}

}  // namespace baton::standin
