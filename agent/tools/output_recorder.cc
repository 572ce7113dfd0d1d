#include "agent/tools/output_recorder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace baton {
namespace {

constexpr absl::string_view kMaskedSecret = "***";

}  // namespace

OutputRecorder::OutputRecorder(std::unique_ptr<AppendFile> file, uint64_t bytes_max,
                               const std::vector<std::string>& secrets)
    : file_(std::move(file)),
      bytes_max_(bytes_max),
      mask_(secrets, [](size_t) { return std::string(kMaskedSecret); }) {}

void OutputRecorder::Add(absl::string_view piece) {
  // Beyond the limit nothing is masked any more: a flood is only counted.
  if (summary_.bytes_dropped > 0) {
    summary_.bytes_dropped += piece.size();
  } else {
    Store(mask_.Add(piece));
  }
}

OutputRecorder::Summary OutputRecorder::Finish() {
  Store(mask_.Finish());
  if (summary_.bytes_dropped > 0) {
    Append(absl::StrCat("\n[baton: ", summary_.bytes_dropped,
                        " further bytes of output were dropped]\n"));
  }
  summary_.error.Update(file_->Sync());
  return summary_;
}

void OutputRecorder::Store(absl::string_view bytes) {
  const size_t room = static_cast<size_t>(bytes_max_ - summary_.bytes);
  const absl::string_view kept =
      summary_.bytes_dropped > 0 ? absl::string_view() : bytes.substr(0, room);
  Append(kept);
  const size_t stored = summary_.error.ok() ? kept.size() : 0;
  summary_.bytes += stored;
  summary_.bytes_dropped += bytes.size() - stored;
}

void OutputRecorder::Append(absl::string_view bytes) {
  // After an error the end of the file is undefined and nothing may follow.
  if (summary_.error.ok() && !bytes.empty()) summary_.error = file_->Append(bytes);
}

}  // namespace baton
