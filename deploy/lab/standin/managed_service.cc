#include "deploy/lab/standin/managed_service.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace baton::standin {
namespace {

// Between two looks whether a request is still to hang.
constexpr absl::Duration kHungLookInterval = absl::Milliseconds(50);

ControlReply Refuse(absl::string_view code, absl::string_view words) {
  return {{}, ControlError{std::string(code), std::string(words)}};
}

}  // namespace

ControlReply ManagedService::Query() const {
  const absl::StatusOr<StartupType> type = state_.ReadStartupType(name_);
  if (!type.ok()) return Refuse(kErrorNotFound, absl::StrCat("there is no service ", name_));
  return {ServiceStatus{run_state_, *type, pid_}, {}};
}

ControlReply ManagedService::Start() {
  const ControlReply now = Query();
  if (now.error) return now;
  if (now.status->startup_type == StartupType::kDisabled) {
    return Refuse(kErrorDisabled, absl::StrCat("the service ", name_, " is disabled"));
  }
  if (run_state_ == RunState::kStopping) {
    return Refuse(kErrorBusy, absl::StrCat("the service ", name_, " is stopping"));
  }
  if (run_state_ == RunState::kRunning || run_state_ == RunState::kStarting) {
    return Refuse(kErrorAlreadyRunning, absl::StrCat("the service ", name_, " runs already"));
  }
  const absl::StatusOr<Fault> fault = state_.ReadFault(absl::StrCat("start-", name_));
  if (!fault.ok()) return Refuse(kErrorBadRequest, fault.status().message());
  return AfterStartRequest(*fault);
}

ControlReply ManagedService::AfterStartRequest(const Fault& fault) {
  if (fault.kind == Fault::Kind::kFail) {
    return Refuse(absl::StrCat(fault.code), absl::StrCat("the service ", name_, " did not start"));
  }
  if (fault.kind == Fault::Kind::kLie) {
    ControlReply reply = Query();
    reply.status->state = RunState::kStarting;
    return reply;
  }
  run_state_ = RunState::kStarting;
  if (fault.kind == Fault::Kind::kSlow) {
    loop_.After(fault.delay, [this] { Spawn(); });
  } else if (fault.kind == Fault::Kind::kHang) {
    WhenNotHung(absl::StrCat("start-", name_), RunState::kStarting, [this] { Spawn(); });
  } else {
    Spawn();
  }
  return Query();
}

ControlReply ManagedService::Stop() {
  const ControlReply now = Query();
  if (now.error) return now;
  if (run_state_ == RunState::kStopped || run_state_ == RunState::kFailed) {
    return Refuse(kErrorNotActive, absl::StrCat("the service ", name_, " is not running"));
  }
  if (run_state_ != RunState::kRunning) {
    return Refuse(kErrorBusy, absl::StrCat("the service ", name_,
                                           " cannot accept control messages at this time"));
  }
  const absl::StatusOr<Fault> fault = state_.ReadFault(absl::StrCat("stop-", name_));
  if (!fault.ok()) return Refuse(kErrorBadRequest, fault.status().message());
  return AfterStopRequest(*fault);
}

ControlReply ManagedService::AfterStopRequest(const Fault& fault) {
  if (fault.kind == Fault::Kind::kFail) {
    return Refuse(absl::StrCat(fault.code), absl::StrCat("the service ", name_, " did not stop"));
  }
  if (fault.kind == Fault::Kind::kLie) {
    ControlReply reply = Query();
    reply.status->state = RunState::kStopping;
    return reply;
  }
  run_state_ = RunState::kStopping;
  if (fault.kind == Fault::Kind::kSlow) {
    loop_.After(fault.delay, [this, pid = pid_] {
      if (pid_ == pid) Signal(SIGTERM);
    });
  } else if (fault.kind == Fault::Kind::kHang) {
    WhenNotHung(absl::StrCat("stop-", name_), RunState::kStopping, [this] { Signal(SIGTERM); });
  } else {
    Signal(SIGTERM);
  }
  return Query();
}

void ManagedService::WhenNotHung(const std::string& name, RunState state,
                                 const std::function<void()>& go_on) {
  loop_.After(kHungLookInterval, [this, name, state, go_on] {
    if (run_state_ != state) return;
    const absl::StatusOr<Fault> fault = state_.ReadFault(name);
    if (fault.ok() && fault->kind != Fault::Kind::kHang) return go_on();
    WhenNotHung(name, state, go_on);
  });
}

ControlReply ManagedService::SetStartupType(StartupType type) {
  const ControlReply now = Query();
  if (now.error) return now;
  const absl::Status written = state_.WriteStartupType(name_, type);
  if (!written.ok()) return Refuse(kErrorBadRequest, written.message());
  return Query();
}

void ManagedService::Spawn() {
  if (has_process()) return;
  absl::StatusOr<ChildProcess> child = StartChild({"service", name_, "--state", state_.folder()},
                                                  state_.Path(absl::StrCat("log/", name_, ".out")));
  if (!child.ok()) {
    std::cerr << name_ << ": " << child.status() << std::endl;
    run_state_ = RunState::kFailed;
    return;
  }
  run_state_ = RunState::kStarting;
  pid_ = child->pid;
  ready_ = std::move(child->ready);
  loop_.Watch(ready_.get(), [this] { OnReady(); });
}

void ManagedService::OnReady() {
  char byte = 0;
  const bool ready = read(ready_.get(), &byte, 1) == 1;
  loop_.Unwatch(ready_.get());
  ready_.Close();
  // Without a byte the process is about to end; then Reaped decides.
  if (ready && run_state_ == RunState::kStarting) run_state_ = RunState::kRunning;
}

void ManagedService::Reaped(int wait_status) {
  const bool asked = run_state_ == RunState::kStopping;
  const bool clean = WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
  run_state_ = asked || clean ? RunState::kStopped : RunState::kFailed;
  pid_ = 0;
  if (ready_.open()) loop_.Unwatch(ready_.get());
  ready_.Close();
}

void ManagedService::Signal(int signal_number) const {
  if (has_process()) kill(pid_, signal_number);
}

}  // namespace baton::standin
