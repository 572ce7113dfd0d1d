#include "deploy/lab/standin/services_file.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace baton::standin {
namespace {

std::string LineOf(absl::string_view unit, bool enabled) {
  return absl::StrCat(unit, "=\"", enabled ? "ENABLED" : "DISABLED", "\"");
}

absl::Status NoUnit(absl::string_view unit) {
  return absl::NotFoundError(absl::StrCat(kServicesFileName, " has no ", unit));
}

}  // namespace

const std::vector<JavaUnit>& JavaUnits() {
  static const auto* const kUnits = new std::vector<JavaUnit>{
      {"CONTROLLER", "controller", "OutSystems Deployment Controller Service"},
      {"DEPLOYER", "deployment", "OutSystems Deployment Service"},
      {"SCHEDULER", "scheduler", "OutSystems Scheduler Service"},
      {"LOG", "", "OutSystems Log Service"}};
  return *kUnits;
}

const JavaUnit* FindJavaUnit(absl::string_view unit) {
  for (const JavaUnit& candidate : JavaUnits()) {
    if (candidate.unit == unit) return &candidate;
  }
  return nullptr;
}

const JavaUnit* FindUnitOfService(absl::string_view service) {
  for (const JavaUnit& candidate : JavaUnits()) {
    if (!service.empty() && candidate.service == service) return &candidate;
  }
  return nullptr;
}

std::string MakeServicesFile() {
  std::string file = "# Which OutSystems services run on this server. Made by the installer.\n";
  for (const JavaUnit& unit : JavaUnits()) absl::StrAppend(&file, LineOf(unit.unit, false), "\n");
  return file;
}

absl::StatusOr<bool> IsUnitEnabled(absl::string_view file, absl::string_view unit) {
  for (const absl::string_view line : absl::StrSplit(file, '\n')) {
    if (absl::StartsWith(line, absl::StrCat(unit, "="))) return line == LineOf(unit, true);
  }
  return NoUnit(unit);
}

absl::StatusOr<std::string> WithUnitEnabled(absl::string_view file, absl::string_view unit,
                                            bool enabled) {
  std::vector<std::string> lines = absl::StrSplit(file, '\n');
  for (std::string& line : lines) {
    if (!absl::StartsWith(line, absl::StrCat(unit, "="))) continue;
    line = LineOf(unit, enabled);
    return absl::StrJoin(lines, "\n");
  }
  return NoUnit(unit);
}

}  // namespace baton::standin
