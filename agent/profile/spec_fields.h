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
#include "common/status/status_macros.h"

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

// Reads a word that `parse`, one of the functions of common/words/words.h, knows.
template <typename T>
absl::StatusOr<T> KnownWord(const ConfigNode& node, absl::StatusOr<T> (*parse)(absl::string_view)) {
  ASSIGN_OR_RETURN(const std::string text, node.Text());
  absl::StatusOr<T> value = parse(text);
  if (!value.ok()) return node.Error(value.status().message());
  return value;
}

// Reads what a question must have in it, see DialogRule.
absl::StatusOr<std::string> Prompt(const ConfigNode& node);

}  // namespace baton
