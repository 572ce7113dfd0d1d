#include "coordinator/procedure/findings.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/procedure/cache_findings.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/lost_findings.h"
#include "coordinator/procedure/move_findings.h"
#include "coordinator/procedure/reach_findings.h"

namespace baton {
namespace {

using plan::v1::Finding;

// Collects findings.
class Collector {
 public:
  void Add(absl::string_view name, absl::string_view host, std::string reason) {
    findings_.push_back(MakeFinding(name, host, std::move(reason)));
  }

  void Add(std::vector<Finding> findings) {
    std::move(findings.begin(), findings.end(), std::back_inserter(findings_));
  }

  std::vector<Finding> TakeSorted() {
    std::vector<Finding> sorted;
    AddFindings(std::move(findings_), sorted);
    return sorted;
  }

 private:
  std::vector<Finding> findings_;
};

// --- Who has the role ---------------------------------------------------------------------------

void FindControllerTrouble(const ObservedFarm& farm, absl::string_view to, Collector& found) {
  const std::vector<std::string> running = farm.HostsRunning(plan::v1::CONTROLLER);
  if (running.size() > 1) {
    found.Add("two-controllers", "",
              absl::StrCat("a Deployment Controller runs on ", absl::StrJoin(running, " and ")));
  }
  const ControllerVerdict controller = FindController(farm);
  if (controller.host.empty()) {
    found.Add("controller-ambiguous", "",
              absl::StrCat("it cannot be said which host has the Deployment Controller: ",
                           controller.reason));
  } else if (controller.host == to) {
    found.Add("already-controller", to,
              absl::StrCat(to, " already has the Deployment Controller: ", controller.reason));
  }
  for (const std::string& host : running) {
    // A host that is lost is told to stop it, and looked at from the others.
    const bool lost = farm.participants().FindLost(host) != nullptr;
    if (controller.host.empty() || host == controller.host || lost) continue;
    found.Add("controller-drift", host,
              absl::StrCat("a Deployment Controller runs on ", host, ", but ", controller.host,
                           " has the role"));
  }
}

// --- Each host by itself ------------------------------------------------------------------------

bool NamesTheHostItself(absl::string_view address) {
  return address == "localhost" || address == "127.0.0.1" || address == "::1";
}

bool OnInterfaces(absl::string_view address, const plan::v1::HostFacts& facts) {
  // Any address of 127.0.0.0/8 reaches a host that has a loopback interface; labs use them.
  const absl::string_view wanted = absl::StartsWith(address, "127.") ? "127.0.0.1" : address;
  return std::find(facts.addresses().begin(), facts.addresses().end(), wanted) !=
         facts.addresses().end();
}

// "fe1" of "fe1.corp.example", in lower case.
std::string FirstLabel(absl::string_view name) {
  return absl::AsciiStrToLower(name.substr(0, name.find('.')));
}

bool IsIpLiteral(absl::string_view address) {
  return address.find(':') != absl::string_view::npos ||
         address.find_first_not_of("0123456789.") == absl::string_view::npos;
}

void CheckPlatformAddress(const FarmHost& file, const plan::v1::Host& host, Collector& found) {
  const std::string& address = file.platform_address;
  const std::string own = FirstLabel(host.facts().hostname());
  if (NamesTheHostItself(address)) {
    found.Add(
        "platform-address", file.name,
        absl::StrCat("platform_address ", address, " means another machine on every other host"));
  } else if (IsIpLiteral(address) && !OnInterfaces(address, host.facts())) {
    found.Add("platform-address", file.name,
              absl::StrCat("platform_address ", address, " is on none of the host's interfaces (",
                           absl::StrJoin(host.facts().addresses(), ", "), ")"));
  } else if (!IsIpLiteral(address) && !own.empty() && FirstLabel(address) != own) {
    found.Add("address-spelling", file.name,
              absl::StrCat("platform_address ", address, " is not the host's own name, ",
                           host.facts().hostname()));
  }
}

// The platform shows a Deployment Controller twice that is named otherwise than it is registered.
void CheckSpelling(const ObservedFarm& farm, Collector& found) {
  const FarmHost* controller = farm.file().Find(FindController(farm).host);
  if (controller == nullptr || farm.LeftOut(controller->name)) return;
  const std::string named = farm.Setting(controller->name, plan::v1::CONTROLLER_HOST);
  const auto& hosts = farm.file().hosts;
  const bool of_a_host = std::any_of(hosts.begin(), hosts.end(), [&named](const FarmHost& host) {
    return host.platform_address == named;
  });
  if (named.empty() || of_a_host) return;
  found.Add("address-spelling", controller->name,
            absl::StrCat("its own configuration names the Deployment Controller by ", named,
                         ", and its platform_address is ", controller->platform_address));
}

void CheckConfiguration(const std::string& name, const plan::v1::Host& host, Collector& found) {
  const plan::v1::Configuration& configuration = host.configuration();
  if (!configuration.error().empty()) {
    found.Add("configuration-unreadable", name, configuration.error());
    return;
  }
  const bool mapped = std::any_of(configuration.settings().begin(), configuration.settings().end(),
                                  [](const plan::v1::SettingValue& s) {
                                    return s.setting() == plan::v1::CONTROLLER_HOST && !s.missing();
                                  });
  if (!mapped) {
    found.Add("setting-missing", name, "the configuration file has no controller.host");
  }
}

void CheckFacts(const std::string& name, const plan::v1::Host& host, Collector& found) {
  if (!host.facts().privileged()) {
    found.Add("not-privileged", name, "the agent may not change services and configuration");
  }
  const uint64_t free =
      std::min(host.facts().state_free_bytes(), host.facts().configuration_free_bytes());
  if (free < kFreeBytesMin) {
    found.Add("disk-space", name,
              absl::StrCat(free >> 20, " MiB are free, ", kFreeBytesMin >> 20, " MiB are needed"));
  }
  if (host.has_operation()) {
    found.Add("operation-running", name,
              absl::StrCat("the agent works on ", host.operation().operation_id()));
  }
}

void CheckServices(const std::string& name, const plan::v1::Host& host, Collector& found) {
  if (FindTool(host, plan::v1::APPLY_CONFIGURATION) == nullptr) {
    found.Add("tool-missing", name, "the host's profile has no apply-configuration");
  }
  for (const plan::v1::ServiceState& service : host.services()) {
    const bool must_be_disabled =
        service.service() == plan::v1::CONTROLLER && service.run_state() != plan::v1::ABSENT;
    if (must_be_disabled && !service.can_disable()) {
      found.Add("unit-not-maskable", name,
                absl::StrCat("the Deployment Controller cannot be disabled: ", service.detail()));
    }
  }
}

void CheckClocks(const plan::v1::HostObservation& host, absl::Time now, Collector& found) {
  const int64_t skew = host.clock_offset().seconds();
  if (std::abs(skew) >= kClockSkewSecondsMax) {
    found.Add("clock-skew", host.host(),
              absl::StrCat("the host's clock is ", std::abs(skew), " s ",
                           skew > 0 ? "ahead of" : "behind", " the Baton coordinator's"));
  }
  const absl::Time expires =
      absl::FromUnixSeconds(host.state().facts().certificate_expire_time().seconds());
  const int64_t days = absl::ToInt64Hours(expires - now) / 24;
  if (days < kCertificateDaysMin) {
    found.Add("certificate-expiry", host.host(),
              absl::StrCat("the agent's certificate ends in ", days, " days"));
  }
}

void CheckCoordinatorPlace(const FarmHost& file, const ObservedFarm& farm, Collector& found) {
  const auto& addresses = farm.observation().coordinator_addresses();
  const bool same =
      std::find(addresses.begin(), addresses.end(), file.platform_address) != addresses.end();
  if (same || farm.file().coordinator_host == file.name) {
    found.Add("coordinator-on-farm-host", file.name,
              absl::StrCat("the Baton coordinator runs on ", file.name));
  }
}

// Of hosts that are left out, FindLeftOut tells what there is to tell.
void CheckHost(const FarmHost& file, const ObservedFarm& farm, Collector& found) {
  if (farm.LeftOut(file.name)) return;
  const plan::v1::HostObservation* observation = farm.Find(file.name);
  if (observation == nullptr || !observation->has_state()) {
    found.Add("agent-unreachable", file.name,
              observation == nullptr ? "not observed" : observation->error());
    return;
  }
  const plan::v1::Host& host = observation->state();
  const absl::Time now = absl::FromUnixSeconds(farm.observation().time().seconds());
  CheckPlatformAddress(file, host, found);
  CheckConfiguration(file.name, host, found);
  CheckFacts(file.name, host, found);
  CheckServices(file.name, host, found);
  CheckClocks(*observation, now, found);
  CheckCoordinatorPlace(file, farm, found);
}

// --- Hosts compared -----------------------------------------------------------------------------

// Groups hosts by a fact and reports unless all are alike.
class Comparison {
 public:
  void Add(absl::string_view value, absl::string_view host) {
    hosts_[std::string(value)].emplace_back(host);
  }

  void Report(absl::string_view finding, absl::string_view what, bool show_values,
              Collector& found) const {
    if (hosts_.size() < 2) return;
    std::vector<std::string> groups;
    for (const auto& [value, hosts] : hosts_) {
      groups.push_back(show_values ? absl::StrCat(value.empty() ? "(none)" : value, " on ",
                                                  absl::StrJoin(hosts, ", "))
                                   : absl::StrJoin(hosts, ", "));
    }
    found.Add(finding, "",
              absl::StrCat(what, ": ", absl::StrJoin(groups, show_values ? "; " : " against ")));
  }

 private:
  std::map<std::string, std::vector<std::string>> hosts_;
};

void CompareHosts(const ObservedFarm& farm, Collector& found) {
  Comparison versions;
  Comparison keys;
  Comparison profiles;
  Comparison controllers;
  Comparison zones;
  std::map<std::string, Comparison> sections;
  for (const FarmHost& file : farm.file().hosts) {
    const plan::v1::Host* host = farm.State(file.name);
    const bool counts = host != nullptr && !farm.LeftOut(file.name);
    if (!counts || !host->configuration().error().empty()) continue;
    versions.Add(host->configuration().platform_version(), file.name);
    keys.Add(absl::BytesToHexString(host->configuration().private_key_digest()), file.name);
    profiles.Add(host->profile().name(), file.name);
    controllers.Add(farm.Setting(file.name, plan::v1::CONTROLLER_HOST), file.name);
    zones.Add(absl::StrCat("UTC", host->facts().utc_offset_seconds() < 0 ? "-" : "+",
                           std::abs(host->facts().utc_offset_seconds()) / 60, " min"),
              file.name);
    for (const plan::v1::SectionDigest& section : host->configuration().sections()) {
      sections[section.section()].Add(absl::BytesToHexString(section.digest()), file.name);
    }
  }
  versions.Report("platform-versions-differ", "platform versions differ", true, found);
  keys.Report("private-key-differs", "private.key differs", false, found);
  profiles.Report("profiles-differ", "profiles differ", true, found);
  controllers.Report("settings-differ", "controller.host differs", true, found);
  zones.Report("time-zone", "time zones differ", true, found);
  for (const auto& [section, comparison] : sections) {
    comparison.Report("database-sections-differ", absl::StrCat("section ", section, " differs"),
                      false, found);
  }
}

// Groups move with every failover, and the farm file does not.
void CompareGroups(const ObservedFarm& farm, Collector& found) {
  std::vector<std::string> differing;
  for (const FarmHost& host : farm.file().hosts) {
    const plan::v1::Group group = farm.GroupOf(host.name);
    const bool known =
        host.group != plan::v1::GROUP_UNSPECIFIED && farm.State(host.name) != nullptr;
    if (!known || farm.LeftOut(host.name) || group == host.group) continue;
    const std::string seen =
        group != plan::v1::GROUP_UNSPECIFIED
            ? Word(group)
            : absl::StrCat("neither active nor passive (its Scheduler is ",
                           DescribeService(farm.Service(host.name, plan::v1::SCHEDULER)), ")");
    differing.push_back(
        absl::StrCat(host.name, " is ", seen, ", and ", Word(host.group), " in farm.yaml"));
  }
  if (!differing.empty()) found.Add("group-differs", "", absl::StrJoin(differing, "; "));
}

}  // namespace

void AddFindings(std::vector<Finding> more, std::vector<Finding>& findings) {
  std::move(more.begin(), more.end(), std::back_inserter(findings));
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.level() > b.level(); });
}

std::vector<Finding> FindEverything(const ObservedFarm& farm, absl::string_view to,
                                    plan::v1::Procedure procedure) {
  Collector found;
  FindControllerTrouble(farm, to, found);
  if (!to.empty()) found.Add(FindCandidateTrouble(farm, to));
  found.Add(FindLeftOut(farm, to, procedure));
  for (const FarmHost& host : farm.file().hosts) CheckHost(host, farm, found);
  CompareHosts(farm, found);
  CheckSpelling(farm, found);
  CompareGroups(farm, found);
  if (procedure == plan::v1::MOVE_CONTROLLER_AND_CACHE) {
    found.Add(FindCacheTrouble(farm, to));
  }
  found.Add(FindReachTrouble(farm));
  return found.TakeSorted();
}

}  // namespace baton
