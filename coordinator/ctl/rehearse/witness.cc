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
constexpr uint64_t kBatonFileSizeMax = uint64_t{256} << 20;
constexpr char kPingText[] = "OutSystems Platform Server is running";

// Where an element lies: its start tag and its value, by offsets.
struct Element {
  size_t begin = 0;
  size_t value = 0;
  size_t end = 0;  // of the value
};

absl::StatusOr<Element> FindElement(absl::string_view settings, absl::string_view element) {
  constexpr size_t kNone = absl::string_view::npos;
  Element found;
  // With or without attributes.
  found.begin = std::min(settings.find(absl::StrCat("<", element, ">")),
                         settings.find(absl::StrCat("<", element, " ")));
  const size_t close = found.begin == kNone ? kNone : settings.find('>', found.begin);
  found.end = close == kNone ? kNone : settings.find('<', close);
  if (found.end == kNone) {
    return absl::NotFoundError(absl::StrCat("server.hsconf has no <", element, ">"));
  }
  found.value = close + 1;
  return found;
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

// As it lies on disk.
absl::StatusOr<std::string> LookAtStartupType(FileSystem& fs, const LabHost& host, LabStack stack,
                                              absl::string_view service) {
  if (stack == LabStack::kJava) {
    ASSIGN_OR_RETURN(const std::string file,
                     fs.ReadFile(host.state + "/os.services.conf", kSettingsSizeMax));
    return ReadUnitType(file, service);
  }
  ASSIGN_OR_RETURN(const std::string type,
                   fs.ReadFile(absl::StrCat(host.state, "/startup/", service), kWordSizeMax));
  return std::string(absl::StripAsciiWhitespace(type));
}

absl::StatusOr<SeenService> LookAtService(FileSystem& fs, const LabHost& host, LabStack stack,
                                          const LabService& service) {
  SeenService seen;
  ASSIGN_OR_RETURN(const std::string answer, AskUnix(host.state + "/control.sock",
                                                     absl::StrCat("query ", service.name, "\n")));
  seen.state = ValueOf("state", answer);
  ASSIGN_OR_RETURN(seen.startup_type, LookAtStartupType(fs, host, stack, service.name));
  seen.ports = LookAtPorts(host.address, service.ports);
  return seen;
}

absl::StatusOr<SeenHost> LookAtHost(FileSystem& fs, const LabHost& host, LabStack stack) {
  SeenHost seen;
  ASSIGN_OR_RETURN(seen.settings, fs.ReadFile(host.state + "/server.hsconf", kSettingsSizeMax));
  ASSIGN_OR_RETURN(seen.controller_host, ReadElement(seen.settings, kControllerHostElement));
  // The Java stack has no cache.
  if (stack != LabStack::kJava) {
    ASSIGN_OR_RETURN(seen.cache_host, ReadElement(seen.settings, kCacheHostElement));
  }
  for (const LabService& service : LabServices(stack)) {
    ASSIGN_OR_RETURN(seen.services[std::string(service.name)],
                     LookAtService(fs, host, stack, service));
  }
  const absl::string_view ping = stack == LabStack::kJava ? "_ping.jsf" : "_ping.html";
  ASSIGN_OR_RETURN(const std::string page, AskTcp(host.address, kLabWebPort,
                                                  absl::StrCat("GET /ServiceCenter/", ping,
                                                               " HTTP/1.1\r\nHost: lab\r\n\r\n")));
  seen.ping_page = absl::StartsWith(page, "HTTP/1.1 200 ") && absl::StrContains(page, kPingText);
  return seen;
}

// Where the farm file says that passwords are.
bool IsReferredTo(const LabLayout& layout, const std::string& path) {
  return path == layout.cache_password_file() || path == layout.service_center_password_file();
}

bool HoldsPassword(const std::string& bytes) {
  return absl::StrContains(bytes, kLabCachePassword) ||
         absl::StrContains(bytes, kLabServiceCenterPassword);
}

// Adds the files below `folder`, at any depth, that hold a password.
absl::Status FindLeaks(FileSystem& fs, const LabLayout& layout, const std::string& folder,
                       std::vector<std::string>& leaks) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.ListFolder(folder));
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(folder, "/", name);
    const absl::StatusOr<FileInfo> info = fs.Describe(path);
    // Files of a journal come and go.
    if (!info.ok() || IsReferredTo(layout, path)) continue;
    if (!info->regular) {
      if (fs.ListFolder(path).ok()) RETURN_IF_ERROR(FindLeaks(fs, layout, path, leaks));
      continue;
    }
    const absl::StatusOr<std::string> bytes = fs.ReadFile(path, kBatonFileSizeMax);
    if (absl::IsNotFound(bytes.status())) continue;
    RETURN_IF_ERROR(bytes.status());
    if (HoldsPassword(*bytes)) leaks.push_back(path);
  }
  return absl::OkStatus();
}

}  // namespace

const std::vector<LabService>& LabServices(LabStack stack) {
  static const auto* const kServices = new std::vector<LabService>{{"controller", {12000, 12100}},
                                                                   {"deployment", {12001, 12101}},
                                                                   {"scheduler", {12002, 12102}},
                                                                   {"cache", {5672}}};
  static const auto* const kJavaServices = new std::vector<LabService>{
      {"controller", {12000}}, {"deployment", {12001}}, {"scheduler", {12002}}};
  return stack == LabStack::kJava ? *kJavaServices : *kServices;
}

absl::StatusOr<SeenFarm> LookAtFarm(FileSystem& fs, const LabLayout& layout) {
  SeenFarm farm;
  for (const LabHost& host : layout.hosts()) {
    absl::StatusOr<SeenHost> seen = LookAtHost(fs, host, layout.stack());
    if (!seen.ok()) return Annotate(seen.status(), absl::StrCat("look at ", host.name));
    farm.hosts[host.name] = *std::move(seen);
  }
  ASSIGN_OR_RETURN(const std::string events,
                   fs.ReadFile(layout.database_state() + "/events.log", kEventsSizeMax));
  for (const absl::string_view line : absl::StrSplit(events, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 2));
    farm.events.push_back(words.back());
  }
  for (const std::string& folder :
       {layout.coordinator_folder(), layout.folder() + "/agents", layout.logs()}) {
    RETURN_IF_ERROR(FindLeaks(fs, layout, folder, farm.leaks));
  }
  return farm;
}

absl::StatusOr<std::string> ReadUnitType(absl::string_view file, absl::string_view service) {
  const std::string unit = service == "deployment" ? "DEPLOYER" : absl::AsciiStrToUpper(service);
  for (const absl::string_view line : absl::StrSplit(file, '\n')) {
    if (line == absl::StrCat(unit, "=\"ENABLED\"")) return std::string("automatic");
    if (line == absl::StrCat(unit, "=\"DISABLED\"")) return std::string("disabled");
  }
  return absl::NotFoundError(absl::StrCat("os.services.conf has no ", unit));
}

absl::StatusOr<std::string> ReadElement(absl::string_view settings, absl::string_view element) {
  ASSIGN_OR_RETURN(const auto place, FindElement(settings, element));
  return std::string(settings.substr(place.value, place.end - place.value));
}

std::string WithElement(absl::string_view settings, absl::string_view element,
                        absl::string_view value) {
  const auto place = FindElement(settings, element);
  if (!place.ok()) return std::string(settings);
  return absl::StrCat(settings.substr(0, place->value), value, settings.substr(place->end));
}

std::string WithoutElement(absl::string_view settings, absl::string_view element) {
  const auto place = FindElement(settings, element);
  if (!place.ok()) return std::string(settings);
  return absl::StrCat(settings.substr(0, place->begin), settings.substr(place->end));
}

}  // namespace baton::rehearse
