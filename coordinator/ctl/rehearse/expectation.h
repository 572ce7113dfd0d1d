#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "baton/plan/v1/run.pb.h"
#include "coordinator/ctl/rehearse/lab_layout.h"
#include "coordinator/ctl/rehearse/witness.h"

namespace baton::rehearse {

// What a service must be found to do; nothing where it cannot be said.
struct ExpectedService {
  std::optional<bool> running;  // and initialised: its ports are open
  std::optional<std::string> startup_type;
};

// What a host must be found to be.
struct ExpectedHost {
  std::optional<std::string> controller_host;
  std::optional<std::string> cache_host;
  bool password_may_change = false;  // of the cache, as it stands in the settings
  std::map<std::string, ExpectedService> services;
  bool ping_page = false;  // must answer; where it need not, nothing is said
};

// What a farm must be found to be.
struct ExpectedFarm {
  std::map<std::string, ExpectedHost> hosts;
  bool moved = false;        // the Deployment Controller, and the whole procedure is done
  bool cache_moved = false;  // and it was about the cache, too
  // What the database's newest license and republication must be for: "LAB-7-2 fe2" and "fe2";
  // empty where nothing is said.
  std::string licensed;
  std::string republished;
};

// What the farm must be after a run, judged by how it was before. A run that succeeded is measured
// by what the vendor's procedure is for, whatever its steps were; another one by its word: the
// steps that it says are done have their effect, those that it did not reach have none, and of
// those between nothing is said. Pure.
ExpectedFarm ExpectAfter(const SeenFarm& before, const LabLayout& layout, const plan::v1::Run& run);

// One thing that was looked at.
struct OutsideCheck {
  std::string name;     // "fe1/settings"
  std::string failure;  // what was found instead; empty if all is as it must be
};

// Compares. Pure.
std::vector<OutsideCheck> CheckFarm(const SeenFarm& before, const SeenFarm& after,
                                    const ExpectedFarm& expected, const std::string& to);

}  // namespace baton::rehearse
