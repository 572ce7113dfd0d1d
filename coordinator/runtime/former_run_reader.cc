#include "coordinator/runtime/former_run_reader.h"

#include <limits>
#include <string>
#include <vector>

#include "common/status/status_macros.h"

namespace baton {

absl::StatusOr<std::optional<FormerRun>> ReadFormerRun(RunBook& book,
                                                       const plan::v1::ProcedureRequest& request) {
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

}  // namespace baton
