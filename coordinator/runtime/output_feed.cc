#include "coordinator/runtime/output_feed.h"

namespace baton {

void OutputFeed::Add(absl::string_view step, absl::string_view bytes) {
  MutexLock lock(mutex_);
  pieces_.push_back({++newest_, std::string(step), std::string(bytes)});
  bytes_ += bytes.size();
  while (bytes_ > bytes_max_ && pieces_.size() > 1) {
    bytes_ -= pieces_.front().bytes.size();
    pieces_.pop_front();
  }
}

std::vector<OutputFeed::Piece> OutputFeed::After(uint64_t after) {
  MutexLock lock(mutex_);
  std::vector<Piece> pieces;
  for (const Piece& piece : pieces_) {
    if (piece.number > after) pieces.push_back(piece);
  }
  return pieces;
}

uint64_t OutputFeed::newest() {
  MutexLock lock(mutex_);
  return newest_;
}

}  // namespace baton
