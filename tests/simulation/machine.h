#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agent/platform/initialization_probe.h"
#include "agent/platform/service_manager.h"
#include "agent/tools/tool_status.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "tests/simulation/world.h"

namespace baton::simulation {

class Machine;

// The database of the platform, which every Deployment Controller that runs is connected to. Two at
// the same time are what Baton exists to prevent.
class SharedDatabase {
 public:
  explicit SharedDatabase(World& world) : world_(world) {}
  void Connect(const std::string& host);
  void Disconnect(const std::string& host);

 private:
  World& world_;
  std::vector<std::string> connected_;
};

// What the machines of a farm share, and how they find each other.
struct Site {
  explicit Site(World& shared) : world(shared), database(shared) {}

  // Null if no machine has the address.
  Machine* AtAddress(absl::string_view address) const;
  Machine* Named(absl::string_view name) const;

  World& world;
  SharedDatabase database;
  std::vector<std::unique_ptr<Machine>> machines;
};

// The platform's configuration file, as far as Baton knows it.
struct ConfigurationText {
  std::string controller_host;
  std::string cache_host;
  std::string cache_password;  // as the platform reads it; empty in a farm without a cache
  uint64_t edition = 0;        // rises when the platform writes the same values in another way

  std::string Digest() const;  // SHA-256, 32 bytes
  // The value of a setting; null for those that the file does not have.
  std::string* Find(plan::v1::Setting setting);
};

// One server: services that start in two phases, a configuration file that tools apply, tools that
// outlive the agent, and a power switch. Faults make it slow, refuse, ignore and lie; what it shows
// in Query and Describe is always the truth. Not thread-safe.
class Machine : public ServiceManager, public InitializationProbe {
 public:
  Machine(Site& site, std::string name, std::string address, bool front_end);

  const std::string& name() const { return name_; }
  const std::string& address() const { return address_; }

  // Sets the machine up as it is when the run begins.
  void SetUp(const std::string& controller_address, bool has_controller, std::string serial);
  // The same, in standby: without its Scheduler.
  void StandBy();
  // What a farm with a cache adds: the one that runs, or what an earlier one left, if anything.
  void SetUpCache(const std::string& password, bool has_cache);

  absl::StatusOr<plan::v1::ServiceState> Query(plan::v1::Service service) override;
  absl::Status RequestStart(plan::v1::Service service) override;
  absl::Status RequestStop(plan::v1::Service service) override;
  absl::Status SetStartupType(plan::v1::Service service,
                              plan::v1::StartupType startup_type) override;
  InitializationReport Check(plan::v1::Service service) override;

  // The configuration file. Writing is atomic.
  ConfigurationText& file() { return file_; }
  // Keeps the file as it is beside it, unless the run has a backup already; returns its name.
  std::string KeepBackup(const std::string& run);
  // Null if there is none of that name.
  const ConfigurationText* FindBackup(const std::string& name) const;

  // Starts a tool under a supervisor; a known id is left alone. `ended` in Inspect.
  void StartTool(const std::string& id, plan::v1::Tool tool);
  ToolStatus Inspect(const std::string& id) const;
  // Who hears of tools that end; none while the agent is dead.
  void OnToolEnded(std::function<void(const std::string& id)> listener) {
    tool_ended_ = std::move(listener);
  }

  // Everything that an agent describes but its own state.
  plan::v1::Host Describe();
  agent::v1::ProbeReport Probe(const agent::v1::ProbeRequest& request);

  // Loses power, and boots after a while: automatic services start.
  void LosePower();
  void Boot();
  bool powered() const { return powered_; }

  // Nobody reaches the machine, and it reaches nobody.
  void set_cut_off(bool cut_off) { cut_off_ = cut_off; }
  bool reachable() const { return powered_ && !cut_off_; }

  // What a person does by hand: brings the service to the goal, without any fault.
  void SetByHand(const plan::v1::ServiceGoal& goal);
  void ApplyByHand();
  void InstallByHand() { installed_ = true; }
  void MakeCacheByHand() { MakeCache(); }

  // The broker of this machine runs, or is about to.
  bool HasActiveCache() const;

  // When something other than Baton last changed the machine.
  absl::Duration disturbed() const { return disturbed_; }
  void NoteDisturbance() { disturbed_ = site_.world.elapsed(); }

  // A tool takes effect: id and tool. For the checker.
  void OnToolEffect(std::function<void(const std::string& id, plan::v1::Tool tool)> listener) {
    tool_effect_ = std::move(listener);
  }

  // The abstract part of every machine's profile.
  static const plan::v1::Profile& Profile();

 private:
  struct Hosted {
    plan::v1::RunState run_state = plan::v1::STOPPED;
    plan::v1::StartupType startup_type = plan::v1::DISABLED;
    bool initialized = false;
    absl::Duration initialized_from;  // earliest, if what it needs is there
    uint64_t change = 0;              // rises with every transition; older events are void
  };

  // A tool under its supervisor.
  struct SupervisedTool {
    plan::v1::Tool tool = plan::v1::TOOL_UNSPECIFIED;
    ToolStatus status;
  };

  Hosted* Find(plan::v1::Service service);
  void Enter(plan::v1::Service service, plan::v1::RunState state);
  void EnterLater(plan::v1::Service service, plan::v1::RunState state, absl::Duration delay);
  void Start(plan::v1::Service service, bool with_faults);
  bool Initialized(plan::v1::Service service, Hosted& hosted);
  bool ControllerAnswers() const;
  std::string Place(absl::string_view what) const;

  void FinishTool(const std::string& id, bool succeeded, bool timed_out);
  void TakeEffect(const std::string& id, plan::v1::Tool tool);
  // Gives the broker the account that the file names, and starts it anew.
  void MakeCache();
  plan::v1::ProbeVerdict Try(const agent::v1::ProbeTarget& target);
  // A connection to a port, and with `account` a login with its password.
  plan::v1::ProbeVerdict Connect(const std::string& address, uint32_t port,
                                 const agent::v1::AmqpTarget* account);

  Site& site_;
  const std::string name_;
  const std::string address_;
  const bool front_end_;
  std::map<plan::v1::Service, Hosted> services_;
  std::string serial_;
  ConfigurationText file_;
  std::map<std::string, ConfigurationText> backups_;  // by name
  std::string applied_controller_;                    // what the services read when they start
  std::map<std::string, SupervisedTool> tools_;
  bool installed_ = false;  // Service Center, by a tool or by hand
  bool cache_made_ = false;
  std::string cache_account_;  // the password that the broker wants
  bool powered_ = true;
  bool cut_off_ = false;
  uint64_t boots_ = 1;
  absl::Duration disturbed_ = -absl::InfiniteDuration();
  std::function<void(const std::string&)> tool_ended_;
  std::function<void(const std::string&, plan::v1::Tool)> tool_effect_;
};

}  // namespace baton::simulation
