#include "deploy/lab/standin/reserialize.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "deploy/lab/standin/secret.h"

namespace baton::standin {
namespace {

bool IsSecret(const HsconfKey& key) { return absl::EndsWith(key.name, "Password"); }

// Whether the keys of a section carry encrypted="...".
bool HasEncryptedAttribute(absl::string_view section) {
  return absl::EndsWith(section, "DatabaseConfiguration") ||
         section == "CacheInvalidationConfiguration";
}

void SetAttribute(absl::string_view name, absl::string_view value, XmlAttributes& attributes) {
  for (auto& [key, old_value] : attributes) {
    if (key == name) {
      old_value = std::string(value);
      return;
    }
  }
  attributes.emplace_back(name, value);
}

absl::Status ApplySecret(absl::string_view private_key, HsconfKey& key) {
  if (AttributeOf(key.attributes, "encrypted") == "true") {
    return DecryptSecret(private_key, key.value).status();
  }
  ASSIGN_OR_RETURN(key.value, EncryptSecret(private_key, key.value));
  SetAttribute("encrypted", "true", key.attributes);
  return absl::OkStatus();
}

absl::Status ApplySection(absl::string_view private_key, HsconfSection& section) {
  for (HsconfKey& key : section.keys) {
    if (HasEncryptedAttribute(section.name)) {
      if (IsSecret(key)) {
        RETURN_IF_ERROR(
            Annotate(ApplySecret(private_key, key), absl::StrCat(section.name, "/", key.name)));
      } else {
        SetAttribute("encrypted", "false", key.attributes);
      }
    }
    std::sort(key.attributes.begin(), key.attributes.end());
  }
  std::sort(section.attributes.begin(), section.attributes.end());
  return absl::OkStatus();
}

void DropAdminPassword(HsconfSection& section) {
  section.keys.erase(std::remove_if(section.keys.begin(), section.keys.end(),
                                    [](const HsconfKey& key) {
                                      return key.name == "PlatformServerAdminPassword";
                                    }),
                     section.keys.end());
}

}  // namespace

absl::StatusOr<AppliedSettings> Reserialize(absl::string_view hsconf, absl::string_view key) {
  ASSIGN_OR_RETURN(Hsconf tree, ParseHsconf(hsconf));
  AppliedSettings applied;
  ASSIGN_OR_RETURN(applied.machine, MachineConfigOf(tree));
  for (HsconfSection& section : tree.sections) {
    RETURN_IF_ERROR(ApplySection(key, section));
    if (section.name == "ServerConfiguration") DropAdminPassword(section);
  }
  applied.hsconf = SerializeHsconf(tree);
  return applied;
}

}  // namespace baton::standin
