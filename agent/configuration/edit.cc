#include "agent/configuration/edit.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agent/configuration/splice.h"
#include "common/hash/sha256.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

using PathSet = std::set<std::string, std::less<>>;

absl::Status CheckValue(const Edit& edit) {
  if (edit.value.size() > kConfigurationValueBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("value for ", edit.path, " has ",
                                                   edit.value.size(), " bytes; the limit is ",
                                                   kConfigurationValueBytesMax));
  }
  if (std::any_of(edit.value.begin(), edit.value.end(), absl::ascii_iscntrl)) {
    return absl::InvalidArgumentError(
        absl::StrCat("value for ", edit.path, " holds a control character"));
  }
  // The parser is the judge of UTF-8 and of what else XML cannot hold.
  if (!ParseConfigurationTree(absl::StrCat("<value>", EscapeXml(edit.value), "</value>")).ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("value for ", edit.path, " is not UTF-8 text that XML can hold"));
  }
  return absl::OkStatus();
}

// Names of what is created follow the vendor's own tooling: letters, digits, underscores.
absl::Status CheckNewName(absl::string_view name) {
  const bool valid = (absl::ascii_isalpha(static_cast<unsigned char>(name[0])) || name[0] == '_') &&
                     std::all_of(name.begin(), name.end(), [](unsigned char c) {
                       return absl::ascii_isalnum(c) || c == '_';
                     });
  if (valid) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("cannot create \"", name, "\": a name is letters, digits and underscores"));
}

absl::StatusOr<PathSet> CheckEdits(absl::Span<const Edit> edits) {
  if (edits.size() > kConfigurationEditsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(edits.size(), " edits; the limit is ", kConfigurationEditsMax));
  }
  PathSet paths;
  for (const Edit& edit : edits) {
    RETURN_IF_ERROR(ConfigurationPath::Parse(edit.path).status());
    RETURN_IF_ERROR(CheckValue(edit));
    if (!paths.insert(edit.path).second) {
      return absl::InvalidArgumentError(absl::StrCat("two edits of ", edit.path));
    }
  }
  return paths;
}

bool IsToBeCreated(const absl::Status& status, const Edit& edit) {
  return edit.create_missing && absl::IsNotFound(status);
}

absl::StatusOr<std::vector<Splice>> PlanSplices(const ConfigurationDocument& document,
                                                const Edit& edit) {
  const absl::string_view bytes = document.bytes();
  ASSIGN_OR_RETURN(const ConfigurationPath path, ConfigurationPath::Parse(edit.path));
  const auto section = document.FindSection(path.section);
  if (IsToBeCreated(section.status(), edit)) {
    RETURN_IF_ERROR(CheckNewName(path.section));
    RETURN_IF_ERROR(CheckNewName(path.key));
    return std::vector<Splice>{
        SpliceNewSection(bytes, document.tree(), path.section, path.key, edit.value)};
  }
  RETURN_IF_ERROR(section.status());
  const auto key = ConfigurationDocument::FindKey(**section, path.key);
  if (IsToBeCreated(key.status(), edit)) {
    RETURN_IF_ERROR(CheckNewName(path.key));
    return std::vector<Splice>{SpliceNewKey(bytes, **section, path.key, edit.value)};
  }
  RETURN_IF_ERROR(document.Find(edit.path).status());
  return SpliceValue(bytes, **key, edit.value);
}

// Sections and keys that the edits add to `document`.
PathSet CreatedBy(absl::Span<const Edit> edits, const ConfigurationDocument& document) {
  PathSet created;
  for (const Edit& edit : edits) {
    const std::string section = edit.path.substr(0, edit.path.find('/'));
    if (!document.FindSection(section).ok()) created.insert(section);
    if (!document.Find(edit.path).ok()) created.insert(edit.path);
  }
  return created;
}

std::string DescribeAttributes(const ConfigurationElement& element, bool edited) {
  std::string text;
  for (const ConfigurationAttribute& attribute : element.attributes) {
    if (edited && attribute.name == "encrypted") continue;
    absl::StrAppend(&text, "\n", attribute.name, "=", attribute.value);
  }
  return text;
}

// Everything in a document that the edits must leave as it is, in order.
std::vector<std::string> Untouched(const ConfigurationDocument& document, const PathSet& edited,
                                   const PathSet& created) {
  std::vector<std::string> facts;
  for (const ConfigurationSection& section : document.tree().sections) {
    const std::string& name = section.element.name;
    if (created.contains(name)) continue;
    facts.push_back(absl::StrCat(name, DescribeAttributes(section.element, false)));
    for (const ConfigurationKey& key : section.keys) {
      const std::string path = absl::StrCat(name, "/", key.element.name);
      if (created.contains(path)) continue;
      const bool is_edited = edited.contains(path);
      facts.push_back(absl::StrCat(path, DescribeAttributes(key.element, is_edited), "\n",
                                   is_edited ? "" : key.value));
    }
  }
  return facts;
}

absl::Status CheckOutcome(const ConfigurationDocument& before, const ConfigurationDocument& after,
                          absl::Span<const Edit> edits, const PathSet& edited) {
  for (const Edit& edit : edits) {
    const auto value = after.Find(edit.path);
    if (!value.ok() || value->encrypted || value->value != edit.value) {
      return absl::InternalError(absl::StrCat("the edit of ", edit.path, " does not read back"));
    }
  }
  const PathSet created = CreatedBy(edits, before);
  if (Untouched(before, edited, created) != Untouched(after, edited, created)) {
    return absl::InternalError("the edits would change more of the file than they are about");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ApplyEdits(const ConfigurationDocument& document,
                                       absl::Span<const Edit> edits) {
  ASSIGN_OR_RETURN(const PathSet edited, CheckEdits(edits));
  // Each edit is planned on the outcome of those before it, so that two can create one section.
  ConfigurationDocument current = document;
  for (const Edit& edit : edits) {
    ASSIGN_OR_RETURN(const std::vector<Splice> splices, PlanSplices(current, edit));
    if (splices.empty()) continue;
    auto next = ConfigurationDocument::Parse(ApplySplices(current.bytes(), splices));
    // What was added can carry a file over a limit: FAILED_PRECONDITION as for any such file.
    if (!next.ok()) return Annotate(next.status(), absl::StrCat("after the edit of ", edit.path));
    current = *std::move(next);
  }
  RETURN_IF_ERROR(CheckOutcome(document, current, edits, edited));
  return current.bytes();
}

std::string DigestWithoutSecrets(const std::string& bytes,
                                 absl::Span<const std::string> secret_paths) {
  const absl::StatusOr<ConfigurationDocument> document = ConfigurationDocument::Parse(bytes);
  std::vector<Edit> blanks;
  for (const std::string& path : secret_paths) {
    const absl::StatusOr<ConfigurationDocument::Value> value =
        document.ok() ? document->Find(path)
                      : absl::StatusOr<ConfigurationDocument::Value>(document.status());
    if (value.ok() && !value->encrypted) blanks.push_back({path, "", false});
  }
  if (blanks.empty()) return Sha256(bytes);
  const absl::StatusOr<std::string> blanked = ApplyEdits(*document, blanks);
  return Sha256(blanked.ok() ? *blanked : bytes);
}

absl::StatusOr<std::string> PlannedDigest(std::string bytes, absl::Span<const Edit> edits,
                                          absl::Span<const std::string> secret_paths) {
  ASSIGN_OR_RETURN(const ConfigurationDocument document,
                   ConfigurationDocument::Parse(std::move(bytes)));
  ASSIGN_OR_RETURN(const std::string edited, ApplyEdits(document, edits));
  return DigestWithoutSecrets(edited, secret_paths);
}

}  // namespace baton
