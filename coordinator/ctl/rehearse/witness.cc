#include "coordinator/ctl/rehearse/witness.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/rehearse/outside_calls.h"

namespace baton::rehearse {
namespace {

constexpr uint64_t kSettingsSizeMax = uint64_t{1} << 20;
constexpr uint64_t kEventsSizeMax = uint64_t{16} << 20;
constexpr uint64_t kWordSizeMax = 64;
constexpr char kPingText[] = "OutSystems Platform Server is running";

// Where the value of an element lies: offset and size.
absl::StatusOr<std::pair<size_t, size_t>> FindElement(absl::string_view settings,
                                                      absl::string_view element) {
  const std::string opening = absl::StrCat("<", element, ">");
  const size_t begin = settings.find(opening);
  const size_t end = begin == absl::string_view::npos ? begin : settings.find('<', begin + 1);
  if (end == absl::string_view::npos) {
    return absl::NotFoundError(absl::StrCat("server.hsconf has no ", opening));
  }
  const size_t value = begin + opening.size();
  return std::make_pair(value, end - value);
}

std::string LookAtPorts(const std::string& address, const std::vector<uint16_t>& ports) {
  const auto open = std::count_if(ports.begin(), ports.end(),
                                  [&address](uint16_t port) { return Accepts(address, port); });
  if (open == 0) return "closed";
  return open == static_cast<std::ptrdiff_t>(ports.size()) ? "open" : "half open";
}

// The value of a word like "state=running" in an answer of the service manager.
std::string ValueOf(absl::string_view key, absl::string_view answer) {
  const std::string prefix = absl::StrCat(key, "=");
  for (const absl::string_view word : absl::StrSplit(absl::StripAsciiWhitespace(answer), ' ')) {
    if (absl::StartsWith(word, prefix)) return std::string(word.substr(prefix.size()));
  }
  return std::string(absl::StripAsciiWhitespace(answer));
}

absl::StatusOr<SeenService> LookAtService(FileSystem& fs, const LabHost& host,
                                          const LabService& service) {
  SeenService seen;
  ASSIGN_OR_RETURN(const std::string answer, AskUnix(host.state + "/control.sock",
                                                     absl::StrCat("query ", service.name, "\n")));
  seen.state = ValueOf("state", answer);
  ASSIGN_OR_RETURN(const std::string type,
                   fs.ReadFile(absl::StrCat(host.state, "/startup/", service.name), kWordSizeMax));
  seen.startup_type = std::string(absl::StripAsciiWhitespace(type));
  seen.ports = LookAtPorts(host.address, service.ports);
  return seen;
}

absl::StatusOr<SeenHost> LookAtHost(FileSystem& fs, const LabHost& host) {
  SeenHost seen;
  ASSIGN_OR_RETURN(seen.settings, fs.ReadFile(host.state + "/server.hsconf", kSettingsSizeMax));
  ASSIGN_OR_RETURN(seen.controller_host, ReadElement(seen.settings, kControllerHostElement));
  for (const LabService& service : LabServices()) {
    ASSIGN_OR_RETURN(seen.services[std::string(service.name)], LookAtService(fs, host, service));
  }
  ASSIGN_OR_RETURN(const std::string page,
                   AskTcp(host.address, kLabWebPort,
                          "GET /ServiceCenter/_ping.html HTTP/1.1\r\nHost: lab\r\n\r\n"));
  seen.ping_page = absl::StartsWith(page, "HTTP/1.1 200 ") && absl::StrContains(page, kPingText);
  return seen;
}

}  // namespace

const std::vector<LabService>& LabServices() {
  static const auto* const kServices = new std::vector<LabService>{{"controller", {12000, 12100}},
                                                                   {"deployment", {12001, 12101}},
                                                                   {"scheduler", {12002, 12102}},
                                                                   {"cache", {5672}}};
  return *kServices;
}

absl::StatusOr<SeenFarm> LookAtFarm(FileSystem& fs, const LabLayout& layout) {
  SeenFarm farm;
  for (const LabHost& host : layout.hosts()) {
    absl::StatusOr<SeenHost> seen = LookAtHost(fs, host);
    if (!seen.ok()) return Annotate(seen.status(), absl::StrCat("look at ", host.name));
    farm.hosts[host.name] = *std::move(seen);
  }
  ASSIGN_OR_RETURN(const std::string events,
                   fs.ReadFile(layout.database_state() + "/events.log", kEventsSizeMax));
  for (const absl::string_view line : absl::StrSplit(events, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 2));
    farm.events.push_back(words.back());
  }
  return farm;
}

absl::StatusOr<std::string> ReadElement(absl::string_view settings, absl::string_view element) {
  ASSIGN_OR_RETURN(const auto place, FindElement(settings, element));
  return std::string(settings.substr(place.first, place.second));
}

std::string WithElement(absl::string_view settings, absl::string_view element,
                        absl::string_view value) {
  const auto place = FindElement(settings, element);
  if (!place.ok()) return std::string(settings);
  return absl::StrCat(settings.substr(0, place->first), value,
                      settings.substr(place->first + place->second));
}

}  // namespace baton::rehearse
