#include "coordinator/secrets/secret_store.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr uint32_t kGroupAndOthers = 077;

absl::StatusOr<std::string> ReadSecretFile(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const FileInfo info, fs.Describe(path));
  if (info.symlink || !info.regular) {
    return absl::PermissionDeniedError(absl::StrCat(path, " is not a regular file"));
  }
  if ((info.mode & kGroupAndOthers) != 0) {
    return absl::PermissionDeniedError(
        absl::StrFormat("%s has mode %04o: others than its owner have access, run: chmod 600 %s",
                        path, info.mode, path));
  }
  ASSIGN_OR_RETURN(const std::string bytes, fs.ReadFile(path, kSecretBytesMax + 1));
  return std::string(absl::StripSuffix(bytes, "\n"));
}

absl::Status CheckValue(const std::string& value) {
  if (value.empty()) return absl::InvalidArgumentError("it is empty");
  if (value.size() > kSecretBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("it has more than ", kSecretBytesMax, " bytes"));
  }
  // More than one line, and what the platform, XML and a broker may read in different ways.
  if (!std::all_of(value.begin(), value.end(), absl::ascii_isprint)) {
    return absl::InvalidArgumentError("it holds something else than printable ASCII characters");
  }
  return absl::OkStatus();
}

// What a caller should do about it is the same, whatever the system calls it.
absl::Status Unreadable(const absl::Status& status) {
  const bool known = absl::IsNotFound(status) || absl::IsInvalidArgument(status);
  return known ? status : absl::PermissionDeniedError(status.message());
}

}  // namespace

SecretStore::SecretStore(const SecretReferences& references, FileSystem& fs,
                         Environment environment)
    : references_(references), fs_(fs), environment_(std::move(environment)) {}

absl::StatusOr<std::string> SecretStore::Read(const SecretReference& reference) const {
  if (reference.kind == SecretReference::Kind::kFile) return ReadSecretFile(fs_, reference.place);
  std::optional<std::string> value = environment_(reference.place);
  if (!value.has_value()) {
    return absl::NotFoundError("the Baton coordinator's environment has no such variable");
  }
  return *std::move(value);
}

absl::StatusOr<std::string> SecretStore::Resolve(const std::string& name) const {
  const auto found = references_.find(name);
  if (found == references_.end()) {
    return absl::NotFoundError(absl::StrCat("the farm file has no secret ", name));
  }
  const std::string context = absl::StrCat("secret ", name, " (", found->second.ToString(), ")");
  absl::StatusOr<std::string> value = Read(found->second);
  if (!value.ok()) return Annotate(Unreadable(value.status()), context);
  RETURN_IF_ERROR(Annotate(CheckValue(*value), context));
  return value;
}

std::vector<std::string> SecretStore::Values() const {
  std::vector<std::string> values;
  for (const auto& [name, reference] : references_) {
    absl::StatusOr<std::string> value = Resolve(name);
    if (value.ok()) values.push_back(*std::move(value));
  }
  return values;
}

std::vector<plan::v1::SecretCheck> SecretStore::Test() const {
  std::vector<plan::v1::SecretCheck> checks;
  for (const auto& [name, reference] : references_) {
    plan::v1::SecretCheck& check = checks.emplace_back();
    check.set_name(name);
    check.set_reference(reference.ToString());
    check.set_error(std::string(Resolve(name).status().message()));
  }
  return checks;
}

SecretStore::Environment ProcessEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

}  // namespace baton
