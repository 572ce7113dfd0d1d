#include "agent/configuration/document.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/hash/sha256.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

// The one element with this name. `what` names it in errors.
template <typename Item>
absl::StatusOr<const Item*> FindOnly(const std::vector<Item>& items, absl::string_view name,
                                     absl::string_view what) {
  const auto has_name = [name](const Item& item) { return item.element.name == name; };
  const auto found = std::find_if(items.begin(), items.end(), has_name);
  if (found == items.end()) return absl::NotFoundError(absl::StrCat(what, " does not exist"));
  if (std::any_of(found + 1, items.end(), has_name)) {
    return absl::FailedPreconditionError(absl::StrCat(what, " occurs more than once"));
  }
  return &*found;
}

// Appends a text in a form from which it can be told apart from its neighbours.
void AppendField(absl::string_view text, std::string* out) {
  absl::StrAppend(out, text.size(), ":", text);
}

// The fields of one attribute or key.
std::string Record(absl::string_view kind, absl::string_view name, absl::string_view value) {
  std::string record;
  AppendField(kind, &record);
  AppendField(name, &record);
  AppendField(value, &record);
  return record;
}

}  // namespace

absl::StatusOr<ConfigurationPath> ConfigurationPath::Parse(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() != 2 || parts[0].empty() || parts[1].empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("configuration path \"", text, "\" is not of the form Section/Key"));
  }
  return ConfigurationPath{parts[0], parts[1]};
}

bool IsEncrypted(const ConfigurationKey& key) {
  return std::any_of(key.element.attributes.begin(), key.element.attributes.end(),
                     [](const ConfigurationAttribute& attribute) {
                       return attribute.name == "encrypted" &&
                              absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(attribute.value),
                                                     "true");
                     });
}

ConfigurationDocument::ConfigurationDocument(std::string bytes, ConfigurationTree tree)
    : bytes_(std::move(bytes)), tree_(std::move(tree)) {}

absl::StatusOr<ConfigurationDocument> ConfigurationDocument::Parse(std::string bytes) {
  ASSIGN_OR_RETURN(ConfigurationTree tree, ParseConfigurationTree(bytes));
  return ConfigurationDocument(std::move(bytes), std::move(tree));
}

absl::StatusOr<ConfigurationDocument::Value> ConfigurationDocument::Find(
    absl::string_view path) const {
  ASSIGN_OR_RETURN(const ConfigurationPath parsed, ConfigurationPath::Parse(path));
  ASSIGN_OR_RETURN(const ConfigurationSection* section, FindSection(parsed.section));
  ASSIGN_OR_RETURN(const ConfigurationKey* key, FindKey(*section, parsed.key));
  if (key->nested) {
    return absl::FailedPreconditionError(
        absl::StrCat("key \"", path, "\" holds elements, not a value"));
  }
  return Value{key->value, IsEncrypted(*key)};
}

std::vector<std::string> ConfigurationDocument::SectionNames() const {
  std::vector<std::string> names;
  names.reserve(tree_.sections.size());
  for (const ConfigurationSection& section : tree_.sections) names.push_back(section.element.name);
  return names;
}

absl::StatusOr<std::string> ConfigurationDocument::ComparableDigest(
    absl::string_view section, absl::Span<const std::string> excluded_paths) const {
  ASSIGN_OR_RETURN(const ConfigurationSection* found, FindSection(section));
  std::vector<std::string> records;
  for (const ConfigurationAttribute& attribute : found->element.attributes) {
    records.push_back(Record("attribute", attribute.name, attribute.value));
  }
  std::set<absl::string_view> names;
  for (const ConfigurationKey& key : found->keys) {
    const std::string path = absl::StrCat(section, "/", key.element.name);
    if (absl::c_linear_search(excluded_paths, path)) continue;
    if (!names.insert(key.element.name).second) {
      return absl::FailedPreconditionError(
          absl::StrCat("key \"", path, "\" occurs more than once"));
    }
    const bool encrypted = IsEncrypted(key);
    records.push_back(
        Record(encrypted ? "encrypted" : "plain", key.element.name, encrypted ? "" : key.value));
  }
  std::sort(records.begin(), records.end());
  return Sha256(absl::StrCat(Record("section", section, ""), absl::StrJoin(records, "")));
}

absl::StatusOr<const ConfigurationSection*> ConfigurationDocument::FindSection(
    absl::string_view name) const {
  return FindOnly(tree_.sections, name, absl::StrCat("section \"", name, "\""));
}

absl::StatusOr<const ConfigurationKey*> ConfigurationDocument::FindKey(
    const ConfigurationSection& section, absl::string_view name) {
  return FindOnly(section.keys, name,
                  absl::StrCat("key \"", section.element.name, "/", name, "\""));
}

}  // namespace baton
