#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/plan/v1/plan.pb.h"
#include "common/fs/file_system.h"
#include "coordinator/secrets/secret_reference.h"

namespace baton {

inline constexpr size_t kSecretBytesMax = 4096;

// Looks secrets up, anew each time: what is replaced on disk counts at the next send, and nothing
// is kept. Thread-safe.
class SecretStore {
 public:
  // The value of a variable of the environment; nothing if it is not set.
  using Environment = std::function<std::optional<std::string>(const std::string& name)>;

  // Borrows the first two.
  SecretStore(const SecretReferences& references, FileSystem& fs, Environment environment);

  // The secret's value; of a file, without one line feed at its end. No error repeats it, or is
  // FAILED_PRECONDITION. NOT_FOUND if there is no reference of that name, or no such file or
  // variable; PERMISSION_DENIED if the file cannot be read, is a symbolic link or no regular file,
  // or if anybody but its owner has access to it; INVALID_ARGUMENT if the value is empty, longer
  // than kSecretBytesMax, or not printable ASCII.
  absl::StatusOr<std::string> Resolve(const std::string& name) const;

  // The values that can be read now, to be kept out of what is shown.
  std::vector<std::string> Values() const;

  // Tries every reference, in the order of their names.
  std::vector<plan::v1::SecretCheck> Test() const;

 private:
  absl::StatusOr<std::string> Read(const SecretReference& reference) const;

  const SecretReferences& references_;
  FileSystem& fs_;
  const Environment environment_;
};

// The environment of this process.
SecretStore::Environment ProcessEnvironment();

}  // namespace baton
