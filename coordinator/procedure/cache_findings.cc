#include "coordinator/procedure/cache_findings.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/words/words.h"
#include "coordinator/procedure/cache_move.h"
#include "coordinator/procedure/finding_catalog.h"

namespace baton {
namespace {

using plan::v1::Finding;
using Findings = std::vector<Finding>;

// Keys that came after the platform's first versions, and that profiles let Baton add.
bool MayBeMissing(plan::v1::Setting setting) {
  return setting == plan::v1::CACHE_TLS || setting == plan::v1::CACHE_TLS_NAME;
}

void CheckPlace(const CacheVerdict& cache, absl::string_view to, Findings& found) {
  if (cache.outside) {
    found.push_back(
        MakeFinding("cache-not-in-farm", "",
                    absl::StrCat("the cache is on none of the farm's hosts: ", cache.reason)));
  } else if (cache.host.empty()) {
    found.push_back(
        MakeFinding("cache-ambiguous", "",
                    absl::StrCat("it cannot be said which host has the cache: ", cache.reason)));
  } else if (cache.host == to) {
    found.push_back(MakeFinding("cache-already-there", to,
                                absl::StrCat(to, " already has the cache: ", cache.reason)));
  }
}

// The old cache must be able to stay down.
void CheckOldCache(const ObservedFarm& farm, const std::string& host, Findings& found) {
  const plan::v1::ServiceState* cache = farm.Service(host, plan::v1::CACHE);
  if (farm.LeftOut(host) || cache == nullptr || cache->can_disable()) return;
  found.push_back(MakeFinding("unit-not-maskable", host,
                              absl::StrCat("the cache cannot be disabled: ", cache->detail())));
}

void CheckSecrets(const ObservedFarm& farm, Findings& found) {
  for (const plan::v1::SecretCheck& secret : farm.observation().secrets()) {
    if (secret.name() == kCachePassword && !secret.error().empty()) {
      found.push_back(MakeFinding("secret-unreadable", "", secret.error()));
    }
  }
  if (farm.file().secrets.contains(kCachePassword)) return;
  found.push_back(MakeFinding("cache-password-unknown", "",
                              "without the cache's password it cannot be proved that hosts can log "
                              "in to it: only its port is tried, the rest stays unknown"));
}

void CheckCandidate(const ObservedFarm& farm, const std::string& to, Findings& found) {
  const plan::v1::Host* host = farm.State(to);
  if (host == nullptr) return;
  const auto& services = host->services();
  // The service itself may be absent until the tool has made it.
  const bool knows = std::any_of(
      services.begin(), services.end(),
      [](const plan::v1::ServiceState& state) { return state.service() == plan::v1::CACHE; });
  if (!knows) {
    found.push_back(
        MakeFinding("service-missing", to, absl::StrCat("the profile on ", to, " has no cache")));
  }
  if (FindTool(*host, plan::v1::CREATE_CACHE_SERVICE) != nullptr) return;
  found.push_back(MakeFinding("tool-missing", to,
                              absl::StrCat("the profile on ", to, " has no create-cache-service")));
}

// Keys that the rewrite needs, and that the agent will not add.
void CheckSettings(const ObservedFarm& farm, const CacheMove& move, Findings& found) {
  for (const FarmHost& host : farm.file().hosts) {
    const plan::v1::Host* state = farm.State(host.name);
    const bool counts = state != nullptr && !farm.LeftOut(host.name);
    if (!counts || !state->configuration().error().empty()) continue;
    for (const plan::v1::SettingChange& change : CacheChanges(farm, move, host.name)) {
      const plan::v1::SettingValue* value = FindSetting(farm, host.name, change.setting());
      const bool there = value != nullptr && !value->missing();
      if (there || (value != nullptr && MayBeMissing(change.setting()))) continue;
      found.push_back(
          MakeFinding("setting-missing", host.name,
                      absl::StrCat("the configuration file has no ", Word(change.setting()))));
    }
  }
  if (move.expected.secret().empty() || !move.expected.username().empty()) return;
  found.push_back(MakeFinding("setting-missing", "",
                              "nobody says who logs in to the cache: cache.username is neither in "
                              "the farm file nor readable on the old Deployment Controller"));
}

}  // namespace

std::vector<Finding> FindCacheTrouble(const ObservedFarm& farm, absl::string_view to) {
  Findings found;
  const CacheVerdict cache = FindCache(farm);
  CheckPlace(cache, to, found);
  if (!cache.host.empty() && cache.host != to) CheckOldCache(farm, cache.host, found);
  CheckSecrets(farm, found);
  if (to.empty()) return found;
  const std::string name(to);
  CheckCandidate(farm, name, found);
  CheckSettings(farm, PlanCacheMove(farm, name, ModelOfCache(farm, name), nullptr), found);
  return found;
}

}  // namespace baton
