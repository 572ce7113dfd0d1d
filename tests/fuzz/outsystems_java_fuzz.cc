// Any bytes as an os.services.conf, and as what the init script's status prints. The bytes up to
// the first zero are the name of a unit and a title; the rest is the text. What is accepted is read
// back after an edit, and no other byte of it changes.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agent/dialog/dialog.h"
#include "agent/platform/outsystems_java/services_file.h"
#include "agent/platform/outsystems_java/status_lines.h"

namespace baton {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void ExerciseServicesFile(const std::string& unit, const std::string& text) {
  const auto value = ReadUnit(text, unit);
  const auto edited = WithUnit(text, unit, kUnitDisabled);
  Require(value.status() == edited.status());
  if (!value.ok()) {
    Require(absl::IsNotFound(value.status()) || absl::IsFailedPrecondition(value.status()));
    return;
  }
  Require(edited->size() == text.size() - value->size() + kUnitDisabled.size());
  Require(ReadUnit(*edited, unit).value_or("") == kUnitDisabled);
  Require(WithUnit(*edited, unit, *value).value_or("") == text);
}

void ExerciseStatus(const std::string& title, const std::string& text) {
  const auto words = StatusWords(text, title);
  if (!words.ok()) return;
  Require(!absl::StrContains(*words, '\n'));
  const auto state = RunStateOf(*words, {{*words, plan::v1::RUNNING}});
  Require(words->empty() || state == plan::v1::RUNNING);
}

void ExerciseDialog(const std::string& prompt, const std::string& text) {
  Dialog dialog({{{prompt, "Y"}}, absl::Seconds(1)}, absl::Minutes(1));
  dialog.Add(text, absl::ZeroDuration());
  for (absl::Duration now; now < absl::Seconds(5); now += absl::Milliseconds(100)) {
    if (std::holds_alternative<DialogStop>(dialog.Next(now))) return;
  }
  std::abort();  // one second of silence ends it
}

}  // namespace
}  // namespace baton

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(data, data + size);
  const size_t zero = input.find('\0');
  if (zero == std::string::npos || zero == 0) return 0;
  const std::string name = input.substr(0, zero);
  const std::string text = input.substr(zero + 1);
  baton::ExerciseServicesFile("CONTROLLER", text);
  baton::ExerciseStatus(name, text);
  baton::ExerciseDialog(name, text);
  return 0;
}
