#include "coordinator/runtime/former_run_reader.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "common/status/status_macros.h"

namespace baton {

namespace {

// From its records before the sequence `end`.
absl::StatusOr<std::optional<FormerRun>> Read(RunBook& book,
                                              const plan::v1::ProcedureRequest& request,
                                              uint64_t end) {
  const std::string& name = request.undoes().empty() ? request.fails_back() : request.undoes();
  if (name.empty()) return std::nullopt;
  if (!request.undoes().empty() && !request.fails_back().empty()) {
    return absl::InvalidArgumentError("a run either undoes another or fails back from one");
  }
  FormerRun former;
  engine::RunState state;
  ASSIGN_OR_RETURN(const std::vector<StoredRecord> records,
                   book.Records(name, 0, std::numeric_limits<size_t>::max()));
  for (const StoredRecord& stored : records) {
    if (stored.record.sequence() >= end) break;
    RETURN_IF_ERROR(state.Apply(stored));
    const journal::v1::StepFinished& finished = stored.record.step_finished();
    if (!finished.operation().has_rewrite()) continue;
    // One that was tried again may find everything written, and then has no backup to name.
    const plan::v1::RewriteResult& rewrite = finished.operation().rewrite();
    if (rewrite.backup().empty() && former.rewrites.contains(finished.step())) continue;
    former.rewrites[finished.step()] = rewrite;
  }
  former.run = state.run();
  former.later = book.Later(name);
  former.adopted = book.LastAdoption();
  return former;
}

}  // namespace

absl::StatusOr<std::optional<FormerRun>> ReadFormerRun(RunBook& book,
                                                       const plan::v1::ProcedureRequest& request) {
  return Read(book, request, std::numeric_limits<uint64_t>::max());
}

absl::StatusOr<std::optional<FormerRun>> ReadFormerRunBefore(
    RunBook& book, const plan::v1::ProcedureRequest& request, const journal::v1::Record& start) {
  ASSIGN_OR_RETURN(std::optional<FormerRun> former, Read(book, request, start.sequence()));
  if (!former.has_value()) return former;
  // Newest first: the run itself, and what came after it, stand at the front.
  std::vector<plan::v1::Run>& later = former->later;
  const auto self = std::find_if(later.begin(), later.end(), [&start](const plan::v1::Run& run) {
    return run.run() == start.run();
  });
  if (self != later.end()) later.erase(later.begin(), self + 1);
  if (former->adopted > start.sequence()) former->adopted = 0;
  return former;
}

}  // namespace baton
