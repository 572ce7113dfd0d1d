#include "coordinator/runtime/adopter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status_macros.h"
#include "coordinator/runtime/claim_request.h"
#include "coordinator/runtime/gather.h"
#include "coordinator/runtime/ids.h"
#include "coordinator/runtime/journal_check.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(10);

// One error for all hosts that failed, or ok.
template <typename T>
absl::Status Combine(absl::string_view what, const std::vector<absl::StatusOr<T>>& answers) {
  std::vector<std::string> errors;
  absl::StatusCode code = absl::StatusCode::kOk;
  for (const absl::StatusOr<T>& answer : answers) {
    if (answer.ok()) continue;
    code = answer.status().code();
    errors.emplace_back(answer.status().message());
  }
  if (errors.empty()) return absl::OkStatus();
  return {code, absl::StrCat(what, ": ", absl::StrJoin(errors, "; "))};
}

}  // namespace

Adopter::Adopter(const FarmFile& farm, Observer& observer, Journal& journal, RunBook& book,
                 AgentClient& agents, Clock& clock, std::string incarnation,
                 std::string coordinator_address)
    : farm_(farm),
      observer_(observer),
      journal_(journal),
      book_(book),
      agents_(agents),
      clock_(clock),
      incarnation_(std::move(incarnation)),
      coordinator_address_(std::move(coordinator_address)) {}

absl::Status Adopter::CheckRequest(const coordinator::v1::AdoptRequest& request) {
  if (request.reason().empty()) return absl::InvalidArgumentError("adopt needs --reason");
  if (request.controller().empty()) {
    return absl::InvalidArgumentError("adopt needs --controller HOST");
  }
  for (const std::string* host : {&request.controller(), &request.cache()}) {
    if (!host->empty() && farm_.Find(*host) == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("farm ", farm_.farm_id, " has no host \"", *host, "\""));
    }
  }
  RETURN_IF_ERROR(book_.damage());
  const std::string active = book_.ActiveRun();
  if (active.empty()) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat("run ", active, " is active: resume or cancel it first"));
}

absl::Status Adopter::PrepareJournal(const plan::v1::Observation& observation) {
  const std::vector<std::string> unknown = UnknownToJournal(journal_, observation);
  if (unknown.empty()) return absl::OkStatus();
  const absl::Status begun = journal_.BeginAt(HighestAnchor(observation));
  if (begun.ok()) return begun;
  return absl::FailedPreconditionError(absl::StrCat(
      "the journal is an old copy: ", absl::StrJoin(unknown, "; "),
      ". Bring the newest one back, or move this one away and adopt with an empty one"));
}

absl::StatusOr<StoredRecord> Adopter::Record(const plan::v1::Assignment& assignment,
                                             const std::string& reason, const std::string& actor) {
  journal::v1::Record record;
  record.set_actor(actor);
  *record.mutable_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(clock_.Now()));
  *record.mutable_adopted()->mutable_assignment() = assignment;
  record.mutable_adopted()->set_reason(reason);
  record.mutable_adopted()->set_incarnation(incarnation_);
  ASSIGN_OR_RETURN(std::vector<StoredRecord> stored, book_.Append({std::move(record)}));
  return std::move(stored.front());
}

absl::Status Adopter::Claim(const plan::v1::Assignment& assignment,
                            const plan::v1::Anchor& anchor) {
  plan::v1::Claim claim;
  claim.set_epoch(assignment.epoch());
  claim.set_run(assignment.run());
  claim.set_incarnation(incarnation_);
  return Combine("not every agent accepted the claim",
                 GatherAll<plan::v1::Claim>(farm_.hosts.size(), [&](size_t i, auto done) {
                   const std::string& host = farm_.hosts[i].name;
                   agent::v1::ClaimRequest request =
                       ClaimRequestFor(farm_, host, coordinator_address_);
                   *request.mutable_claim() = claim;
                   *request.mutable_journal_end() = anchor;
                   request.set_adopt(true);
                   agents_.Claim(host, request, kCallTimeout, done);
                 }));
}

absl::Status Adopter::Assign(const plan::v1::Assignment& assignment,
                             const plan::v1::Anchor& anchor) {
  ChangeRequest change;
  change.fence.set_farm_id(farm_.farm_id);
  change.fence.set_epoch(assignment.epoch());
  change.fence.set_run(assignment.run());
  change.fence.set_incarnation(incarnation_);
  change.fence.set_sequence(anchor.sequence());
  change.fence.set_record_hash(anchor.hash());
  change.action.set_set_assignment(assignment.state());
  change.assignment = assignment;
  return Combine(
      "not every agent keeps the assignment",
      GatherAll<plan::v1::Operation>(farm_.hosts.size(), [&](size_t i, auto done) {
        ChangeRequest mine = change;
        mine.fence.set_operation_id(absl::StrCat(assignment.run(), "/", farm_.hosts[i].name, "/1"));
        agents_.Change(
            farm_.hosts[i].name, mine, kCallTimeout, [](absl::string_view) {}, done);
      }));
}

absl::StatusOr<plan::v1::Assignment> Adopter::Adopt(const coordinator::v1::AdoptRequest& request,
                                                    const std::string& actor) {
  RETURN_IF_ERROR(CheckRequest(request));
  const plan::v1::Observation observation = observer_.Observe();
  for (const plan::v1::HostObservation& host : observation.hosts()) {
    if (!host.has_state()) return absl::UnavailableError(host.error());
  }
  RETURN_IF_ERROR(PrepareJournal(observation));
  plan::v1::Assignment assignment;
  assignment.set_controller(request.controller());
  assignment.set_cache(request.cache());
  assignment.set_epoch(1 + std::max(book_.HighestEpoch(), HighestEpoch(observation)));
  assignment.set_state(plan::v1::HELD);
  assignment.set_run(NewId("adopt", clock_.Now()));
  ASSIGN_OR_RETURN(const StoredRecord stored, Record(assignment, request.reason(), actor));
  plan::v1::Anchor anchor;
  anchor.set_sequence(stored.record.sequence());
  anchor.set_hash(stored.hash);
  RETURN_IF_ERROR(Claim(assignment, anchor));
  RETURN_IF_ERROR(Assign(assignment, anchor));
  return assignment;
}

}  // namespace baton
