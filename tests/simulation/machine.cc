#include "tests/simulation/machine.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/words/words.h"

namespace baton::simulation {
namespace {

using plan::v1::Service;

bool Active(plan::v1::RunState state) {
  return state == plan::v1::RUNNING || state == plan::v1::STARTING || state == plan::v1::STOPPING;
}

}  // namespace

Machine::Machine(Site& site, std::string name, std::string address, bool front_end)
    : site_(site), name_(std::move(name)), address_(std::move(address)), front_end_(front_end) {}

void Machine::SetUp(const std::string& controller_address, bool has_controller,
                    std::string serial) {
  serial_ = std::move(serial);
  file_.controller_host = controller_address;
  file_.cache_host = controller_address;
  applied_controller_ = controller_address;
  installed_ = has_controller;
  for (const Service service : {plan::v1::CONTROLLER, plan::v1::DEPLOYMENT, plan::v1::SCHEDULER}) {
    const bool runs = service == plan::v1::CONTROLLER ? has_controller : front_end_;
    Hosted& hosted = services_[service];
    hosted.startup_type = runs ? plan::v1::AUTOMATIC : plan::v1::DISABLED;
    hosted.run_state = runs ? plan::v1::RUNNING : plan::v1::STOPPED;
    hosted.initialized = runs;
  }
  if (has_controller) site_.database.Connect(name_);
}

void Machine::SetUpCache(const std::string& password, bool has_cache) {
  file_.cache_password = password;
  // A broker that an earlier move left behind is disabled, and has the account of that time.
  const bool left = !has_cache && site_.world.random().Chance(0.5);
  if (!has_cache && !left) return;
  cache_made_ = true;
  cache_account_ = left ? "of an earlier time" : password;
  Hosted& hosted = services_[plan::v1::CACHE];
  hosted.startup_type = has_cache ? plan::v1::AUTOMATIC : plan::v1::DISABLED;
  hosted.run_state = has_cache ? plan::v1::RUNNING : plan::v1::STOPPED;
  hosted.initialized = has_cache;
}

void Machine::StandBy() { services_[plan::v1::SCHEDULER] = Hosted(); }

Machine::Hosted* Machine::Find(Service service) {
  const auto found = services_.find(service);
  return found == services_.end() ? nullptr : &found->second;
}

std::string Machine::Place(absl::string_view what) const {
  return site_.world.tracing() ? absl::StrCat(name_, " ", what) : "";
}

void Machine::Enter(Service service, plan::v1::RunState state) {
  Hosted& hosted = services_[service];
  ++hosted.change;
  hosted.run_state = state;
  hosted.initialized = false;
  if (site_.world.tracing()) site_.world.Trace(name_, Word(service), " is ", Word(state));
  if (service != plan::v1::CONTROLLER) return;
  if (Active(state)) {
    site_.database.Connect(name_);
  } else {
    site_.database.Disconnect(name_);
  }
}

void Machine::EnterLater(Service service, plan::v1::RunState state, absl::Duration delay) {
  const uint64_t change = services_[service].change;
  site_.world.time().After(delay, [this, service, state, change] {
    if (services_[service].change == change) Enter(service, state);
  });
}

void Machine::Start(Service service, bool with_faults) {
  World& world = site_.world;
  Enter(service, plan::v1::STARTING);
  Hosted& hosted = services_[service];
  absl::Duration start = world.random().Between(absl::Milliseconds(100), absl::Seconds(3));
  if (with_faults && world.Roll(Fault::kServiceSlow, Place("start"))) {
    start += world.random().Between(absl::Seconds(10), absl::Seconds(150));
  }
  hosted.initialized_from =
      world.elapsed() + start + world.random().Between(absl::Milliseconds(100), absl::Seconds(5));
  const bool unmade = service == plan::v1::CACHE && !cache_made_;
  const bool fails = (with_faults && world.Roll(Fault::kServiceFails, Place("start"))) || unmade;
  EnterLater(service, fails ? plan::v1::FAILED : plan::v1::RUNNING, start);
}

std::string Machine::KeepBackup(const std::string& run) {
  return backups_.emplace(absl::StrCat("server.hsconf.bak-", run), file_).first->first;
}

const ConfigurationText* Machine::FindBackup(const std::string& name) const {
  const auto found = backups_.find(name);
  return found == backups_.end() ? nullptr : &found->second;
}

// --- ServiceManager -----------------------------------------------------------------------------

absl::StatusOr<plan::v1::ServiceState> Machine::Query(Service service) {
  if (site_.world.Roll(Fault::kQueryFails, Place("query"))) {
    return absl::UnavailableError("the service manager does not answer");
  }
  plan::v1::ServiceState state;
  state.set_service(service);
  const Hosted* hosted = Find(service);
  if (hosted == nullptr) {
    state.set_run_state(plan::v1::ABSENT);
    return state;
  }
  state.set_run_state(hosted->run_state);
  state.set_startup_type(hosted->startup_type);
  state.set_can_disable(true);
  return state;
}

absl::Status Machine::RequestStart(Service service) {
  Hosted* hosted = Find(service);
  if (hosted == nullptr) return absl::NotFoundError("the host has no such service");
  if (hosted->startup_type == plan::v1::DISABLED) {
    return absl::FailedPreconditionError("the service is disabled");
  }
  if (site_.world.Roll(Fault::kServiceIgnores, Place("start"))) return absl::OkStatus();
  if (!Active(hosted->run_state)) Start(service, true);
  return absl::OkStatus();
}

absl::Status Machine::RequestStop(Service service) {
  World& world = site_.world;
  Hosted* hosted = Find(service);
  if (hosted == nullptr) return absl::NotFoundError("the host has no such service");
  if (world.Roll(Fault::kServiceRefuses, Place("stop"))) {
    return absl::UnavailableError("the service cannot accept control messages at this time");
  }
  if (world.Roll(Fault::kServiceIgnores, Place("stop"))) return absl::OkStatus();
  if (hosted->run_state != plan::v1::RUNNING && hosted->run_state != plan::v1::STARTING) {
    return absl::OkStatus();
  }
  absl::Duration stop = world.random().Between(absl::Milliseconds(100), absl::Seconds(2));
  if (world.Roll(Fault::kServiceSlow, Place("stop"))) {
    stop += world.random().Between(absl::Seconds(5), absl::Seconds(90));
  }
  Enter(service, plan::v1::STOPPING);
  EnterLater(service, plan::v1::STOPPED, stop);
  return absl::OkStatus();
}

absl::Status Machine::SetStartupType(Service service, plan::v1::StartupType startup_type) {
  Hosted* hosted = Find(service);
  if (hosted == nullptr) return absl::NotFoundError("the host has no such service");
  if (site_.world.Roll(Fault::kServiceLies, Place("startup type"))) return absl::OkStatus();
  hosted->startup_type = startup_type;
  if (site_.world.tracing()) {
    site_.world.Trace(name_, Word(service), " is set to ", Word(startup_type));
  }
  return absl::OkStatus();
}

// --- Initialisation -----------------------------------------------------------------------------

bool Machine::ControllerAnswers() const {
  Machine* machine = site_.AtAddress(applied_controller_);
  if (machine == nullptr || !machine->powered_ || cut_off_) return false;
  Hosted& controller = machine->services_[plan::v1::CONTROLLER];
  return (machine == this || !machine->cut_off_) &&
         machine->Initialized(plan::v1::CONTROLLER, controller);
}

bool Machine::Initialized(Service service, Hosted& hosted) {
  if (hosted.run_state != plan::v1::RUNNING) return false;
  if (hosted.initialized) return true;
  if (site_.world.elapsed() < hosted.initialized_from) return false;
  hosted.initialized =
      service == plan::v1::CONTROLLER || service == plan::v1::CACHE || ControllerAnswers();
  return hosted.initialized;
}

InitializationReport Machine::Check(Service service) {
  Hosted* hosted = Find(service);
  if (hosted == nullptr || hosted->run_state != plan::v1::RUNNING) {
    return {plan::v1::INITIALIZATION_UNSPECIFIED, "does not run"};
  }
  if (Initialized(service, *hosted)) return {plan::v1::INITIALIZED, ""};
  return {plan::v1::NOT_INITIALIZED, "its port refuses connections"};
}

// --- Power and people ---------------------------------------------------------------------------

void Machine::LosePower() {
  powered_ = false;
  ++boots_;
  NoteDisturbance();
  for (auto& [service, hosted] : services_) Enter(service, plan::v1::STOPPED);
  for (auto& [id, tool] : tools_) {
    if (tool.status.state == ToolState::kRunning) tool.status.state = ToolState::kLost;
  }
}

void Machine::Boot() {
  powered_ = true;
  NoteDisturbance();
  site_.world.Trace(name_, "has booted");
  for (auto& [service, hosted] : services_) {
    if (hosted.startup_type == plan::v1::AUTOMATIC) Start(service, true);
  }
}

void Machine::SetByHand(const plan::v1::ServiceGoal& goal) {
  Hosted* hosted = Find(goal.service());
  if (hosted == nullptr || !powered_) return;
  if (goal.startup_type() != plan::v1::STARTUP_TYPE_UNSPECIFIED) {
    hosted->startup_type = goal.startup_type();
  }
  if (goal.run_state() == plan::v1::STOPPED) Enter(goal.service(), plan::v1::STOPPED);
  const bool can_start = hosted->startup_type != plan::v1::DISABLED && !Active(hosted->run_state);
  if (goal.run_state() == plan::v1::RUNNING && can_start) Start(goal.service(), false);
}

bool Machine::HasActiveCache() const {
  const auto cache = services_.find(plan::v1::CACHE);
  return cache != services_.end() && Active(cache->second.run_state);
}

void Machine::MakeCache() {
  cache_made_ = true;
  cache_account_ = file_.cache_password;
  services_[plan::v1::CACHE].startup_type = plan::v1::AUTOMATIC;
  Start(plan::v1::CACHE, false);
}

void Machine::ApplyByHand() {
  applied_controller_ = file_.controller_host;
  ++file_.edition;
}

}  // namespace baton::simulation
