#include "coordinator/ctl/rehearse/expectation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/words/words.h"

namespace baton::rehearse {
namespace {

using plan::v1::Action;
using plan::v1::Step;

constexpr char kController[] = "controller";
constexpr char kDeployment[] = "deployment";
constexpr char kScheduler[] = "scheduler";
constexpr char kCache[] = "cache";

ExpectedHost AsBefore(const SeenHost& seen) {
  ExpectedHost expected;
  expected.controller_host = seen.controller_host;
  expected.cache_host = seen.cache_host;
  for (const auto& [name, service] : seen.services) {
    expected.services[name] = {service.state == "running", service.startup_type};
  }
  return expected;
}

// The farm with the role at `to`, everything else as it was.
void ExpectMoved(const LabHost& to, ExpectedFarm& farm) {
  farm.moved = true;
  for (auto& [name, host] : farm.hosts) {
    const bool has_role = name == to.name;
    host.controller_host = to.address;
    host.services[kController] = {has_role, has_role ? "automatic" : "disabled"};
    host.ping_page = has_role;
  }
}

// The farm with the groups as asked for, everything else as it was.
void ExpectActivated(const plan::v1::ProcedureRequest& request, ExpectedFarm& farm) {
  for (auto& [name, host] : farm.hosts) host.services[kDeployment] = {true, "automatic"};
  for (const std::string& name : request.activate()) {
    farm.hosts[name].services[kScheduler] = {true, "automatic"};
  }
  for (const std::string& name : request.deactivate()) {
    farm.hosts[name].services[kScheduler] = {false, "disabled"};
  }
}

// The farm with the cache on the new host: where it ran before it is stopped and disabled.
void ExpectCacheMoved(const LabHost& to, ExpectedFarm& farm) {
  farm.cache_moved = true;
  for (auto& [name, host] : farm.hosts) {
    host.cache_host = to.address;
    host.password_may_change = true;
    ExpectedService& cache = host.services[kCache];
    if (name == to.name) {
      cache = {true, "automatic"};
    } else if (cache.running == true) {
      cache = {false, "disabled"};
    }
  }
}

// The farm with the license and the modules of the new host. The Java stack has no commands for it.
void ExpectPublished(const LabHost& to, const plan::v1::ProcedureRequest& request,
                     ExpectedFarm& farm) {
  farm.licensed = absl::StrCat(to.serial, " ", to.name);
  if (request.republish() <= plan::v1::REPUBLISH_FULL) farm.republished = to.name;
}

void ExpectRewrite(const plan::v1::Rewrite& rewrite, bool done, ExpectedHost& host) {
  for (const plan::v1::SettingChange& change : rewrite.changes()) {
    const std::optional<std::string> value =
        done ? std::optional(change.new_value()) : std::nullopt;
    if (change.setting() == plan::v1::CONTROLLER_HOST) host.controller_host = value;
    if (change.setting() == plan::v1::CACHE_HOST) host.cache_host = value;
    if (change.setting() == plan::v1::CACHE_PASSWORD) host.password_may_change = true;
  }
}

// Takes in what a step does to its host. A step that is not known to be `done` makes unknown what
// it would have changed.
void ExpectStep(const Action& action, bool done, ExpectedHost& host) {
  const auto service = [&host](const plan::v1::ServiceGoal& goal) -> ExpectedService& {
    return host.services[Word(goal.service())];
  };
  switch (action.kind_case()) {
    case Action::kStartService:
      service(action.start_service()).running = done ? std::optional(true) : std::nullopt;
      return;
    case Action::kStopService:
      service(action.stop_service()).running = done ? std::optional(false) : std::nullopt;
      return;
    case Action::kSetStartupType:
      service(action.set_startup_type()).startup_type =
          done ? std::optional(Word(action.set_startup_type().startup_type())) : std::nullopt;
      return;
    case Action::kRewrite:
      return ExpectRewrite(action.rewrite(), done, host);
    case Action::kRestore:
      host.controller_host = std::nullopt;
      host.cache_host = std::nullopt;
      host.password_may_change = true;
      return;
    case Action::kRunTool:
      if (action.run_tool() != plan::v1::CREATE_CACHE_SERVICE) return;
      host.services[kCache] = {};
      if (done) host.services[kCache] = {true, "automatic"};
      return;
    case Action::kExpectPing:
      host.ping_page |= done;
      return;
    default:
      return;
  }
}

void ExpectSteps(const plan::v1::Run& run, ExpectedFarm& farm) {
  std::map<std::string, plan::v1::StepState> states;
  for (const plan::v1::StepStatus& status : run.steps()) states[status.step()] = status.state();
  for (const plan::v1::Stage& stage : run.plan().stages()) {
    for (const Step& step : stage.steps()) {
      const plan::v1::StepState state = states[step.name()];
      const bool untouched = state == plan::v1::PENDING || state == plan::v1::SKIPPED ||
                             state == plan::v1::STEP_STATE_UNSPECIFIED;
      if (!untouched && !step.host().empty()) {
        ExpectStep(step.action(), state == plan::v1::SUCCEEDED, farm.hosts[step.host()]);
      }
    }
  }
}

// --- Comparing ----------------------------------------------------------------------------------

std::string CheckSettings(const SeenHost& before, const SeenHost& after,
                          const ExpectedHost& expected) {
  if (expected.controller_host.has_value() && *expected.controller_host != after.controller_host) {
    return absl::StrCat("server.hsconf names ", after.controller_host, ", not ",
                        *expected.controller_host);
  }
  if (expected.cache_host.has_value() && *expected.cache_host != after.cache_host) {
    return absl::StrCat("server.hsconf has the cache at ", after.cache_host, ", not ",
                        *expected.cache_host);
  }
  const auto rest_of = [&expected](const SeenHost& host) {
    std::string rest = WithElement(host.settings, kControllerHostElement, "");
    rest = WithElement(rest, kCacheHostElement, "");
    return expected.password_may_change ? WithoutElement(rest, kCachePasswordElement) : rest;
  };
  const bool same = rest_of(after) == rest_of(before);
  return same ? "" : "server.hsconf has changed in other places, too";
}

// Calls `check` with every service that something is expected of, and joins what it says.
template <typename Check>
std::string CheckServices(const SeenHost& after, const ExpectedHost& expected, const Check& check) {
  std::vector<std::string> failures;
  for (const auto& [name, goal] : expected.services) {
    const auto seen = after.services.find(name);
    std::string failure = seen == after.services.end() ? "is unknown" : check(seen->second, goal);
    if (!failure.empty()) failures.push_back(absl::StrCat(name, " ", failure));
  }
  return absl::StrJoin(failures, "; ");
}

std::string CheckStartupType(const SeenService& seen, const ExpectedService& expected) {
  const bool same = seen.startup_type == expected.startup_type.value_or(seen.startup_type);
  return same ? "" : absl::StrCat("is ", seen.startup_type, ", not ", *expected.startup_type);
}

std::string CheckState(const SeenService& seen, const ExpectedService& expected) {
  if (!expected.running.has_value()) return "";
  const absl::string_view wanted = *expected.running ? "running" : "stopped";
  return seen.state == wanted ? "" : absl::StrCat("is ", seen.state, ", not ", wanted);
}

std::string CheckPorts(const SeenService& seen, const ExpectedService& expected) {
  if (!expected.running.has_value()) return "";
  const absl::string_view wanted = *expected.running ? "open" : "closed";
  return seen.ports == wanted ? "" : absl::StrCat("has ", seen.ports, " ports, not ", wanted);
}

std::string NoEvent(const SeenFarm& farm, absl::string_view event) {
  std::vector<std::string> found;
  for (const std::string& line : farm.events) {
    if (absl::StartsWith(line, absl::StrCat(event, " "))) found.push_back(line);
  }
  return absl::StrJoin(found, "; ");
}

std::string CheckControllers(const SeenFarm& after, const ExpectedFarm& expected,
                             const std::string& to) {
  std::vector<std::string> hosts;
  for (const auto& [name, host] : after.hosts) {
    if (host.services.at(kController).ports != "closed") hosts.push_back(name);
  }
  const bool right = expected.moved ? hosts == std::vector<std::string>{to} : hosts.size() <= 1;
  return right ? "" : absl::StrCat("answers on: ", absl::StrJoin(hosts, ", "));
}

// Every new cache of the farm must have been made on the host `to`.
std::string CheckCachesMade(const SeenFarm& farm, const std::string& to) {
  std::vector<std::string> hosts;
  for (const std::string& line : farm.events) {
    absl::string_view host = line;
    if (absl::ConsumePrefix(&host, "cache-service-created ")) hosts.emplace_back(host);
  }
  return hosts == std::vector<std::string>{to} ? ""
                                               : absl::StrCat("on: ", absl::StrJoin(hosts, ", "));
}

// The newest event whose first word is `event` must go on with the words `to`.
std::string CheckNewestEvent(const SeenFarm& farm, absl::string_view event, const std::string& to) {
  const std::string prefix = absl::StrCat(event, " ");
  const auto newest =
      std::find_if(farm.events.rbegin(), farm.events.rend(),
                   [&prefix](const std::string& line) { return absl::StartsWith(line, prefix); });
  if (newest == farm.events.rend()) return absl::StrCat("the database has no ", event);
  return *newest == prefix + to ? "" : absl::StrCat("the newest is: ", *newest);
}

}  // namespace

ExpectedFarm ExpectAfter(const SeenFarm& before, const LabLayout& layout,
                         const plan::v1::Run& run) {
  ExpectedFarm farm;
  for (const auto& [name, host] : before.hosts) farm.hosts[name] = AsBefore(host);
  const LabHost* to = layout.Find(run.plan().new_controller());
  const bool succeeded = run.phase() == plan::v1::RUN_SUCCEEDED;
  if (succeeded && run.plan().request().procedure() == plan::v1::ACTIVATE_PASSIVE) {
    ExpectActivated(run.plan().request(), farm);
  } else if (succeeded && to != nullptr) {
    ExpectMoved(*to, farm);
    const plan::v1::Procedure procedure = run.plan().request().procedure();
    if (procedure == plan::v1::MOVE_CONTROLLER_AND_CACHE) ExpectCacheMoved(*to, farm);
    if (layout.stack() == LabStack::kDotnet) ExpectPublished(*to, run.plan().request(), farm);
  } else {
    ExpectSteps(run, farm);
  }
  return farm;
}

std::vector<OutsideCheck> CheckFarm(const SeenFarm& before, const SeenFarm& after,
                                    const ExpectedFarm& expected, const std::string& to) {
  std::vector<OutsideCheck> checks;
  for (const auto& [name, host] : expected.hosts) {
    const SeenHost& seen = after.hosts.at(name);
    checks.push_back({name + "/settings", CheckSettings(before.hosts.at(name), seen, host)});
    checks.push_back({name + "/startup-types", CheckServices(seen, host, CheckStartupType)});
    checks.push_back({name + "/services", CheckServices(seen, host, CheckState)});
    checks.push_back({name + "/ports", CheckServices(seen, host, CheckPorts)});
    if (host.ping_page) {
      checks.push_back({name + "/ping-page", seen.ping_page ? "" : "the page does not answer"});
    }
  }
  checks.push_back({"farm/one-controller", CheckControllers(after, expected, to)});
  checks.push_back({"farm/no-split-brain", NoEvent(after, "split-brain")});
  checks.push_back({"farm/no-tool-overlap", NoEvent(after, "tool-overlap")});
  checks.push_back({"farm/no-password-in-files", absl::StrJoin(after.leaks, ", ")});
  if (expected.moved) {
    checks.push_back(
        {"farm/controller-connected", CheckNewestEvent(after, "controller-connected", to)});
    checks.push_back(
        {"farm/service-center-installed", CheckNewestEvent(after, "service-center-install", to)});
  }
  if (!expected.licensed.empty()) {
    checks.push_back(
        {"farm/licensed", CheckNewestEvent(after, "license-installed", expected.licensed)});
  }
  if (!expected.republished.empty()) {
    checks.push_back(
        {"farm/republished", CheckNewestEvent(after, "republish", expected.republished)});
  }
  if (expected.cache_moved) {
    checks.push_back({"farm/cache-made-once", CheckCachesMade(after, to)});
  }
  return checks;
}

}  // namespace baton::rehearse
