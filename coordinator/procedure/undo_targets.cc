#include "coordinator/procedure/undo_targets.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "coordinator/procedure/cache_move.h"

namespace baton {
namespace {

using plan::v1::Action;
using plan::v1::ServiceState;
using plan::v1::SettingChange;
using plan::v1::SettingValue;
using plan::v1::Step;

// The first step of the run on `host` that may have changed it and is of the kind that `matches`;
// null if there is none.
template <typename Matches>
const Step* FindChange(const plan::v1::Run& run, const std::string& host, Matches matches) {
  for (const plan::v1::Stage& stage : run.plan().stages()) {
    for (const Step& step : stage.steps()) {
      if (step.host() == host && matches(step.action()) && MayHaveChanged(run, step)) return &step;
    }
  }
  return nullptr;
}

plan::v1::Service ServiceOf(const Action& action) {
  if (action.has_start_service()) return action.start_service().service();
  if (action.has_stop_service()) return action.stop_service().service();
  return action.set_startup_type().service();
}

// A tool of the platform may start, stop and enable whatever it likes.
bool MayTouch(const Action& action, plan::v1::Service service) {
  return action.has_run_tool() || ServiceOf(action) == service;
}

bool CanBeSet(plan::v1::StartupType type) {
  return type == plan::v1::AUTOMATIC || type == plan::v1::MANUAL || type == plan::v1::DISABLED;
}

bool WasUp(const ServiceState& state) {
  return state.run_state() != plan::v1::STOPPED && state.run_state() != plan::v1::ABSENT &&
         state.startup_type() != plan::v1::DISABLED;
}

bool Unreadable(const SettingValue* value) { return value != nullptr && value->encrypted(); }

// The value as Baton would write it: no key at all and an empty value are the same to the platform.
std::string ValueOf(const SettingValue* value) {
  return value == nullptr || value->missing() ? "" : value->value();
}

// Takes what the run wrote of one setting back.
void TakeBack(const SettingChange& wrote, const SettingValue* before, const SettingValue* now,
              FormerFile& file) {
  if (wrote.setting() == plan::v1::CACHE_PASSWORD || Unreadable(before)) {
    file.unknown.push_back(wrote.setting());
    return;
  }
  const std::string wanted = ValueOf(before);
  if (!Unreadable(now) && ValueOf(now) == wanted) return;
  SettingChange& change = file.changes.emplace_back();
  change.set_setting(wrote.setting());
  change.set_old_value(Unreadable(now) ? "(encrypted)" : ValueOf(now));
  change.set_new_value(wanted);
}

}  // namespace

UndoTargets::UndoTargets(const ObservedFarm& farm, const FormerRun& former)
    : farm_(farm), former_(former), before_(farm.file(), former.run.plan().observation()) {
  // A procedure that leaves the role where it is has no new Deployment Controller.
  if (former.run.plan().new_controller().empty()) return;
  from_ = former.run.plan().new_controller();
  to_ = former.run.plan().old_controller();
}

std::vector<std::string> UndoTargets::Hosts() const {
  std::vector<std::string> hosts(former_.run.plan().hosts().begin(),
                                 former_.run.plan().hosts().end());
  std::reverse(hosts.begin(), hosts.end());
  std::stable_partition(hosts.begin(), hosts.end(),
                        [this](const std::string& host) { return host == to_; });
  for (const FarmHost& host : farm_.file().hosts) {
    if (farm_.LeftOut(host.name) || absl::c_linear_search(hosts, host.name)) continue;
    hosts.push_back(host.name);
  }
  return hosts;
}

FormerService UndoTargets::Target(const std::string& host, const ServiceState& before) const {
  FormerService target{before.service(), plan::v1::STARTUP_TYPE_UNSPECIFIED, WasUp(before)};
  if (CanBeSet(before.startup_type())) target.startup_type = before.startup_type();
  if (before.run_state() == plan::v1::ABSENT) target.startup_type = plan::v1::DISABLED;
  if (before.service() != plan::v1::CONTROLLER || to_.empty()) return target;
  if (host == to_) {
    // One that starts with its host is meant to run, whatever kept it from it.
    target.runs = target.runs || before.startup_type() == plan::v1::AUTOMATIC;
    return target;
  }
  // Whatever else was there: an undo never makes a second Deployment Controller.
  target.runs = false;
  if (target.startup_type != plan::v1::MANUAL) target.startup_type = plan::v1::DISABLED;
  return target;
}

std::vector<FormerService> UndoTargets::Services(const std::string& host) const {
  std::vector<FormerService> services;
  const plan::v1::Host* before = before_.State(host);
  if (before == nullptr) return services;
  for (const ServiceState& state : before->services()) {
    const bool touched = FindChange(former_.run, host, [&state](const Action& action) {
                           return MayTouch(action, state.service());
                         }) != nullptr;
    // What was not there and is not there now needs nothing.
    const bool there = farm_.Service(host, state.service()) != nullptr;
    if (touched && there) services.push_back(Target(host, state));
  }
  return services;
}

const Step* UndoTargets::RewriteOf(const std::string& host) const {
  return FindChange(former_.run, host, [](const Action& action) { return action.has_rewrite(); });
}

bool UndoTargets::Applied(const std::string& host) const {
  return FindChange(former_.run, host, [](const Action& action) {
           return action.has_run_tool() && action.run_tool() == plan::v1::APPLY_CONFIGURATION;
         }) != nullptr;
}

FormerFile UndoTargets::File(const std::string& host) const {
  FormerFile file;
  const Step* step = RewriteOf(host);
  const plan::v1::Host* before = before_.State(host);
  if (step == nullptr || before == nullptr) return file;
  const auto& wrote = step->action().rewrite().changes();
  for (const SettingChange& change : wrote) {
    const SettingValue* value = FindSetting(before_, host, change.setting());
    if (Unreadable(value) || change.setting() == plan::v1::CACHE_PASSWORD) continue;
    if (!ValueOf(value).empty()) file.expected.push_back(*value);
  }
  const std::string& now = farm_.State(host)->configuration().digest();
  const bool secret =
      absl::c_any_of(wrote, [](const SettingChange& change) { return !change.secret().empty(); });
  // Digests leave a plaintext password out: equal ones do not tell whether it was written.
  if (now == before->configuration().digest() && !secret) return file;
  const auto result = former_.rewrites.find(step->name());
  if (result != former_.rewrites.end() && !result->second.backup().empty() &&
      result->second.digest_after() == now) {
    file.restore.emplace();
    file.restore->set_backup(result->second.backup());
    file.restore->set_expected_digest(now);
    file.restore->set_restored_digest(result->second.digest_before());
    return file;
  }
  for (const SettingChange& change : wrote) {
    TakeBack(change, FindSetting(before_, host, change.setting()),
             FindSetting(farm_, host, change.setting()), file);
  }
  return file;
}

std::string UndoTargets::CacheHost() const { return FindCache(before_).host; }

plan::v1::CacheExpectation UndoTargets::Cache(bool with_secret) const {
  plan::v1::CacheExpectation cache = CacheAsFound(before_, to_);
  if (with_secret && farm_.file().secrets.contains(kCachePassword)) {
    cache.set_secret(kCachePassword);
  }
  return cache;
}

}  // namespace baton
