#pragma once

#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/fs/file_system.h"
#include "common/sync/mutex.h"

namespace baton {

// A larger revoked.yaml is refused: it would be read at every call. Room for some 1,800 serials.
inline constexpr uint64_t kRevokedSizeBytesMax = uint64_t{64} * 1024;

// Reads `revoked: [SERIAL, ...]`, nothing else; `file` is the name that errors begin with. Serials
// are hexadecimal, in either case, with or without colons and leading zeros, and are returned as
// CertificateInfo::serial has them. INVALID_ARGUMENT for everything else, an empty text included: a
// list that was lost must not pass for an empty one.
absl::StatusOr<std::set<std::string>> ParseRevokedSerials(absl::string_view file,
                                                          absl::string_view yaml);

// The inverse of ParseRevokedSerials.
std::string FormatRevokedSerials(const std::set<std::string>& serials);

// Lower case, no colons, no leading zeros. INVALID_ARGUMENT unless `serial` is 1 to 40 hexadecimal
// digits then.
absl::StatusOr<std::string> NormalizeSerial(absl::string_view serial);

// A revoked.yaml that takes effect the moment it is written. Thread-safe.
class RevocationList {
 public:
  // `fs` must outlive the list.
  RevocationList(FileSystem& fs, std::string path);

  // Reads the file again and says whether a certificate may still be used. PERMISSION_DENIED if its
  // serial is listed; FAILED_PRECONDITION if the file is there and cannot be read or understood,
  // since then nobody knows. A file that is not there revokes nothing.
  //
  // The bytes are compared, not the time stamp: two edits within the stamp's resolution differ in
  // bytes only. For the usual file of a few lines this costs some microseconds.
  absl::Status Check(absl::string_view serial);

 private:
  absl::Status Refresh() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  FileSystem& fs_;
  const std::string path_;
  Mutex mutex_;
  std::string parsed_text_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> serials_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton
