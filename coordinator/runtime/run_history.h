#pragma once

#include <functional>

#include "absl/status/status.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "coordinator/journal/journal.h"
#include "coordinator/runtime/run_book.h"

namespace baton {

// Reads the whole journal again and says whether it is whole. A journal that cannot be read is
// damaged for this verdict, whatever the reason.
coordinator::v1::ChainVerdict VerifyChain(Journal& journal);

// Writes all that is on record of a run: the verdict over the journal, then the run's records up to
// the end of what was verified. Ends early if `write` returns false: the caller is gone. NOT_FOUND
// for an unknown run.
absl::Status WriteRunHistory(
    RunBook& book, Journal& journal, const coordinator::v1::GetRunHistoryRequest& request,
    const std::function<bool(const coordinator::v1::RunHistoryPart&)>& write);

}  // namespace baton
