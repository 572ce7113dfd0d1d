#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/plan/v1/plan.pb.h"
#include "common/fs/file_system.h"
#include "coordinator/inventory/farm_file.h"

namespace baton {

inline constexpr size_t kLicenseBytesMax = size_t{1} << 20;  // as much as an agent takes

// Looks after the license files that the farm file stages: read anew each time, and never kept.
// Thread-safe.
class LicenseStore {
 public:
  // Borrows both.
  LicenseStore(const std::vector<FarmLicense>& licenses, FileSystem& fs);

  // What lies ready now: one entry for each license of the farm file, in its order. Takes no file
  // that is empty or has more than kLicenseBytesMax bytes.
  std::vector<plan::v1::StagedLicense> Look() const;

  // The bytes of a license as `planned` found it. No error is FAILED_PRECONDITION. NOT_FOUND if the
  // file is gone; INVALID_ARGUMENT if it is another by now, or none that Look takes;
  // PERMISSION_DENIED if it cannot be read.
  absl::StatusOr<std::string> Read(const plan::v1::StagedLicense& planned) const;

 private:
  absl::StatusOr<std::string> ReadFile(const std::string& path) const;

  const std::vector<FarmLicense>& licenses_;
  FileSystem& fs_;
};

}  // namespace baton
