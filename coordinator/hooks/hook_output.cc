#include "coordinator/hooks/hook_output.h"

#include <utility>

namespace baton {

HookOutput::HookOutput(std::vector<std::string> secrets, HookRunner::OnOutput on_output)
    : mask_(std::move(secrets), [](size_t) { return std::string("***"); }),
      on_output_(std::move(on_output)) {}

void HookOutput::Add(absl::string_view piece) {
  bytes_ += piece.size();
  Take(mask_.Add(piece));
}

void HookOutput::Finish(journal::v1::HookResult& result) {
  Take(mask_.Finish());
  result.set_output_bytes(bytes_);
  result.set_output_tail(std::move(tail_));
}

void HookOutput::Take(absl::string_view bytes) {
  const absl::string_view shown = bytes.substr(0, kHookShownBytesMax - shown_);
  if (!shown.empty()) on_output_(shown);
  shown_ += shown.size();
  tail_.append(bytes.data(), bytes.size());
  if (tail_.size() > kHookTailBytes) tail_.erase(0, tail_.size() - kHookTailBytes);
}

}  // namespace baton
