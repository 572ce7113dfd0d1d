#include "coordinator/engine/recorded_answers.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/words/words.h"

namespace baton::engine {
namespace {

using journal::v1::StepFinished;

constexpr absl::string_view kNotReadBack = "cannot be read back: ";
constexpr absl::string_view kReadBackAfter = " (read back after: ";
constexpr absl::string_view kReadBack = "; read back: ";
constexpr absl::string_view kNothingTells = "; nothing that can be read tells what came of it";
constexpr absl::string_view kNotStarted = "it was not started: ";

// The words after `mark`; nothing if it is not in the text.
std::optional<absl::string_view> After(absl::string_view text, absl::string_view mark) {
  const size_t place = text.rfind(mark);
  if (place == absl::string_view::npos) return std::nullopt;
  return text.substr(place + mark.size());
}

absl::string_view Before(absl::string_view text, absl::string_view mark) {
  return text.substr(0, text.find(mark));
}

// Why it was not known at first what came of a change: see Decide.
std::string DoubtOf(const StepFinished& finished) {
  const absl::string_view detail = finished.detail();
  if (auto doubt = After(detail, kReadBackAfter); doubt.has_value()) {
    return std::string(absl::StripSuffix(*doubt, ")"));
  }
  absl::string_view doubt = Before(Before(detail, kReadBack), kNothingTells);
  doubt = Before(doubt, kNotReadBack);
  return std::string(absl::StripSuffix(doubt, "; "));
}

// The run was paused because an agent held another claim.
bool FencedOff(absl::Span<const StoredRecord> rest) {
  for (const StoredRecord& stored : rest) {
    if (stored.record.has_run_resumed()) return false;
    if (stored.record.has_run_paused()) {
      return stored.record.run_paused().reason() == plan::v1::FENCED_OFF;
    }
  }
  return false;
}

absl::Status Refusal(const std::string& words, absl::Span<const StoredRecord> rest) {
  return FencedOff(rest) ? absl::FailedPreconditionError(words) : absl::InvalidArgumentError(words);
}

}  // namespace

bool IsOnRecord(const plan::v1::Step& step, const StepFinished& finished) {
  if (step.action().has_expect_unchanged()) return finished.state() == plan::v1::SUCCEEDED;
  const bool saw_something = absl::StrContains(finished.detail(), absl::StrCat("; ", kNotReadBack));
  return MayChange(step.action()) || !saw_something;
}

std::optional<absl::Status> RecordedClaim(const std::string& host,
                                          absl::Span<const StoredRecord> rest) {
  for (const StoredRecord& stored : rest) {
    if (!stored.record.has_claim_finished()) break;
    const journal::v1::ClaimFinished& finished = stored.record.claim_finished();
    if (finished.host() != host) continue;
    return finished.accepted() ? absl::OkStatus() : Refusal(finished.detail(), rest);
  }
  return std::nullopt;
}

absl::StatusOr<plan::v1::Operation> RecordedOperation(const StepFinished& finished,
                                                      absl::Span<const StoredRecord> rest) {
  if (finished.has_operation()) return finished.operation();
  if (finished.changed()) return absl::UnavailableError(DoubtOf(finished));
  return Refusal(finished.detail(), rest);
}

std::optional<absl::StatusOr<journal::v1::HookResult>> RecordedHook(const StepFinished& finished) {
  if (finished.evidence().has_hook()) return finished.evidence().hook();
  if (auto words = After(finished.detail(), kNotStarted); words.has_value()) {
    return absl::UnavailableError(*words);
  }
  return std::nullopt;
}

std::optional<absl::StatusOr<journal::v1::FenceResult>> RecordedFence(
    const StepFinished& finished) {
  if (finished.evidence().has_fence()) return finished.evidence().fence();
  if (auto words = After(finished.detail(), kNotStarted); words.has_value()) {
    return absl::UnavailableError(*words);
  }
  return std::nullopt;
}

absl::StatusOr<plan::v1::Host> RecordedHost(const plan::v1::Step& step,
                                            const StepFinished& finished,
                                            const plan::v1::Plan& plan) {
  if (auto words = After(finished.detail(), kNotReadBack); words.has_value()) {
    return absl::PermissionDeniedError(*words);
  }
  if (step.action().has_expect_unchanged()) {
    for (const plan::v1::HostObservation& host : plan.observation().hosts()) {
      if (host.host() == step.host()) return host.state();
    }
  }
  const journal::v1::Evidence& evidence = finished.evidence();
  plan::v1::Host host;
  *host.mutable_services() = evidence.services();
  host.mutable_configuration()->set_digest(evidence.configuration_digest());
  *host.mutable_configuration()->mutable_settings() = evidence.settings();
  if (evidence.has_assignment()) *host.mutable_assignment() = evidence.assignment();
  host.mutable_serial()->set_value(evidence.serial());
  return host;
}

absl::StatusOr<agent::v1::ProbeReport> RecordedProbes(const plan::v1::Step& step,
                                                      const StepFinished& finished) {
  if (auto words = After(finished.detail(), kNotReadBack); words.has_value()) {
    return absl::PermissionDeniedError(*words);
  }
  // Which of the tries it was that did not hold, no record says, and nothing depends on it.
  const bool holds = finished.state() == plan::v1::SUCCEEDED;
  const bool accepts = holds != step.action().expect_ports().closed();
  agent::v1::ProbeReport report;
  for (const std::string& line : finished.evidence().probes()) {
    agent::v1::ProbeResult& result = *report.add_results();
    result.set_verdict(accepts ? plan::v1::ACCEPTS : plan::v1::REFUSES);
    result.set_detail(line);
  }
  return report;
}

}  // namespace baton::engine
