#include "common/config/config_node.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/config/config_tree.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

// More of a wrong value is not shown.
constexpr size_t kShownSizeBytesMax = 60;

std::string Shown(const ConfigTree& tree) {
  switch (tree.kind) {
    case ConfigKind::kNothing:
      return "nothing";
    case ConfigKind::kScalar:
      break;
    case ConfigKind::kList:
      return "a list";
    case ConfigKind::kMap:
      return "a map";
  }
  const bool cut = tree.scalar.size() > kShownSizeBytesMax;
  return absl::StrCat("\"", absl::CHexEscape(tree.scalar.substr(0, kShownSizeBytesMax)),
                      cut ? "\"..." : "\"");
}

absl::Status ErrorAt(const ConfigTree& tree, int line, int column, absl::string_view path,
                     absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat(*tree.file, ":", line, ":", column, ": ", path,
                                                 path.empty() ? "" : ": ", message));
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

ConfigNode::ConfigNode(std::shared_ptr<const ConfigTree> tree, std::string path)
    : tree_(std::move(tree)), path_(std::move(path)) {}

ConfigKind ConfigNode::kind() const { return tree_->kind; }

const std::string& ConfigNode::file() const { return *tree_->file; }

int ConfigNode::line() const { return tree_->line; }

absl::Status ConfigNode::Error(absl::string_view message) const {
  return ErrorAt(*tree_, tree_->line, tree_->column, path_, message);
}

absl::Status ConfigNode::Expected(absl::string_view what) const {
  return Error(absl::StrCat("expected ", what, ", got ", Shown(*tree_)));
}

absl::Status ConfigNode::KeyError(absl::string_view key, absl::string_view message) const {
  const auto entry =
      std::find_if(tree_->entries.begin(), tree_->entries.end(),
                   [key](const ConfigTree::Entry& candidate) { return candidate.key == key; });
  if (entry == tree_->entries.end()) return Error(message);
  return ErrorAt(*entry->value, entry->line, entry->column, path_, message);
}

absl::StatusOr<std::string> ConfigNode::Text() const {
  if (tree_->kind != ConfigKind::kScalar || tree_->scalar.empty()) return Expected("text");
  const std::string& text = tree_->scalar;
  if (text.size() > kConfigValueSizeBytesMax) {
    return Error(
        absl::StrCat("expected at most ", kConfigValueSizeBytesMax, " bytes, got ", text.size()));
  }
  if (std::any_of(text.begin(), text.end(), IsControl)) {
    return Expected("text on one line without control characters");
  }
  return text;
}

absl::StatusOr<int64_t> ConfigNode::Integer(int64_t min, int64_t max) const {
  int64_t number = 0;
  // A kind other than scalar has an empty scalar, which is no number.
  if (!absl::SimpleAtoi(tree_->scalar, &number) || number < min || number > max) {
    return Expected(absl::StrCat("a number from ", min, " to ", max));
  }
  return number;
}

absl::StatusOr<bool> ConfigNode::Bool() const {
  if (tree_->scalar == "true") return true;
  if (tree_->scalar == "false") return false;
  return Expected("true or false");
}

absl::StatusOr<absl::Duration> ConfigNode::Duration(absl::Duration min, absl::Duration max) const {
  absl::Duration span;
  if (!absl::ParseDuration(tree_->scalar, &span) || span < min || span > max) {
    return Expected(absl::StrCat("a time span like 30s or 15m, from ", absl::FormatDuration(min),
                                 " to ", absl::FormatDuration(max)));
  }
  return span;
}

absl::StatusOr<absl::Time> ConfigNode::Time() const {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, tree_->scalar, &time, &error) &&
      !absl::ParseTime("%Y-%m-%d", tree_->scalar, &time, &error)) {
    return Expected("a time like 2024-05-01 or 2024-05-01T10:00:00Z");
  }
  return time;
}

absl::StatusOr<std::vector<ConfigNode>> ConfigNode::List() const {
  if (tree_->kind != ConfigKind::kList) return Expected("a list");
  std::vector<ConfigNode> nodes;
  nodes.reserve(tree_->elements.size());
  for (const auto& element : tree_->elements) {
    nodes.emplace_back(element, absl::StrCat(path_, "[", nodes.size(), "]"));
  }
  return nodes;
}

absl::StatusOr<std::vector<ConfigEntry>> ConfigNode::Map() const {
  if (tree_->kind != ConfigKind::kMap) return Expected("a map");
  std::vector<ConfigEntry> entries;
  entries.reserve(tree_->entries.size());
  for (const ConfigTree::Entry& entry : tree_->entries) {
    entries.push_back(
        {entry.key,
         ConfigNode(entry.value, absl::StrCat(path_, path_.empty() ? "" : ".", entry.key))});
  }
  return entries;
}

}  // namespace baton
