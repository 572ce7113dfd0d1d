#include "common/config/config_fields.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "absl/strings/escaping.h"

namespace baton::config {
namespace {

// The number of letters to insert, remove or replace to make `a` of `b`.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

std::string Suggestion(absl::string_view key, const std::vector<Field>& fields) {
  const Field* nearest = nullptr;
  // More than a third of the letters wrong is another word.
  size_t distance_max = std::max<size_t>(2, key.size() / 3);
  for (const Field& field : fields) {
    const size_t distance = EditDistance(key.substr(0, 2 * field.key.size()), field.key);
    if (distance <= distance_max) {
      nearest = &field;
      distance_max = distance - std::min<size_t>(distance, 1);
    }
  }
  if (nearest != nullptr) return absl::StrCat("did you mean \"", nearest->key, "\"?");
  const auto append = [](std::string* out, const Field& field) { absl::StrAppend(out, field.key); };
  return absl::StrCat("known here: ", absl::StrJoin(fields, ", ", append));
}

}  // namespace

absl::Status ReadFields(const ConfigNode& node, const std::vector<Field>& fields) {
  ASSIGN_OR_RETURN(const std::vector<ConfigEntry> entries, node.Map());
  std::map<absl::string_view, const ConfigNode*> values;
  for (const ConfigEntry& entry : entries) {
    const bool known = std::any_of(fields.begin(), fields.end(),
                                   [&entry](const Field& field) { return field.key == entry.key; });
    if (!known) {
      return node.KeyError(entry.key, absl::StrCat("unknown key \"", absl::CHexEscape(entry.key),
                                                   "\"; ", Suggestion(entry.key, fields)));
    }
    values.emplace(entry.key, &entry.value);
  }
  for (const Field& field : fields) {
    if (field.required && !values.contains(field.key)) {
      return node.Error(absl::StrCat("missing \"", field.key, "\""));
    }
  }
  for (const Field& field : fields) {
    const auto value = values.find(field.key);
    if (value != values.end()) RETURN_IF_ERROR(field.read(*value->second));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Path(const ConfigNode& node) {
  ASSIGN_OR_RETURN(const std::string path, node.Text());
  return (std::filesystem::path(node.file()).parent_path() / path).string();
}

}  // namespace baton::config
