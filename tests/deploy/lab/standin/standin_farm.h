#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

#include "agent/platform/standin/control_protocol.h"
#include "common/process/process.h"
#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/line_client.h"
#include "deploy/lab/standin/restart_services.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton::standin {

inline constexpr absl::Duration kPatience = absl::Seconds(30);  // far more than anything here takes

// Polls until `condition` holds. Says whether it did within kPatience.
inline bool Eventually(const std::function<bool()>& condition) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (!condition()) {
    if (absl::Now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

// A platform-standin process; ends with the object, its services with it.
class StandinProcess {
 public:
  explicit StandinProcess(const std::vector<std::string>& arguments) {
    ProcessCommand command;
    command.argv = {BATON_STANDIN_PROGRAM};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    absl::StatusOr<Process> spawned = Process::Spawn(command);
    if (!spawned.ok()) {
      ADD_FAILURE() << spawned.status();
      return;
    }
    process_ = std::make_unique<Process>(*std::move(spawned));
  }

  ~StandinProcess() {
    if (process_ != nullptr) Stop(SIGTERM);
  }
  StandinProcess(const StandinProcess&) = delete;
  StandinProcess& operator=(const StandinProcess&) = delete;

  // Sends the signal and waits for the end.
  void Stop(int signal_number) {
    EXPECT_OK(SignalProcess(process_->identity(), signal_number));
    Wait();
  }

  // Waits for the end and says with which exit code.
  int Wait() {
    if (!process_->WaitForEnd(kPatience).ok()) {
      ADD_FAILURE() << "a platform-standin process does not end";
      EXPECT_OK(KillGroup(process_->identity(), SIGKILL));
    }
    const absl::StatusOr<ProcessExit> exit = process_->Collect();
    process_.reset();
    return exit.ok() ? exit->code : -1;
  }

 private:
  std::unique_ptr<Process> process_;
};

// One lab host.
class StandinHost {
 public:
  StandinHost(std::string folder, std::string address)
      : state_(std::move(folder)), address_(std::move(address)) {}

  const HostState& state() const { return state_; }
  const std::string& address() const { return address_; }

  void Boot() {
    process_ = std::make_unique<StandinProcess>(
        std::vector<std::string>{"host", "--die-with-parent", "--state", state_.folder()});
  }
  void ShutDown() { process_.reset(); }
  void PowerOff() {
    process_->Stop(SIGKILL);
    process_.reset();
  }

  ControlReply Ask(ControlVerb verb, const std::string& service,
                   StartupType type = StartupType::kAutomatic) const {
    const absl::StatusOr<ControlReply> reply = AskServiceManager(state_, {verb, service, type});
    return reply.ok() ? *reply
                      : ControlReply{{}, ControlError{"unreachable", reply.status().ToString()}};
  }

  // The code of an error reply, or "ok".
  std::string CodeOf(ControlVerb verb, const std::string& service) const {
    const ControlReply reply = Ask(verb, service);
    return reply.error ? reply.error->code : "ok";
  }

  bool Reaches(const std::string& service, RunState state) const {
    return Eventually([&] {
      const ControlReply reply = Ask(ControlVerb::kQuery, service);
      return reply.status && reply.status->state == state;
    });
  }

  // Whether somebody accepts on a port of this host.
  bool Accepts(uint16_t port) const {
    return ConnectTcp({address_, port}, "", kConnectTimeout).ok();
  }
  bool Opens(uint16_t port) const {
    return Eventually([&] { return Accepts(port); });
  }

  std::string Log(const std::string& service) const {
    return state_.Read(absl::StrCat("log/", service, ".log")).value_or("");
  }
  bool Logs(const std::string& service, const std::string& words) const {
    return Eventually([&] { return Log(service).find(words) != std::string::npos; });
  }

  // Runs a subcommand on this host's folder. The exit code.
  int RunTool(const std::string& tool, const std::vector<std::string>& flags) const {
    std::vector<std::string> words = {tool, "--state", state_.folder()};
    words.insert(words.end(), flags.begin(), flags.end());
    return StandinProcess(words).Wait();
  }

 private:
  HostState state_;
  std::string address_;
  std::unique_ptr<StandinProcess> process_;
};

}  // namespace baton::standin
