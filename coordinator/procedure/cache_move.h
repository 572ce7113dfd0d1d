#pragma once

#include <string>
#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Which host has the cache, or why that cannot be said.
struct CacheVerdict {
  std::string host;      // empty if it cannot be said, or if the cache is none of the farm's
  bool outside = false;  // every host names one address that is none of the farm's, or none at all
  std::string reason;    // how it was decided, or why it was not
};

// The assignment's host; where it names none, the one host that every host's cache.host names by
// its platform_address.
CacheVerdict FindCache(const ObservedFarm& farm);

// The cache is the farm's: some host has its service, and configurations do not name one elsewhere.
// Whether it is known which host has it is another question.
bool HasCache(const ObservedFarm& farm);

// A value of the cache's part of the configuration file, as every host shall have it.
struct CacheSetting {
  plan::v1::Setting setting = plan::v1::SETTING_UNSPECIFIED;
  std::string value;
  std::string secret;  // names the secret that holds the value; then `value` is empty
};

// Where the cache goes, and what that means for every host.
struct CacheMove {
  std::string from;                     // has it now
  std::vector<CacheSetting> settings;   // cache.host first
  plan::v1::CacheExpectation expected;  // how it must answer every host
};

// The move of the cache to `to`. What the farm file does not say of its settings is taken from
// `model`, see ModelOfCache. A cache that goes back to where it was is given the
// settings that it had there, as `former` shows them of `to`; null for any other. Pure.
CacheMove PlanCacheMove(const ObservedFarm& farm, const std::string& to, const std::string& model,
                        const ObservedFarm* former);

// The host whose settings of the cache a move to `to` takes over, where nothing else says them: the
// old Deployment Controller, or `to` itself where that does not answer or is not known. Pure.
std::string ModelOfCache(const ObservedFarm& farm, const std::string& to);

// How the cache that the configuration of `host` names must answer, without a secret. Pure.
plan::v1::CacheExpectation CacheAsFound(const ObservedFarm& farm, const std::string& host);

// The setting as the host has it; null if its profile has none.
const plan::v1::SettingValue* FindSetting(const ObservedFarm& farm, const std::string& host,
                                          plan::v1::Setting setting);

// What of the move's settings must be written on the host, with old values for people.
std::vector<plan::v1::SettingChange> CacheChanges(const ObservedFarm& farm, const CacheMove& move,
                                                  const std::string& host);

}  // namespace baton
