#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace baton {

// Replaces secrets in a stream of bytes, also where one is spread over several pieces. At each
// place the longest secret that fits is replaced. Empty secrets are ignored. Not thread-safe.
class SecretMask {
 public:
  // Says what stands in the place of the secret with this index.
  using Replacement = std::function<std::string(size_t index)>;

  SecretMask(std::vector<std::string> secrets, Replacement replacement);

  // Takes the next piece and returns what can be shown already. The last few bytes are held back as
  // long as they may be the beginning of a secret.
  std::string Add(absl::string_view piece);

  // Returns the bytes that were held back.
  std::string Finish();

 private:
  std::string Replace(bool at_end);
  const std::string* LongestAt(absl::string_view rest) const;

  std::vector<std::string> secrets_;
  Replacement replacement_;
  size_t longest_ = 0;
  std::string held_;
};

}  // namespace baton
