#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "deploy/lab/standin/event_loop.h"
#include "deploy/lab/standin/fault.h"
#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/service.h"
#include "deploy/lab/standin/service_log.h"

namespace baton::standin {

inline constexpr absl::Duration kRetryDefault = absl::Milliseconds(200);
inline constexpr absl::Duration kInitializationDefault = absl::Milliseconds(100);
inline constexpr absl::Duration kSlowStopDefault = absl::Milliseconds(500);

// The life that all services of the platform have in common: the two-phase start (running, then
// initialised), retries for ever while what they need is absent, slow answers to a stop before they
// are initialised, and injected faults. Runs until SIGTERM or SIGINT.
class ServiceProcess {
 public:
  // `ready_fd`: gets one byte, and is closed, once the service counts as running; -1 for none.
  ServiceProcess(std::string name, const HostState& state, EventLoop& loop, int ready_fd);

  // The exit code: 0 after a stop, else not.
  int Run();

 private:
  absl::Status Prepare();
  void BeginInitialization();
  void TryToInitialize();
  void Initialized();
  void HeartbeatLater();
  void OnSignal(int number);
  void Flood();
  int Fail(const absl::Status& why);

  std::string name_;
  const HostState& state_;
  EventLoop& loop_;
  ServiceLog log_;
  FileDescriptor ready_fd_;
  Fault fault_;
  absl::Duration retry_;
  absl::Duration initialization_;
  absl::Duration slow_stop_;
  bool initialized_ = false;
  bool stopping_ = false;
  std::unique_ptr<Service> service_;
};

}  // namespace baton::standin
