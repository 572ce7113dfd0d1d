// The steps of a report: what the plan says of each, what was tried, and how sure the outcome is.

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/hash/sha256.h"
#include "common/words/words.h"
#include "coordinator/ctl/report_parts.h"
#include "coordinator/ctl/text.h"
#include "coordinator/procedure/evidence_words.h"
#include "google/protobuf/util/time_util.h"

namespace baton::ctl {
namespace {

using report::v1::Attempt;
using report::v1::RunReport;
using report::v1::StepLine;

const plan::v1::Host* FindHost(const plan::v1::Plan& plan, absl::string_view name) {
  for (const plan::v1::HostObservation& host : plan.observation().hosts()) {
    if (host.host() == name) return &host.state();
  }
  return nullptr;
}

// Several lines, each harmless on its own.
std::string CleanLines(absl::string_view text) {
  std::vector<std::string> lines;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::ConsumeSuffix(&line, "\r");
    lines.push_back(Clean(line));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return absl::StrJoin(lines, "\n");
}

std::string OperationWords(const plan::v1::Operation& operation) {
  std::string text = Word(operation.state());
  if (!operation.detail().empty()) absl::StrAppend(&text, ": ", operation.detail());
  if (operation.has_restore()) {
    absl::StrAppend(&text, "; file before, SHA-256 ", ToHex(operation.restore().digest_before()),
                    "; after ", ToHex(operation.restore().digest_after()));
  }
  if (!operation.has_rewrite()) return text;
  const plan::v1::RewriteResult& rewrite = operation.rewrite();
  absl::StrAppend(&text, "; file before, SHA-256 ", ToHex(rewrite.digest_before()), "; after ",
                  ToHex(rewrite.digest_after()));
  if (!rewrite.backup().empty()) absl::StrAppend(&text, "; backup ", rewrite.backup());
  return text;
}

// What a tool, or a hook, came to.
template <typename Result>
void FillTool(const Result& result, report::v1::ToolExcerpt& tool) {
  tool.set_exit_code(result.exit_code());
  tool.set_signal(result.signal());
  tool.set_timed_out(result.timed_out());
  tool.set_output(CleanLines(result.output_tail()));
  tool.set_output_bytes(result.output_bytes());
}

void FinishAttempt(const journal::v1::Record& record, Attempt& attempt) {
  const journal::v1::StepFinished& finished = record.step_finished();
  *attempt.mutable_end_time() = record.time();
  attempt.set_end_sequence(record.sequence());
  attempt.set_state(finished.state());
  attempt.set_detail(finished.detail());
  for (std::string& line : EvidenceLines(finished.evidence())) {
    attempt.add_evidence(std::move(line));
  }
  if (finished.evidence().has_fence()) {
    FillTool(finished.evidence().fence().status(), *attempt.mutable_tool());
  }
  if (finished.evidence().has_hook()) FillTool(finished.evidence().hook(), *attempt.mutable_tool());
  if (!finished.has_operation()) return;
  attempt.set_operation(OperationWords(finished.operation()));
  if (finished.operation().has_tool())
    FillTool(finished.operation().tool(), *attempt.mutable_tool());
}

void AnswerGate(const journal::v1::Record& record, Attempt& attempt) {
  const journal::v1::GateAnswered& answered = record.gate_answered();
  *attempt.mutable_end_time() = record.time();
  attempt.set_end_sequence(record.sequence());
  attempt.set_state(answered.approved() ? plan::v1::SUCCEEDED : plan::v1::STEP_FAILED);
  attempt.set_detail(absl::StrCat(answered.approved() ? "approved by " : "rejected by ",
                                  record.actor(), ": ", answered.reason()));
  for (const plan::v1::GateValue& value : answered.values()) {
    attempt.add_evidence(absl::StrCat(
        value.name(), ": ",
        value.has_file() ? absl::StrCat("a file of ", value.file().size(), " bytes, SHA-256 ",
                                        ToHex(Sha256(value.file())))
                         : value.text()));
  }
}

// The steps of the plan as lines, by name.
class StepLines {
 public:
  StepLines(const plan::v1::Plan& plan, RunReport& report) : plan_(plan) {
    for (const plan::v1::Stage& stage : plan.stages()) {
      for (const plan::v1::Step& step : stage.steps()) {
        StepLine& line = *report.add_steps();
        Fill(stage, step, line);
        lines_[step.name()] = &line;
        kinds_[step.name()] = step.action().kind_case();
      }
    }
  }

  void Take(const journal::v1::Record& record) {
    if (record.has_step_started()) {
      Attempt& attempt = *lines_.at(record.step_started().step())->add_attempts();
      attempt.set_number(record.step_started().attempt());
      *attempt.mutable_start_time() = record.time();
      attempt.set_start_sequence(record.sequence());
      attempt.set_state(plan::v1::STARTED);
    } else if (record.has_step_finished()) {
      StepLine& line = *lines_.at(record.step_finished().step());
      // A step that is owed without a call was never attempted.
      if (record.step_finished().attempt() == 0) return;
      if (line.attempts().empty()) line.add_attempts();
      FinishAttempt(record, *line.mutable_attempts()->rbegin());
    } else if (record.has_gate_answered()) {
      StepLine& line = *lines_.at(record.gate_answered().step());
      AnswerGate(record, *line.mutable_attempts()->rbegin());
    } else if (record.run_resumed().decision() == journal::v1::ACCEPT) {
      vouched_[record.run_resumed().step()] = true;
    }
  }

  void Settle(const plan::v1::StepStatus& status) {
    StepLine& line = *lines_.at(status.step());
    line.set_state(status.state());
    line.set_detail(status.detail());
    line.set_proof(ProofOf(line));
    if (line.attempts().empty()) return;
    const Attempt& last = *line.attempts().rbegin();
    if (last.has_end_time()) *line.mutable_elapsed() = last.end_time() - last.start_time();
  }

 private:
  void Fill(const plan::v1::Stage& stage, const plan::v1::Step& step, StepLine& line) {
    line.set_step(step.name());
    line.set_stage(stage.name());
    line.set_host(step.host());
    line.set_sentence(step.sentence());
    line.set_transition(step.transition());
    line.set_reason(step.reason());
    line.set_seed(step.seed());
    *line.mutable_timeout() = step.timeout();
    line.set_hook(step.action().has_hook());
    const plan::v1::Host* host = FindHost(plan_, step.host());
    if (host == nullptr) return;
    line.set_proven(host->profile().proven());
    for (const plan::v1::ToolProfile& tool : host->profile().tools()) {
      const bool runs = step.action().has_run_tool() && step.action().run_tool() == tool.tool();
      if (runs && tool.has_expected_duration()) {
        *line.mutable_expected() = tool.expected_duration();
      }
    }
  }

  report::v1::Proof ProofOfSuccess(const StepLine& line) const {
    const bool read = line.attempts().empty() || !line.attempts().rbegin()->evidence().empty();
    switch (kinds_.at(line.step())) {
      case plan::v1::Action::kGate:
        return report::v1::APPROVED;
      case plan::v1::Action::kWait:
        return report::v1::TIME_PASSED;
      case plan::v1::Action::kHook:
        return report::v1::HOOK_EXIT_CODE;
      case plan::v1::Action::kRunTool:
        return read ? report::v1::READ_BACK : report::v1::EXIT_CODE;
      default:
        return report::v1::READ_BACK;
    }
  }

  report::v1::Proof ProofOf(const StepLine& line) const {
    switch (line.state()) {
      case plan::v1::SUCCEEDED:
        return ProofOfSuccess(line);
      case plan::v1::SKIPPED:
        if (vouched_.contains(line.step())) return report::v1::VOUCHED_FOR;
        // A hook that only warns, and did not succeed.
        return kinds_.at(line.step()) == plan::v1::Action::kHook ? report::v1::NOT_PROVED
                                                                 : report::v1::NOT_NEEDED;
      case plan::v1::OWED:
        return report::v1::STILL_OWED;
      case plan::v1::PENDING:
        return line.attempts().empty() ? report::v1::NOT_REACHED : report::v1::NOT_PROVED;
      default:
        return report::v1::NOT_PROVED;
    }
  }

  const plan::v1::Plan& plan_;
  std::map<std::string, StepLine*> lines_;  // in the report, which owns them and does not grow
  std::map<std::string, plan::v1::Action::KindCase> kinds_;
  std::map<std::string, bool> vouched_;
};

void AddGap(absl::string_view kind, const std::string& step, std::string words, RunReport& report) {
  report::v1::Gap& gap = *report.add_gaps();
  gap.set_kind(std::string(kind));
  gap.set_step(step);
  gap.set_words(std::move(words));
}

// What kind of gap a step is; empty if it is none.
absl::string_view GapKind(report::v1::Proof proof) {
  switch (proof) {
    case report::v1::NOT_NEEDED:
      return "not-needed";
    case report::v1::VOUCHED_FOR:
      return "vouched-for";
    case report::v1::NOT_PROVED:
      return "not-proved";
    case report::v1::STILL_OWED:
      return "owed";
    default:
      return "";
  }
}

// Values that are encrypted were seen, and cannot be compared.
void AddEncryptedGaps(const RunHistory& history, RunReport& report) {
  for (const StoredRecord& stored : history.records) {
    const journal::v1::StepFinished& finished = stored.record.step_finished();
    for (const plan::v1::SettingValue& value : finished.evidence().settings()) {
      if (!value.encrypted()) continue;
      AddGap("encrypted", finished.step(),
             absl::StrCat(Word(value.setting()), " is encrypted: its value was not compared"),
             report);
    }
  }
}

}  // namespace

void AddSteps(const ReportSource& source, RunReport& report) {
  StepLines lines(source.plan(), report);
  for (const StoredRecord& stored : source.history.records) lines.Take(stored.record);
  for (const plan::v1::StepStatus& status : source.run().steps()) lines.Settle(status);
}

void AddHosts(const ReportSource& source, RunReport& report) {
  for (const std::string& name : source.plan().hosts()) {
    report::v1::HostLine& line = *report.add_hosts();
    line.set_host(name);
    line.set_steps(static_cast<uint32_t>(
        std::count_if(report.steps().begin(), report.steps().end(),
                      [&name](const StepLine& step) { return step.host() == name; })));
    const plan::v1::Host* host = FindHost(source.plan(), name);
    if (host == nullptr) continue;
    line.set_profile(host->profile().name());
    line.set_proven(host->profile().proven());
    line.set_platform_version(host->configuration().platform_version());
    line.set_agent_version(host->agent_version());
  }
}

void AddGaps(const ReportSource& source, RunReport& report) {
  std::string first_not_reached;
  int not_reached = 0;
  for (const StepLine& step : report.steps()) {
    const absl::string_view kind = GapKind(step.proof());
    if (!kind.empty()) {
      AddGap(kind, step.step(), absl::StrCat(Word(step.state()), ": ", step.detail()), report);
    }
    if (step.proof() != report::v1::NOT_REACHED) continue;
    if (++not_reached == 1) first_not_reached = step.step();
  }
  if (not_reached > 0) {
    AddGap("not-reached", first_not_reached,
           absl::StrCat(not_reached, " of ", report.steps_size(), " steps were not reached"),
           report);
  }
  AddEncryptedGaps(source.history, report);
  for (const std::string& line : source.plan().by_hand()) AddGap(kByHandGap, "", line, report);
}

}  // namespace baton::ctl
