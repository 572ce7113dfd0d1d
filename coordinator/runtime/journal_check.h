#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/journal/journal.h"

namespace baton {

// The newest point of the journal that any agent of the observation was shown; sequence 0 if none.
plan::v1::Anchor HighestAnchor(const plan::v1::Observation& observation);

// What agents know of the journal and the journal does not: records were lost, or this is an old
// copy that went another way. A sentence an agent; empty if the journal holds all that they were
// shown.
std::vector<std::string> UnknownToJournal(Journal& journal,
                                          const plan::v1::Observation& observation);

// What forbids a run because of the journal itself, which `damage` says is not whole: findings
// `journal-damaged` or `journal-behind`; empty if there is nothing.
std::vector<plan::v1::Finding> FindJournalTrouble(Journal& journal, const absl::Status& damage,
                                                  const plan::v1::Observation& observation);

// The highest epoch that any agent of the observation claimed or keeps in its assignment.
uint64_t HighestEpoch(const plan::v1::Observation& observation);

}  // namespace baton
