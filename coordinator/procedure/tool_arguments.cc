#include "coordinator/procedure/tool_arguments.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace baton {
namespace {

using plan::v1::ToolArgument;
using plan::v1::ToolParameter;
using plan::v1::ToolProfile;

// A parameter that Baton fills.
struct KnownParameter {
  absl::string_view name;
  ToolParameter::Kind kind;
};

constexpr KnownParameter kUsername = {kUsernameParameter, ToolParameter::TEXT};
constexpr KnownParameter kPassword = {kPasswordParameter, ToolParameter::SECRET};
constexpr KnownParameter kLicenseFile = {kLicenseFileParameter, ToolParameter::FILE};

bool Is(const ToolParameter& parameter, const KnownParameter& known) {
  return parameter.name() == known.name && parameter.kind() == known.kind;
}

bool Takes(const ToolProfile& tool, const KnownParameter& known) {
  return std::any_of(tool.parameters().begin(), tool.parameters().end(),
                     [&known](const ToolParameter& parameter) { return Is(parameter, known); });
}

}  // namespace

bool LogsIn(const ToolProfile& tool) { return Takes(tool, kUsername) || Takes(tool, kPassword); }

std::string LoginTrouble(const ObservedFarm& farm) {
  if (!farm.file().service_center.has_value()) return "the farm file has no service_center";
  for (const plan::v1::SecretCheck& secret : farm.observation().secrets()) {
    if (secret.name() == kServiceCenterPassword && !secret.error().empty()) return secret.error();
  }
  return "";
}

bool TakesLicense(const ToolProfile& tool) { return Takes(tool, kLicenseFile); }

std::vector<std::string> UnfilledParameters(const ToolProfile& tool) {
  std::vector<std::string> unfilled;
  for (const ToolParameter& parameter : tool.parameters()) {
    if (Is(parameter, kUsername) || Is(parameter, kPassword) || Is(parameter, kLicenseFile)) {
      continue;
    }
    unfilled.push_back(
        absl::StrCat(parameter.name(), " (",
                     absl::AsciiStrToLower(ToolParameter::Kind_Name(parameter.kind())), ")"));
  }
  return unfilled;
}

std::vector<ToolArgument> ArgumentsOf(const ToolProfile& tool, const FarmFile& farm,
                                      const ToolArgument& license) {
  std::vector<ToolArgument> arguments;
  for (const ToolParameter& parameter : tool.parameters()) {
    ToolArgument argument;
    if (Is(parameter, kLicenseFile)) {
      argument = license;
    } else if (Is(parameter, kUsername) && farm.service_center.has_value()) {
      argument.set_text(farm.service_center->username);
    } else if (Is(parameter, kPassword)) {
      argument.set_secret(kServiceCenterPassword);
    } else {
      continue;
    }
    argument.set_name(parameter.name());
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

}  // namespace baton
