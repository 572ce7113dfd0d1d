#include "coordinator/procedure/cache_move.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"

namespace baton {
namespace {

using plan::v1::SettingChange;
using plan::v1::SettingValue;

constexpr uint32_t kPortDefault = 5672;

// As the platform spells it.
std::string Spelled(bool value) { return value ? "True" : "False"; }

// What the farm file says of a setting; nothing if it is silent.
std::optional<std::string> FromFarmFile(const CacheSettings& cache, plan::v1::Setting setting) {
  switch (setting) {
    case plan::v1::CACHE_PORT:
      if (!cache.port.has_value()) return std::nullopt;
      return absl::StrCat(*cache.port);
    case plan::v1::CACHE_VIRTUAL_HOST:
      return cache.virtual_host;
    case plan::v1::CACHE_USERNAME:
      return cache.username;
    case plan::v1::CACHE_TLS:
      if (!cache.tls.has_value()) return std::nullopt;
      return Spelled(*cache.tls);
    case plan::v1::CACHE_TLS_NAME:
      return cache.tls_name;
    default:
      return std::nullopt;
  }
}

// The value on the host; nothing if it cannot be read or is not there.
std::optional<std::string> FromHost(const ObservedFarm& farm, const std::string& host,
                                    plan::v1::Setting setting) {
  const SettingValue* found = FindSetting(farm, host, setting);
  if (found == nullptr || found->missing() || found->encrypted()) return std::nullopt;
  return found->value();
}

// The value that a former run found; nothing if it could not be read. Without a key the platform
// speaks no TLS: that is a value, too.
std::optional<std::string> FromCapture(const ObservedFarm& former, const std::string& host,
                                       plan::v1::Setting setting) {
  const SettingValue* found = FindSetting(former, host, setting);
  const bool tls = setting == plan::v1::CACHE_TLS || setting == plan::v1::CACHE_TLS_NAME;
  if (found != nullptr && found->missing() && tls) return "";
  return FromHost(former, host, setting);
}

// What the setting shall be everywhere; nothing if nobody says.
std::optional<std::string> Wanted(const ObservedFarm& farm, const std::string& model,
                                  plan::v1::Setting setting) {
  if (std::optional<std::string> value = FromFarmFile(farm.file().cache, setting)) return value;
  return FromHost(farm, model, setting);
}

constexpr plan::v1::Setting kSettings[] = {plan::v1::CACHE_PORT, plan::v1::CACHE_VIRTUAL_HOST,
                                           plan::v1::CACHE_USERNAME, plan::v1::CACHE_TLS,
                                           plan::v1::CACHE_TLS_NAME};

void Expect(plan::v1::Setting setting, const std::string& value,
            plan::v1::CacheExpectation& expected) {
  uint32_t port = 0;
  switch (setting) {
    case plan::v1::CACHE_PORT:
      if (absl::SimpleAtoi(value, &port)) expected.set_port(port);
      return;
    case plan::v1::CACHE_VIRTUAL_HOST:
      return expected.set_virtual_host(value);
    case plan::v1::CACHE_USERNAME:
      return expected.set_username(value);
    case plan::v1::CACHE_TLS:
      return expected.set_tls(absl::EqualsIgnoreCase(value, "true"));
    case plan::v1::CACHE_TLS_NAME:
      return expected.set_tls_name(value);
    default:
      return;
  }
}

std::string Shown(const SettingValue* value) {
  if (value == nullptr || value->missing()) return "(missing)";
  return value->encrypted() ? "(encrypted)" : value->value();
}

}  // namespace

const SettingValue* FindSetting(const ObservedFarm& farm, const std::string& host,
                                plan::v1::Setting setting) {
  const plan::v1::Host* state = farm.State(host);
  if (state == nullptr) return nullptr;
  const auto& settings = state->configuration().settings();
  const auto found =
      std::find_if(settings.begin(), settings.end(),
                   [setting](const SettingValue& value) { return value.setting() == setting; });
  return found == settings.end() ? nullptr : &*found;
}

CacheVerdict FindCache(const ObservedFarm& farm) {
  const plan::v1::Assignment assignment = farm.NewestAssignment();
  if (!assignment.cache().empty() && farm.file().Find(assignment.cache()) != nullptr) {
    return {assignment.cache(), false,
            absl::StrCat("the assignment of epoch ", assignment.epoch(), " says so")};
  }
  const SettingOnHosts named = farm.SettingEverywhere(plan::v1::CACHE_HOST);
  const std::string seen = DescribeSetting(plan::v1::CACHE_HOST, named);
  if (named.values.empty()) return {"", true, seen};
  if (!named.Agrees()) return {"", false, seen};
  for (const FarmHost& host : farm.file().hosts) {
    if (host.platform_address == named.values.front()) return {host.name, false, seen};
  }
  return {"", true, seen};
}

plan::v1::CacheExpectation CacheAsFound(const ObservedFarm& farm, const std::string& host) {
  plan::v1::CacheExpectation expected;
  expected.set_address(farm.Setting(host, plan::v1::CACHE_HOST));
  expected.set_port(kPortDefault);
  for (const plan::v1::Setting setting : kSettings) {
    if (const auto value = FromHost(farm, host, setting)) Expect(setting, *value, expected);
  }
  return expected;
}

bool HasCache(const ObservedFarm& farm) {
  const auto& hosts = farm.file().hosts;
  const bool installed = std::any_of(hosts.begin(), hosts.end(), [&farm](const FarmHost& host) {
    return farm.Service(host.name, plan::v1::CACHE) != nullptr;
  });
  return installed && !FindCache(farm).outside;
}

std::string ModelOfCache(const ObservedFarm& farm, const std::string& to) {
  const std::string controller = FindController(farm).host;
  return farm.State(controller) == nullptr ? to : controller;
}

CacheMove PlanCacheMove(const ObservedFarm& farm, const std::string& to, const std::string& model,
                        const ObservedFarm* former) {
  CacheMove move;
  move.from = FindCache(farm).host;
  const std::string& address = farm.file().Find(to)->platform_address;
  move.settings.push_back({plan::v1::CACHE_HOST, address, ""});
  move.expected.set_address(address);
  move.expected.set_port(kPortDefault);
  for (const plan::v1::Setting setting : kSettings) {
    std::optional<std::string> value =
        former == nullptr ? std::nullopt : FromCapture(*former, to, setting);
    if (!value.has_value()) value = Wanted(farm, model, setting);
    if (!value.has_value()) continue;
    Expect(setting, *value, move.expected);
    move.settings.push_back({setting, *std::move(value), ""});
  }
  if (farm.file().secrets.contains(kCachePassword)) {
    move.settings.push_back({plan::v1::CACHE_PASSWORD, "", kCachePassword});
    move.expected.set_secret(kCachePassword);
  }
  return move;
}

std::vector<SettingChange> CacheChanges(const ObservedFarm& farm, const CacheMove& move,
                                        const std::string& host) {
  std::vector<SettingChange> changes;
  for (const CacheSetting& wanted : move.settings) {
    const SettingValue* found = FindSetting(farm, host, wanted.setting);
    const bool readable = found != nullptr && !found->missing() && !found->encrypted();
    // An empty value and no key at all are the same to the platform.
    const bool absent = found == nullptr || found->missing();
    const bool equal = wanted.secret.empty() && ((readable && found->value() == wanted.value) ||
                                                 (absent && wanted.value.empty()));
    if (equal && wanted.setting != plan::v1::CACHE_HOST) continue;
    SettingChange& change = changes.emplace_back();
    change.set_setting(wanted.setting);
    change.set_old_value(wanted.secret.empty() ? Shown(found) : "");
    change.set_new_value(wanted.value);
    change.set_secret(wanted.secret);
  }
  return changes;
}

}  // namespace baton
