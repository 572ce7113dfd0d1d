#pragma once

#include <optional>
#include <string>
#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/former_run.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What a service comes back to when a run is undone: what the run's observation showed of it.
struct FormerService {
  plan::v1::Service service = plan::v1::SERVICE_UNSPECIFIED;
  // AUTOMATIC, MANUAL or DISABLED; STARTUP_TYPE_UNSPECIFIED leaves it as it is.
  plan::v1::StartupType startup_type = plan::v1::STARTUP_TYPE_UNSPECIFIED;
  bool runs = false;
};

// How a configuration file comes back to what the run found.
struct FormerFile {
  // The bytes can come back: the file is as the run left it.
  std::optional<plan::v1::Restore> restore;
  // Otherwise: the values that the run wrote, with those of before. Empty where nothing differs.
  std::vector<plan::v1::SettingChange> changes;
  // What must be found in the file afterwards, as far as it can be read.
  std::vector<plan::v1::SettingValue> expected;
  // Values of before that nobody can write again, because the file held them encrypted.
  std::vector<plan::v1::Setting> unknown;

  bool Differs() const { return restore.has_value() || !changes.empty(); }
};

// What undoing a run comes to on each host, from what the run captured and how the farm is now.
// Only what a step of the run changed, or may have changed, is in it. Pure; borrows both.
class UndoTargets {
 public:
  UndoTargets(const ObservedFarm& farm, const FormerRun& former);

  // The host that gives the Deployment Controller back, and the one that had it before. Both are
  // empty where none moved.
  const std::string& from() const { return from_; }
  const std::string& to() const { return to_; }

  // The hosts that the run worked on, the last one first, but the one that had the Deployment
  // Controller in front of all. Hosts that the farm file got since, or that came back from
  // maintenance, are behind them: they, too, must hear who has the role.
  std::vector<std::string> Hosts() const;

  // The services of the host that the run may have changed, in the profile's order.
  std::vector<FormerService> Services(const std::string& host) const;

  // The run may have changed the file. REQUIRES, as below: the host was observed.
  bool Wrote(const std::string& host) const { return RewriteOf(host) != nullptr; }
  FormerFile File(const std::string& host) const;

  // The run may have applied the file.
  bool Applied(const std::string& host) const;

  // The cache as the run found it, for logging in; `secret` is set if `with_secret`.
  plan::v1::CacheExpectation Cache(bool with_secret) const;

  // The host that had the cache when the run began; empty if none of the farm's had it.
  std::string CacheHost() const;

 private:
  const plan::v1::Step* RewriteOf(const std::string& host) const;
  FormerService Target(const std::string& host, const plan::v1::ServiceState& before) const;

  const ObservedFarm& farm_;
  const FormerRun& former_;
  const ObservedFarm before_;
  std::string from_;
  std::string to_;
};

}  // namespace baton
