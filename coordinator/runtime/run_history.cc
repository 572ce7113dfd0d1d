#include "coordinator/runtime/run_history.h"

#include <string>
#include <utility>
#include <vector>

#include "common/status/status_macros.h"

namespace baton {
namespace {

using coordinator::v1::ChainVerdict;
using coordinator::v1::RunHistoryPart;

// Records that are read at a time.
constexpr size_t kHistoryBatch = 500;

}  // namespace

ChainVerdict VerifyChain(Journal& journal) {
  ChainVerdict verdict;
  const auto note = [&verdict](const StoredRecord& stored) {
    if (verdict.first_sequence() == 0) verdict.set_first_sequence(stored.record.sequence());
    verdict.set_last_sequence(stored.record.sequence());
    verdict.set_last_hash(stored.hash);
    return absl::OkStatus();
  };
  // In batches, so that a run that writes meanwhile does not wait. Scan computes every hash from
  // the stored bytes and compares it with its neighbours.
  while (true) {
    const uint64_t after = verdict.last_sequence();
    const absl::StatusOr<uint64_t> last = journal.Scan(after, kHistoryBatch, note);
    if (!last.ok()) verdict.set_damage(std::string(last.status().message()));
    if (!last.ok() || *last == after) return verdict;
  }
}

absl::Status WriteRunHistory(RunBook& book, Journal& journal,
                             const coordinator::v1::GetRunHistoryRequest& request,
                             const std::function<bool(const RunHistoryPart&)>& write) {
  RETURN_IF_ERROR(book.Summary(request.run()).status());
  RunHistoryPart head;
  *head.mutable_chain() = VerifyChain(journal);
  const uint64_t end = head.chain().last_sequence();
  if (!write(head)) return absl::OkStatus();
  uint64_t after = 0;
  while (true) {
    ASSIGN_OR_RETURN(std::vector<StoredRecord> records,
                     book.Records(request.run(), after, kHistoryBatch));
    for (StoredRecord& stored : records) {
      after = stored.record.sequence();
      if (after > end) return absl::OkStatus();
      RunHistoryPart part;
      *part.mutable_record()->mutable_record() = std::move(stored.record);
      part.mutable_record()->set_hash(std::move(stored.hash));
      if (!write(part)) return absl::OkStatus();
    }
    if (records.size() < kHistoryBatch) return absl::OkStatus();
  }
}

}  // namespace baton
