#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "agent/platform/standin/control_protocol.h"
#include "deploy/lab/standin/child_process.h"
#include "deploy/lab/standin/event_loop.h"
#include "deploy/lab/standin/host_state.h"

namespace baton::standin {

// One service under the host's service manager: its run state, its process, and the rules by which
// the Windows service manager takes requests: a disabled service cannot be started, one that is
// starting or stopping takes no request. Startup types are read from disk at each use.
class ManagedService {
 public:
  ManagedService(std::string name, const HostState& state, EventLoop& loop)
      : name_(std::move(name)), state_(state), loop_(loop) {}

  const std::string& name() const { return name_; }
  pid_t pid() const { return pid_; }
  bool has_process() const { return pid_ != 0; }

  ControlReply Query() const;
  ControlReply Start();
  ControlReply Stop();
  ControlReply SetStartupType(StartupType type);

  // Starts a service that is not registered with a startup type, such as the web server.
  void StartAlways() { Spawn(); }

  // Its process has ended with this wait status.
  void Reaped(int wait_status);

  // Sends `signal_number` to the process, if there is one.
  void Signal(int signal_number) const;

 private:
  ControlReply AfterStartRequest(const Fault& fault);
  ControlReply AfterStopRequest(const Fault& fault);
  // Goes on once the fault file `name` asks for no hang any more, unless the state was left.
  void WhenNotHung(const std::string& name, RunState state, const std::function<void()>& go_on);
  void Spawn();
  void OnReady();

  std::string name_;
  const HostState& state_;
  EventLoop& loop_;
  RunState run_state_ = RunState::kStopped;
  pid_t pid_ = 0;
  FileDescriptor ready_;
};

}  // namespace baton::standin
