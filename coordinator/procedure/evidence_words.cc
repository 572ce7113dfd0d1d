#include "coordinator/procedure/evidence_words.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/hash/sha256.h"
#include "common/words/words.h"

namespace baton {
namespace {

// Longer lines are cut where they stand among other words.
constexpr size_t kLineBytesMax = 200;

// The last line that is not blank.
absl::string_view LastLine(absl::string_view text) {
  const absl::string_view end = absl::StripTrailingAsciiWhitespace(text);
  const size_t feed = end.find_last_of("\r\n");
  return end.substr(feed == absl::string_view::npos ? 0 : feed + 1).substr(0, kLineBytesMax);
}

}  // namespace

std::string ServiceWords(const plan::v1::ServiceState& state) {
  std::string text = absl::StrCat(Word(state.service()), " is ", Word(state.run_state()));
  if (state.run_state() == plan::v1::RUNNING && state.initialization() != plan::v1::INITIALIZED) {
    absl::StrAppend(&text, ", not initialised");
  }
  absl::StrAppend(&text, ", ", Word(state.startup_type()));
  if (!state.detail().empty()) absl::StrAppend(&text, " (", state.detail(), ")");
  return text;
}

std::string SettingWords(const plan::v1::SettingValue& value) {
  return absl::StrCat(Word(value.setting()), " is ",
                      value.missing()     ? "missing"
                      : value.encrypted() ? "encrypted"
                      : value.setting() == plan::v1::CACHE_PASSWORD
                          ? "there, and never read"
                          : absl::StrCat("\"", value.value(), "\""));
}

std::string AssignmentWords(const plan::v1::Assignment& assignment) {
  return absl::StrCat("the agent keeps ", assignment.controller(), " at epoch ", assignment.epoch(),
                      ", ", Word(assignment.state()));
}

std::string SerialWords(const plan::v1::Serial& serial) {
  if (!serial.value().empty()) return absl::StrCat("the serial is ", serial.value());
  return absl::StrCat("the serial is not known", serial.error().empty() ? "" : ": ",
                      serial.error());
}

std::string HookWords(const journal::v1::HookResult& result) {
  const std::string end = result.timed_out() ? "it was ended because its time was over"
                          : result.signal() > 0
                              ? absl::StrCat("signal ", result.signal(), " ended it")
                              : absl::StrCat("exit code ", result.exit_code());
  const absl::string_view last = LastLine(result.output_tail());
  return last.empty() ? end : absl::StrCat(end, ": ", last);
}

std::vector<std::string> EvidenceLines(const journal::v1::Evidence& evidence) {
  std::vector<std::string> lines;
  for (const plan::v1::ServiceState& state : evidence.services()) {
    lines.push_back(ServiceWords(state));
  }
  for (const plan::v1::SettingValue& value : evidence.settings()) {
    lines.push_back(SettingWords(value));
  }
  if (!evidence.configuration_digest().empty()) {
    lines.push_back(
        absl::StrCat("configuration file, SHA-256 ", ToHex(evidence.configuration_digest())));
  }
  if (evidence.has_assignment()) lines.push_back(AssignmentWords(evidence.assignment()));
  if (!evidence.serial().empty()) {
    lines.push_back(absl::StrCat("the serial is ", evidence.serial()));
  }
  for (const std::string& probe : evidence.probes()) lines.push_back(probe);
  return lines;
}

}  // namespace baton
