#include "agent/profile/spec_fields.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"

namespace baton {

bool IsAbsolutePath(absl::string_view path) {
  const bool drive = path.size() >= 3 && absl::ascii_isalpha(static_cast<unsigned char>(path[0])) &&
                     path[1] == ':' && (path[2] == '\\' || path[2] == '/');
  return drive || absl::StartsWith(path, "/") || absl::StartsWith(path, R"(\\)");
}

std::string NotAbsolute(absl::string_view path) {
  return absl::StrCat("\"", absl::CHexEscape(path), "\" is not an absolute path");
}

std::function<absl::StatusOr<std::string>(const ConfigNode&)> AbsolutePath(
    const Variables& variables) {
  return [&variables](const ConfigNode& node) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(std::string path, variables.Expand(node));
    if (!IsAbsolutePath(path)) return node.Error(NotAbsolute(path));
    return path;
  };
}

void AddCommonFields(std::vector<config::Field>& fields, Proven* proven) {
  fields.push_back(config::Optional(
      "proven", proven,
      config::OneOf<Proven>(
          {{"simulated", Proven::kSimulated}, {"lab", Proven::kLab}, {"real", Proven::kReal}})));
  fields.push_back({"source", false, [](const ConfigNode& node) { return node.Text().status(); }});
}

}  // namespace baton
