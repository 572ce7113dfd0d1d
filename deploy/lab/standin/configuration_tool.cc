#include "deploy/lab/standin/configuration_tool.h"

#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/status/status_macros.h"
#include "deploy/lab/standin/apply_configuration.h"
#include "deploy/lab/standin/farm_tools.h"
#include "deploy/lab/standin/local_tools.h"

namespace baton::standin {
namespace {

using Arguments = std::vector<std::string>;

// A documented flag. Rows stand in the order in which the tool works them off.
struct Flag {
  absl::string_view name;
  size_t required;  // arguments
  size_t optional;  // arguments, taken unless they look like a flag
  bool alone;       // "cannot be combined"
  Tool (*make)(const HostState& state,
               const Arguments& arguments);  // nullptr: changes nothing here
};

constexpr Flag kFlags[] = {
    {"/WithWindowsAuthentication", 1, 0, false, nullptr},
    {"/CreateUpgradeCacheInvalidationService", 0, 0, false,
     [](const HostState& state, const Arguments&) { return CreateCacheServiceTool(state); }},
    {"/UpgradeInstall", 0, 1, false,
     [](const HostState& state, const Arguments&) { return ApplyConfigurationTool(state); }},
    {"/InstallServiceCenter", 0, 0, false,
     [](const HostState& state, const Arguments&) { return InstallServiceCenterTool(state); }},
    {"/SCInstall", 0, 0, false,
     [](const HostState& state, const Arguments&) { return InstallServiceCenterTool(state); }},
    {"/ApplySettingsFactory", 0, 0, true,
     [](const HostState& state, const Arguments&) { return ApplySettingsTool(state); }},
    {"/GetSerial", 0, 0, true,
     [](const HostState& state, const Arguments&) { return ReadSerialTool(state); }},
    {"/GetDeploymentZones", 0, 0, true,
     [](const HostState& state, const Arguments&) { return ReadZonesTool(state); }},
    {"/UploadLicense", 3, 0, true,
     [](const HostState& state, const Arguments& arguments) {
       return InstallLicenseTool(state, arguments[0], {arguments[1], arguments[2]});
     }},
};

// The row of a flag, or its number of rows.
size_t FindFlag(absl::string_view word) {
  size_t row = 0;
  while (row < std::size(kFlags) && !absl::EqualsIgnoreCase(kFlags[row].name, word)) ++row;
  return row;
}

// Takes the arguments of `flag` from `words`, beginning at `next`.
absl::StatusOr<Arguments> TakeArguments(const Flag& flag, const Arguments& words, size_t& next) {
  Arguments arguments;
  for (; next < words.size() && arguments.size() < flag.required; ++next) {
    arguments.push_back(words[next]);
  }
  if (arguments.size() < flag.required) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag.name, " needs ", flag.required, " arguments"));
  }
  const size_t most = flag.required + flag.optional;
  for (; next < words.size() && arguments.size() < most && !absl::StartsWith(words[next], "/");
       ++next) {
    arguments.push_back(words[next]);
  }
  return arguments;
}

int Usage(const absl::Status& why, std::ostream& out) {
  out << absl::string_view(why.message()) << "\nUsage: ConfigurationTool.com";
  for (const Flag& flag : kFlags) out << " [" << flag.name << "]";
  out << std::endl;
  return kUsageExitCode;
}

}  // namespace

absl::StatusOr<std::vector<Tool>> ParseConfigurationToolFlags(const HostState& state,
                                                              const Arguments& words) {
  std::map<size_t, Arguments> found;  // by row
  bool alone = false;
  for (size_t next = 0; next < words.size();) {
    const std::string& word = words[next++];
    const size_t row = FindFlag(word);
    if (row == std::size(kFlags)) {
      return absl::InvalidArgumentError(absl::StrCat("Unknown option ", word));
    }
    ASSIGN_OR_RETURN(found[row], TakeArguments(kFlags[row], words, next));
    alone = alone || kFlags[row].alone;
  }
  if (alone && found.size() > 1) {
    return absl::InvalidArgumentError("These options cannot be combined");
  }
  std::set<std::string> names;  // a flag and its older spelling ask for one tool
  std::vector<Tool> tools;
  for (const auto& [row, arguments] : found) {
    if (kFlags[row].make == nullptr) continue;
    Tool tool = kFlags[row].make(state, arguments);
    if (names.insert(tool.name).second) tools.push_back(std::move(tool));
  }
  if (tools.empty()) return absl::InvalidArgumentError("No option given");
  return tools;
}

int RunConfigurationTool(const HostState& state, const Arguments& words, std::ostream& out) {
  const absl::StatusOr<std::vector<Tool>> tools = ParseConfigurationToolFlags(state, words);
  if (!tools.ok()) return Usage(tools.status(), out);
  for (const Tool& tool : *tools) {
    const int exit_code = RunTool(state, out, tool);
    if (exit_code != 0) return exit_code;
  }
  return 0;
}

int RunOspTool(const HostState& state, const Arguments& words, std::ostream& out) {
  if (words.size() != 4 || !absl::EqualsIgnoreCase(words[0], "/PublishFactory")) {
    out << "Usage: OSPTool.com /PublishFactory HOST USER PASSWORD" << std::endl;
    return kUsageExitCode;
  }
  return RunTool(state, out, RepublishTool(state, {words[2], words[3]}));
}

int RunScInstaller(const HostState& state, const Arguments& words, std::ostream& out) {
  if (words.size() < 2 || words[0] != "-file" || words[1] != "ServiceCenter.oml") {
    out << "Usage: SCInstaller.exe -file ServiceCenter.oml [-extension NAME.xif...]" << std::endl;
    return kUsageExitCode;
  }
  return RunTool(state, out, InstallServiceCenterTool(state));
}

}  // namespace baton::standin
