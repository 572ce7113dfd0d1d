#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/plan/v1/plan.pb.h"
#include "common/config/address.h"
#include "common/fs/file_system.h"
#include "coordinator/inventory/farm_hook.h"
#include "coordinator/inventory/pay_policy.h"
#include "coordinator/secrets/secret_reference.h"

namespace baton {

inline constexpr size_t kFarmHostsMax = 1024;
inline constexpr size_t kHostLabelsMax = 64;
inline constexpr size_t kFarmLicensesMax = 64;

// Why a host is left out of planned runs.
struct Maintenance {
  absl::Time since;
  std::string who;
  std::string why;
};

struct FarmHost {
  std::string name;
  bool front_end = true;  // false for a server that is the Deployment Controller alone
  HostPort agent_address;
  std::string platform_address;  // the literal that is written into configurations
  // The group that a front-end is in by configuration; unset where the farm has no groups. Which
  // one it is in now, its Scheduler tells.
  plan::v1::Group group = plan::v1::GROUP_UNSPECIFIED;
  std::optional<Maintenance> maintenance;
  std::optional<plan::v1::FenceOff> fence;    // how it is cut off; unset where it cannot be
  std::map<std::string, std::string> labels;  // for people and hooks
};

// How soon a move must be proved, counted from the start of its run. Reports compare with it;
// nothing else does.
struct FarmTarget {
  std::optional<absl::Duration> controller;  // the new Deployment Controller
  std::optional<absl::Duration> farm;        // every host
};

// What the settings of the cache shall be after a move of the cache. What is not set stays as the
// old Deployment Controller has it.
struct CacheSettings {
  std::optional<uint16_t> port;
  std::optional<std::string> virtual_host;
  std::optional<std::string> username;
  std::optional<bool> tls;
  std::optional<std::string> tls_name;
};

// Who the platform's tools log in to Service Center as. The password is the secret
// kServiceCenterPassword.
struct ServiceCenterLogin {
  std::string username;
};

// A license file that lies ready on the machine of the Baton coordinator.
struct FarmLicense {
  std::string serial;  // that it is for
  std::string file;    // its path
};

// The farm as `farm.yaml` describes it.
struct FarmFile {
  std::string farm_id;
  std::vector<FarmHost> hosts;  // the order in which a fan-out visits them
  // How long one host may take to describe itself: 100 ms to 1 min. Below the 2 s in which a farm
  // of a thousand hosts is to be observed when some of them are silent.
  absl::Duration observe_timeout = absl::Milliseconds(1500);
  // How long hosts may try whether they reach each other before a run, all together: 0 s, which
  // means that nothing is tried, to 1 min.
  absl::Duration reach_timeout = absl::Seconds(2);
  // A run whose last record is younger goes on by itself when the Baton coordinator starts: 0 s,
  // which means never, to 24 h.
  absl::Duration resume_within = absl::Minutes(15);
  // How long front-ends that become passive go on, once the plan's checks have passed, before their
  // Schedulers are stopped: 0 s to 24 h.
  absl::Duration drain = absl::ZeroDuration();
  std::optional<std::string>
      coordinator_host;  // the host that the Baton coordinator runs on, if one
  FarmTarget target;
  DebtPolicy debts;  // who starts the runs by which hosts pay what they owe
  CacheSettings cache;
  std::optional<ServiceCenterLogin> service_center;
  std::vector<FarmLicense> licenses;
  SecretReferences secrets;     // of `secrets`, and the password of `service_center`
  std::vector<FarmHook> hooks;  // in the order in which those of one place run
  std::string bytes;            // the file itself, which a run pins
  std::string digest;           // SHA-256 of `bytes`, 32 bytes

  // The host of that name; nullptr if there is none.
  const FarmHost* Find(absl::string_view name) const;

  // INVALID_ARGUMENT, naming those that there are, if there is no host of that name.
  absl::Status CheckHas(absl::string_view name) const;
};

// Reads a farm file. INVALID_ARGUMENT with line and column for whatever is wrong in it; besides the
// syntax: no host or more than kFarmHostsMax, two hosts with one name, agent address or platform
// address, a `group` on a host that is no front-end, a `coordinator_host` that is no host, a secret
// that is no reference, two licenses for one serial or more than kFarmLicensesMax, and those of
// ParseDebtPolicy and ParseHooks. `file` is the
// name that errors begin with.
absl::StatusOr<FarmFile> ParseFarmFile(absl::string_view file, std::string bytes);

// Reads the farm file at `path`. Errors of ReadConfigFile and ParseFarmFile and, if it has hooks,
// of CheckHookSource for the user of this process.
absl::StatusOr<FarmFile> LoadFarmFile(FileSystem& fs, const std::string& path);

}  // namespace baton
