#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agent/profile/proven.h"
#include "agent/profile/variables.h"
#include "common/config/config_fields.h"
#include "common/config/config_node.h"

// What the parsers of a profile's parts have in common.
namespace baton {

inline constexpr size_t kArgumentsMax = 64;
inline constexpr absl::Duration kToolTimeoutMax = absl::Hours(24);
inline constexpr absl::Duration kDialogSilenceMax = absl::Hours(1);

// Of Windows or any other system, whichever this runs on: profiles are checked before they are
// used.
bool IsAbsolutePath(absl::string_view path);

// What is said of a path that is not.
std::string NotAbsolute(absl::string_view path);

// Reads paths with variables in them. `variables` must outlive the result.
std::function<absl::StatusOr<std::string>(const ConfigNode&)> AbsolutePath(
    const Variables& variables);

// Adds `proven`, and `source`: where what stands there is known from, which is for readers of the
// file.
void AddCommonFields(std::vector<config::Field>& fields, Proven* proven);

// Reads what a question must have in it, see DialogRule.
absl::StatusOr<std::string> Prompt(const ConfigNode& node);

}  // namespace baton
