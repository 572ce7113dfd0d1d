#include "coordinator/runtime/journal_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "coordinator/procedure/finding_catalog.h"

namespace baton {
namespace {

// Whether the journal holds the record that the anchor names. What lies before the journal's start,
// which `adopt` set, is taken for known.
bool Holds(Journal& journal, const plan::v1::Anchor& anchor) {
  const plan::v1::Anchor end = journal.End();
  if (anchor.sequence() == end.sequence()) return anchor.hash() == end.hash();
  plan::v1::Anchor found;
  const auto note = [&found](const StoredRecord& stored) {
    found.set_sequence(stored.record.sequence());
    found.set_hash(stored.hash);
    return absl::OkStatus();
  };
  const bool there = journal.Scan(anchor.sequence() - 1, 1, note).ok();
  if (there && found.sequence() == anchor.sequence()) return found.hash() == anchor.hash();
  found.Clear();
  return journal.Scan(0, 1, note).ok() && anchor.sequence() < found.sequence();
}

}  // namespace

plan::v1::Anchor HighestAnchor(const plan::v1::Observation& observation) {
  plan::v1::Anchor highest;
  for (const plan::v1::HostObservation& host : observation.hosts()) {
    if (host.state().anchor().sequence() > highest.sequence()) highest = host.state().anchor();
  }
  return highest;
}

std::vector<std::string> UnknownToJournal(Journal& journal,
                                          const plan::v1::Observation& observation) {
  std::vector<std::string> unknown;
  const uint64_t end = journal.End().sequence();
  for (const plan::v1::HostObservation& host : observation.hosts()) {
    const plan::v1::Anchor& anchor = host.state().anchor();
    if (anchor.sequence() == 0) continue;
    if (anchor.sequence() > end) {
      unknown.push_back(absl::StrCat("the agent on ", host.host(), " was shown record ",
                                     anchor.sequence(), ", the journal ends at ", end));
    } else if (!Holds(journal, anchor)) {
      unknown.push_back(absl::StrCat("the agent on ", host.host(), " was shown another record ",
                                     anchor.sequence(), " than the journal holds"));
    }
  }
  return unknown;
}

std::vector<plan::v1::Finding> FindJournalTrouble(Journal& journal, const absl::Status& damage,
                                                  const plan::v1::Observation& observation) {
  // What lies behind damage cannot be read: agents would always seem to know more.
  if (!damage.ok()) return {MakeFinding("journal-damaged", "", std::string(damage.message()))};
  const std::vector<std::string> unknown = UnknownToJournal(journal, observation);
  if (unknown.empty()) return {};
  return {MakeFinding("journal-behind", "", absl::StrJoin(unknown, "; "))};
}

uint64_t HighestEpoch(const plan::v1::Observation& observation) {
  uint64_t highest = 0;
  for (const plan::v1::HostObservation& host : observation.hosts()) {
    highest = std::max({highest, host.state().claim().epoch(), host.state().assignment().epoch()});
  }
  return highest;
}

}  // namespace baton
