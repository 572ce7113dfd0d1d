#include "agent/profile/variables.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/config/config_fields.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr absl::string_view kOpen = "${";
constexpr absl::string_view kArgumentPrefix = "argument.";

std::string NamesOf(const std::map<std::string, std::string>& values) {
  if (values.empty()) return "none";
  const auto append = [](std::string* out, const auto& row) { absl::StrAppend(out, row.first); };
  return absl::StrJoin(values, ", ", append);
}

}  // namespace

bool IsVariableName(absl::string_view name) {
  const auto allowed = [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), allowed);
}

absl::StatusOr<Variables> Variables::Parse(const ConfigNode& node) {
  Variables variables;
  ASSIGN_OR_RETURN(variables.values_, config::MapOf(config::Text, kProfileVariablesMax)(node));
  for (const auto& [name, value] : variables.values_) {
    if (!IsVariableName(name)) {
      return node.KeyError(name, absl::StrCat("expected a name of a-z, 0-9 and '_', got \"",
                                              absl::CHexEscape(name), "\""));
    }
    if (absl::StrContains(value, kOpen)) {
      return node.KeyError(name, "a variable cannot refer to another");
    }
  }
  return variables;
}

absl::Status Variables::Override(const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    const auto known = values_.find(name);
    if (known == values_.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the profile has no variable \"", name, "\"; it has: ", NamesOf(values_)));
    }
    if (absl::StrContains(value, kOpen)) {
      return absl::InvalidArgumentError(
          absl::StrCat("variable \"", name, "\": a variable cannot refer to another"));
    }
    known->second = value;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Variables::Expand(const ConfigNode& node) const {
  return ExpandArgument(node, nullptr);
}

absl::StatusOr<std::string> Variables::ExpandArgument(const ConfigNode& node,
                                                      std::vector<std::string>* arguments) const {
  ASSIGN_OR_RETURN(const std::string text, node.Text());
  std::string expanded;
  absl::string_view rest = text;
  for (size_t open = rest.find(kOpen); open != absl::string_view::npos; open = rest.find(kOpen)) {
    const size_t close = rest.find('}', open);
    if (close == absl::string_view::npos) return node.Error(R"("${" without its "}")");
    const absl::string_view reference = rest.substr(open, close + 1 - open);
    absl::string_view name = rest.substr(open + kOpen.size(), close - open - kOpen.size());
    absl::StrAppend(&expanded, rest.substr(0, open));
    rest.remove_prefix(close + 1);
    const auto value = values_.find(std::string(name));
    if (value != values_.end()) {
      absl::StrAppend(&expanded, value->second);
    } else if (arguments != nullptr && absl::ConsumePrefix(&name, kArgumentPrefix) &&
               IsVariableName(name)) {
      absl::StrAppend(&expanded, reference);
      arguments->emplace_back(name);
    } else {
      return node.Error(
          absl::StrCat("unknown variable \"", reference, "\"; known are: ", NamesOf(values_)));
    }
  }
  return absl::StrCat(expanded, rest);
}

}  // namespace baton
