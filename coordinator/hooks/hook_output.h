#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/secret/secret_mask.h"
#include "coordinator/hooks/hook_runner.h"

namespace baton {

// What is kept of a hook's output, for the journal.
inline constexpr size_t kHookTailBytes = size_t{4} << 10;
// What those who watch see of one hook; the rest is only looked through for its tail.
inline constexpr size_t kHookShownBytesMax = size_t{256} << 10;

// The output of one hook: shown as it comes, and its end kept. Secrets are masked in both. Not
// thread-safe.
class HookOutput {
 public:
  HookOutput(std::vector<std::string> secrets, HookRunner::OnOutput on_output);

  void Add(absl::string_view piece);

  // Shows what the mask held back, and fills the output of `result` in. Call once.
  void Finish(journal::v1::HookResult& result);

 private:
  void Take(absl::string_view bytes);

  SecretMask mask_;
  const HookRunner::OnOutput on_output_;
  uint64_t bytes_ = 0;
  size_t shown_ = 0;
  std::string tail_;
};

}  // namespace baton
