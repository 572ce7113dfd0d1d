#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/fs/file_system.h"
#include "common/secret/secret_mask.h"

namespace baton {

// Stores a tool's output up to a limit, with its secrets masked. Whatever happens to the disk, it
// takes everything: the tool must never be blocked by its output. Not thread-safe.
class OutputRecorder {
 public:
  // What became of the output.
  struct Summary {
    uint64_t bytes = 0;          // stored, without the note at the end
    uint64_t bytes_dropped = 0;  // not stored
    absl::Status error;          // why storing failed, if it did
  };

  OutputRecorder(std::unique_ptr<AppendFile> file, uint64_t bytes_max,
                 const std::vector<std::string>& secrets);

  void Add(absl::string_view piece);

  // Stores what the mask held back and, if bytes were dropped, a last line that says how many;
  // makes the file durable. Call once.
  Summary Finish();

 private:
  void Store(absl::string_view bytes);
  void Append(absl::string_view bytes);

  std::unique_ptr<AppendFile> file_;
  const uint64_t bytes_max_;
  SecretMask mask_;
  Summary summary_;
};

}  // namespace baton
