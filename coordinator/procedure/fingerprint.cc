#include "coordinator/procedure/fingerprint.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/hash/sha256.h"
#include "common/words/words.h"

namespace baton {
namespace {

using plan::v1::HostObservation;

void AddConfiguration(const plan::v1::Configuration& configuration,
                      std::vector<std::string>& lines) {
  lines.push_back(absl::StrCat("configuration ", ToHex(configuration.digest())));
  lines.push_back(absl::StrCat("platform-version ", configuration.platform_version()));
  lines.push_back(absl::StrCat("private-key ", ToHex(configuration.private_key_digest())));
  if (!configuration.error().empty()) {
    lines.push_back(absl::StrCat("unreadable ", configuration.error()));
  }
  for (const plan::v1::SettingValue& setting : configuration.settings()) {
    lines.push_back(absl::StrCat("setting ", Word(setting.setting()), " ",
                                 setting.missing()     ? "(missing)"
                                 : setting.encrypted() ? "(encrypted)"
                                                       : absl::CEscape(setting.value())));
  }
  for (const plan::v1::SectionDigest& section : configuration.sections()) {
    lines.push_back(absl::StrCat("section ", section.section(), " ", ToHex(section.digest())));
  }
}

// "setting controller.host" of "setting controller.host 10.0.0.11": what a line is about.
std::string SubjectOf(absl::string_view line) {
  const size_t first = line.find(' ');
  const bool two_words = line.substr(0, first) == "service" || line.substr(0, first) == "setting" ||
                         line.substr(0, first) == "section" || line.substr(0, first) == "license";
  const size_t end = two_words ? line.find(' ', first + 1) : first;
  return std::string(line.substr(0, end));
}

// Agents read the serial by a tool of the platform that takes its time. One that is not known is
// none that moved.
bool MayBeUnknown(absl::string_view line) { return SubjectOf(line) == "serial"; }

std::string LineAbout(absl::string_view subject, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    if (SubjectOf(line) == subject) return line;
  }
  return "";
}

std::string Sentence(absl::string_view host, absl::string_view before, absl::string_view after) {
  if (before.empty()) return absl::StrCat(host, ": now `", after, "`");
  if (after.empty()) return absl::StrCat(host, ": no longer `", before, "`");
  return absl::StrCat(host, ": was `", before, "`, is `", after, "`");
}

// What lies ready on the machine of the Baton coordinator, sorted.
std::vector<std::string> LicenseLines(const plan::v1::Observation& observation) {
  std::vector<std::string> lines;
  for (const plan::v1::StagedLicense& license : observation.licenses()) {
    lines.push_back(
        absl::StrCat("license ", absl::StrReplaceAll(license.serial(), {{" ", "_"}}), " ",
                     license.error().empty() ? ToHex(license.digest()) : "(unreadable)"));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

const HostObservation* FindHost(const plan::v1::Observation& observation, absl::string_view host) {
  for (const HostObservation& candidate : observation.hosts()) {
    if (candidate.host() == host) return &candidate;
  }
  return nullptr;
}

// The plan was made without the host: it may come and go.
bool LeavesOut(const plan::v1::Plan& plan, absl::string_view host) {
  return FindHost(plan.observation(), host) != nullptr &&
         !absl::c_linear_search(plan.hosts(), host);
}

}  // namespace

std::vector<std::string> Fingerprint(const HostObservation& host) {
  return host.has_state() ? Fingerprint(host.state()) : std::vector<std::string>{"reachable no"};
}

std::vector<std::string> Fingerprint(const plan::v1::Host& state) {
  std::vector<std::string> lines = {"reachable yes"};
  lines.push_back(absl::StrCat("agent ", state.agent_version()));
  lines.push_back(
      absl::StrCat("profile ", state.profile().name(), " ", ToHex(state.profile().digest())));
  for (const plan::v1::ServiceState& service : state.services()) {
    lines.push_back(absl::StrCat("service ", Word(service.service()), " ",
                                 Word(service.run_state()), " ", Word(service.startup_type())));
  }
  AddConfiguration(state.configuration(), lines);
  if (!state.serial().value().empty()) {
    lines.push_back(absl::StrCat("serial ", absl::CEscape(state.serial().value())));
  }
  const plan::v1::Assignment& assignment = state.assignment();
  lines.push_back(absl::StrCat("assignment ", assignment.controller(), " ", assignment.cache(), " ",
                               assignment.epoch(), " ", Word(assignment.state())));
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string PlanDigest(const plan::v1::Plan& plan) {
  const plan::v1::Observation& observation = plan.observation();
  std::string text = absl::StrCat("farm-file ", ToHex(plan.farm_file_digest()), "\n");
  for (const HostObservation& host : observation.hosts()) {
    if (LeavesOut(plan, host.host())) continue;
    absl::StrAppend(&text, "host ", host.host(), "\n", absl::StrJoin(Fingerprint(host), "\n"),
                    "\n");
  }
  for (const std::string& line : LicenseLines(observation)) absl::StrAppend(&text, line, "\n");
  return Sha256(text);
}

std::vector<std::string> Moved(absl::string_view host, const std::vector<std::string>& before,
                               const std::vector<std::string>& after) {
  std::vector<std::string> gone;
  std::vector<std::string> come;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(gone));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(come));
  std::vector<std::string> sentences;
  sentences.reserve(gone.size() + come.size());
  for (const std::string& line : gone) {
    const std::string now = LineAbout(SubjectOf(line), come);
    if (!now.empty() || !MayBeUnknown(line)) sentences.push_back(Sentence(host, line, now));
  }
  for (const std::string& line : come) {
    const bool is_new = LineAbout(SubjectOf(line), gone).empty();
    if (is_new && !MayBeUnknown(line)) sentences.push_back(Sentence(host, "", line));
  }
  return sentences;
}

std::vector<std::string> Moved(const plan::v1::Plan& plan, const plan::v1::Observation& after) {
  const plan::v1::Observation& before = plan.observation();
  std::vector<std::string> sentences;
  for (const HostObservation& host : after.hosts()) {
    if (LeavesOut(plan, host.host())) continue;
    const HostObservation* old = FindHost(before, host.host());
    const std::vector<std::string> lines =
        old == nullptr ? std::vector<std::string>() : Fingerprint(*old);
    for (std::string& sentence : Moved(host.host(), lines, Fingerprint(host))) {
      sentences.push_back(std::move(sentence));
    }
  }
  for (const HostObservation& host : before.hosts()) {
    if (FindHost(after, host.host()) == nullptr && !LeavesOut(plan, host.host())) {
      sentences.push_back(absl::StrCat(host.host(), ": is no longer observed"));
    }
  }
  for (std::string& sentence :
       Moved("Baton coordinator", LicenseLines(before), LicenseLines(after))) {
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace baton
