#include "common/secret/secret_mask.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace baton {

SecretMask::SecretMask(std::vector<std::string> secrets, Replacement replacement)
    : secrets_(std::move(secrets)), replacement_(std::move(replacement)) {
  for (const std::string& secret : secrets_) longest_ = std::max(longest_, secret.size());
}

std::string SecretMask::Add(absl::string_view piece) {
  if (longest_ == 0) return std::string(piece);
  held_.append(piece.data(), piece.size());
  return Replace(/*at_end=*/false);
}

std::string SecretMask::Finish() { return Replace(/*at_end=*/true); }

std::string SecretMask::Replace(bool at_end) {
  std::string shown;
  absl::string_view rest = held_;
  while (!rest.empty() && (at_end || rest.size() >= longest_)) {
    const std::string* secret = LongestAt(rest);
    if (secret == nullptr) {
      shown += rest[0];
      rest.remove_prefix(1);
    } else {
      shown += replacement_(static_cast<size_t>(secret - secrets_.data()));
      rest.remove_prefix(secret->size());
    }
  }
  held_ = std::string(rest);
  return shown;
}

const std::string* SecretMask::LongestAt(absl::string_view rest) const {
  const std::string* longest = nullptr;
  for (const std::string& secret : secrets_) {
    if (secret.empty() || !absl::StartsWith(rest, secret)) continue;
    if (longest == nullptr || secret.size() > longest->size()) longest = &secret;
  }
  return longest;
}

}  // namespace baton
