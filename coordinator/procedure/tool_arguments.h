#pragma once

#include <string>
#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// The parameters that a profile may give its tools, by name and kind: `username` (text) and
// `password` (secret) of a Service Center administrator, as the farm file's `service_center` has
// them, and `license_file` (file). Nobody fills others. All pure.
inline constexpr char kUsernameParameter[] = "username";
inline constexpr char kPasswordParameter[] = "password";
inline constexpr char kLicenseFileParameter[] = "license_file";

// The tool logs in to Service Center.
bool LogsIn(const plan::v1::ToolProfile& tool);

// Why no tool can log in to Service Center; empty if one can.
std::string LoginTrouble(const ObservedFarm& farm);

// The tool takes a license file.
bool TakesLicense(const plan::v1::ToolProfile& tool);

// The tool's parameters that nobody fills: "language (text)".
std::vector<std::string> UnfilledParameters(const plan::v1::ToolProfile& tool);

// Where the values of the tool's parameters come from, in the profile's order. `license` has the
// source of the license file, and no name. Parameters that nobody fills are left out.
std::vector<plan::v1::ToolArgument> ArgumentsOf(const plan::v1::ToolProfile& tool,
                                                const FarmFile& farm,
                                                const plan::v1::ToolArgument& license);

}  // namespace baton
