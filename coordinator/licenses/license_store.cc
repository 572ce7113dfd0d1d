#include "coordinator/licenses/license_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/hash/sha256.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

// What a caller should do about it is the same, whatever the system calls it.
absl::Status Unreadable(const absl::Status& status) {
  if (absl::IsNotFound(status)) return status;
  if (absl::IsOutOfRange(status)) return absl::InvalidArgumentError(status.message());
  return absl::PermissionDeniedError(status.message());
}

}  // namespace

LicenseStore::LicenseStore(const std::vector<FarmLicense>& licenses, FileSystem& fs)
    : licenses_(licenses), fs_(fs) {}

absl::StatusOr<std::string> LicenseStore::ReadFile(const std::string& path) const {
  absl::StatusOr<std::string> bytes = fs_.ReadFile(path, kLicenseBytesMax);
  if (!bytes.ok()) return Unreadable(bytes.status());
  if (bytes->empty()) return absl::InvalidArgumentError(absl::StrCat(path, " is empty"));
  return bytes;
}

std::vector<plan::v1::StagedLicense> LicenseStore::Look() const {
  std::vector<plan::v1::StagedLicense> found;
  for (const FarmLicense& license : licenses_) {
    plan::v1::StagedLicense& staged = found.emplace_back();
    staged.set_serial(license.serial);
    staged.set_path(license.file);
    const absl::StatusOr<std::string> bytes = ReadFile(license.file);
    if (bytes.ok()) {
      staged.set_digest(Sha256(*bytes));
    } else {
      staged.set_error(std::string(bytes.status().message()));
    }
  }
  return found;
}

absl::StatusOr<std::string> LicenseStore::Read(const plan::v1::StagedLicense& planned) const {
  const std::string context = absl::StrCat("license for serial ", planned.serial());
  absl::StatusOr<std::string> bytes = ReadFile(planned.path());
  if (!bytes.ok()) return Annotate(bytes.status(), context);
  if (Sha256(*bytes) == planned.digest()) return bytes;
  return absl::InvalidArgumentError(
      absl::StrCat(context, ": ", planned.path(),
                   " is another file than the plan rests on: bring that one back, then resume the "
                   "run with --retry"));
}

}  // namespace baton
