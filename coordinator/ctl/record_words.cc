#include "coordinator/ctl/record_words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"

namespace baton::ctl {
namespace {

using journal::v1::Record;

std::string TryWords(uint32_t attempt) {
  return attempt > 1 ? absl::StrCat(", try ", attempt) : "";
}

std::string StepFinishedWords(const journal::v1::StepFinished& finished) {
  return absl::StrCat(finished.step(), " ", Word(finished.state()), TryWords(finished.attempt()),
                      finished.detail().empty() ? "" : ": ", finished.detail());
}

std::string ClaimLine(const journal::v1::ClaimFinished& claim) {
  if (claim.accepted()) {
    return absl::StrCat("claim: ", claim.host(), " accepted epoch ", claim.epoch());
  }
  return absl::StrCat("claim: ", claim.host(), " refused epoch ", claim.epoch(), ": ",
                      claim.detail());
}

std::string ResumedLine(const Record& record) {
  const journal::v1::RunResumed& resumed = record.run_resumed();
  std::string line = absl::StrCat(
      "resumed at epoch ", resumed.epoch(), " by ",
      resumed.takeover() ? "the Baton coordinator, which was restarted" : record.actor());
  if (resumed.decision() == journal::v1::RETRY) {
    absl::StrAppend(&line, ": retry ", resumed.step());
  } else if (resumed.decision() == journal::v1::ACCEPT) {
    absl::StrAppend(&line, ": accept ", resumed.step());
  } else if (resumed.decision() == journal::v1::OWE) {
    absl::StrAppend(&line, ": go on without ", resumed.owed_host());
  }
  if (!resumed.reason().empty()) absl::StrAppend(&line, ": ", resumed.reason());
  return line;
}

std::string SettledLine(const journal::v1::DebtSettled& settled) {
  return absl::StrCat("no more owed by ", settled.host(),
                      settled.stand_down_only() ? ", its stand-down: " : ": ", settled.reason());
}

}  // namespace

std::string RecordWords(const Record& record) {
  switch (record.body_case()) {
    case Record::kRunStarted:
      return absl::StrCat("started plan ", record.run_started().plan().plan_id(), " at epoch ",
                          record.run_started().epoch());
    case Record::kClaimFinished:
      return ClaimLine(record.claim_finished());
    case Record::kStepStarted:
      return absl::StrCat(record.step_started().step(), " started",
                          TryWords(record.step_started().attempt()));
    case Record::kStepFinished:
      return StepFinishedWords(record.step_finished());
    case Record::kGateAnswered:
      return absl::StrCat(record.gate_answered().step(),
                          record.gate_answered().approved() ? " approved: " : " rejected: ",
                          record.gate_answered().reason());
    case Record::kRunAlive:
      return absl::StrCat("still under way: ", absl::StrJoin(record.run_alive().steps(), ", "));
    case Record::kRunPaused:
      return absl::StrCat("paused (", Word(record.run_paused().reason()),
                          "): ", record.run_paused().detail());
    case Record::kRunResumed:
      return ResumedLine(record);
    case Record::kStopRequested:
      return absl::StrCat(record.actor(), " asked for ",
                          record.stop_requested().cancel() ? "an end" : "a pause", ": ",
                          record.stop_requested().reason());
    case Record::kRunFinished:
      return absl::StrCat(Word(record.run_finished().phase()), ": ",
                          record.run_finished().detail());
    case Record::kDebtOpened:
      return absl::StrCat("from now on owed by ", record.debt_opened().debt().host(), ": ",
                          record.debt_opened().debt().reason());
    case Record::kDebtSettled:
      return SettledLine(record.debt_settled());
    default:
      return "a record that this program does not know";
  }
}

}  // namespace baton::ctl
