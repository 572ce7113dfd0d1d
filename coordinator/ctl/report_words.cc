#include "coordinator/ctl/report_words.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/ctl/render_run.h"

namespace baton::ctl {
namespace {

using report::v1::Proof;
using report::v1::StepLine;

// What an agent keeps of a tool's output; see ToolResult.
constexpr uint64_t kToolTailBytesMax = 4096;

int64_t CountProof(const report::v1::RunReport& report, Proof proof) {
  return std::count_if(report.steps().begin(), report.steps().end(),
                       [proof](const StepLine& step) { return step.proof() == proof; });
}

std::string ToolWords(const report::v1::ToolExcerpt& tool) {
  std::string end = tool.timed_out()     ? "its time ran out and it was ended"
                    : tool.signal() != 0 ? absl::StrCat("ended by signal ", tool.signal())
                                         : absl::StrCat("exit code ", tool.exit_code());
  return absl::StrCat(end, ", wrote ", tool.output_bytes(), " bytes",
                      tool.output_bytes() > kToolTailBytesMax ? "; the last of them below" : "");
}

// Facts that are there: an empty value is none.
class FactList {
 public:
  void Add(absl::string_view name, Words value) {
    if (!value.text.empty()) facts_.facts.emplace_back(std::string(name), std::move(value));
  }
  Facts Take() && { return std::move(facts_); }

 private:
  Facts facts_;
};

}  // namespace

std::string ReportTimes::Utc(const google::protobuf::Timestamp& time) const {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", TimeOf(time), absl::UTCTimeZone());
}

std::string ReportTimes::Local(const google::protobuf::Timestamp& time) const {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S %Ez", TimeOf(time), zone_);
}

std::string ReportTimes::Both(const google::protobuf::Timestamp& time) const {
  return absl::StrCat(Utc(time), " UTC (", Local(time), " local time)");
}

Words VerdictBadge(report::v1::Verdict verdict) {
  switch (verdict) {
    case report::v1::PROVED:
      return {"proved", Tone::kGood};
    case report::v1::DONE_IN_PART_ON_TRUST:
      return {"done, in part on trust", Tone::kWarn};
    case report::v1::NOT_DONE:
      return {"not done", Tone::kBad};
    default:
      return {"not over", Tone::kWarn};
  }
}

Words StateWords(plan::v1::StepState state) { return {Word(state), MarkOf(state).tone}; }

Words ProofWords(Proof proof) {
  switch (proof) {
    case report::v1::READ_BACK:
      return {"read back", Tone::kGood};
    case report::v1::EXIT_CODE:
      return {"exit code", Tone::kGood};
    case report::v1::APPROVED:
      return {"approved", Tone::kPlain};
    case report::v1::TIME_PASSED:
      return {"time passed", Tone::kGood};
    case report::v1::HOOK_EXIT_CODE:
      return {"hook's exit code", Tone::kPlain};
    case report::v1::NOT_NEEDED:
      return {"not needed", Tone::kDim};
    case report::v1::VOUCHED_FOR:
      return {"a person's word", Tone::kWarn};
    case report::v1::NOT_REACHED:
      return {"not reached", Tone::kDim};
    case report::v1::STILL_OWED:
      return {"owed", Tone::kWarn};
    default:
      return {"not proved", Tone::kBad};
  }
}

std::string ProofCounts(const report::v1::RunReport& report) {
  std::vector<std::string> counts;
  const auto count = [&](Proof proof, absl::string_view words) {
    const int64_t number = CountProof(report, proof);
    if (number > 0) counts.push_back(absl::StrCat(number, " ", words));
  };
  count(report::v1::READ_BACK, "read back from the host after the step");
  count(report::v1::EXIT_CODE, "known by a tool's exit code, their effect proved by later steps");
  count(report::v1::APPROVED, "gates that a person approved");
  count(report::v1::TIME_PASSED, "waits whose time passed");
  count(report::v1::HOOK_EXIT_CODE, "hooks of the site, known by their exit code alone");
  count(report::v1::NOT_NEEDED, "not needed");
  count(report::v1::VOUCHED_FOR, "vouched for by a person");
  count(report::v1::STILL_OWED, "still owed");
  count(report::v1::NOT_PROVED, "not proved");
  count(report::v1::NOT_REACHED, "not reached");
  return absl::StrCat("Of ", report.steps_size(), " steps: ", absl::StrJoin(counts, "; "), ".");
}

std::string GapTitle(absl::string_view kind) {
  if (kind == "by-hand") return "to be done by hand";
  if (kind == "vouched-for") return "a person's word";
  std::string title(kind);
  std::replace(title.begin(), title.end(), '-', ' ');
  return title;
}

Tone GapTone(absl::string_view kind) {
  if (kind == "not-proved") return Tone::kBad;
  return kind == "not-needed" || kind == "not-reached" ? Tone::kDim : Tone::kWarn;
}

Words ProvenWords(const std::string& proven) {
  if (proven.empty()) return {"not known", Tone::kDim};
  return {proven, proven == "real" ? Tone::kGood : Tone::kPlain};
}

Words TookWords(const StepLine& step) {
  if (!step.has_elapsed()) return {};
  const absl::Duration took = DurationOf(step.elapsed());
  const bool longer = step.has_expected() && took > DurationOf(step.expected());
  return {absl::StrCat(FormatElapsed(took), longer ? ", longer than expected" : ""),
          longer ? Tone::kWarn : Tone::kPlain};
}

Figure MilestoneFigure(const report::v1::Milestone& milestone) {
  Figure figure;
  figure.label = milestone.title();
  figure.value =
      milestone.has_elapsed() ? FormatElapsed(DurationOf(milestone.elapsed())) : "not proved";
  figure.note = "the farm file has no target";
  if (milestone.has_target()) {
    figure.note = absl::StrCat("target ", FormatElapsed(DurationOf(milestone.target())), ", ",
                               !milestone.has_elapsed() ? "not reached"
                               : milestone.met()        ? "met"
                                                        : "missed");
  }
  const bool good = milestone.has_elapsed() && (milestone.met() || !milestone.has_target());
  figure.tone = good ? Tone::kGood : Tone::kBad;
  return figure;
}

Figure StepsFigure(const report::v1::RunReport& report) {
  const int64_t approved = CountProof(report, report::v1::APPROVED);
  const int64_t hooks = CountProof(report, report::v1::HOOK_EXIT_CODE);
  const int64_t proved =
      CountProof(report, report::v1::READ_BACK) + CountProof(report, report::v1::EXIT_CODE) +
      CountProof(report, report::v1::TIME_PASSED) + CountProof(report, report::v1::NOT_NEEDED);
  return {"Steps proved", absl::StrCat(proved, " of ", report.steps_size()),
          absl::StrCat(
              "on ", report.hosts_size(), report.hosts_size() == 1 ? " host" : " hosts",
              approved == 0 ? "" : absl::StrCat(", and ", approved, " approved"),
              hooks == 0 ? "" : absl::StrCat(", and ", hooks, hooks == 1 ? " hook" : " hooks")),
          proved + approved + hooks == report.steps_size() ? Tone::kGood : Tone::kWarn};
}

Facts StepFacts(const StepLine& step) {
  FactList facts;
  facts.Add("what", step.sentence());
  facts.Add("change", step.transition());
  facts.Add("why", step.reason());
  facts.Add("vendor's line", !step.seed().empty() ? step.seed()
                             : step.hook()        ? "none, a command of the site"
                                                  : "none, a step of Baton's own");
  facts.Add("time-out",
            absl::StrCat("at most ", FormatElapsed(DurationOf(step.timeout())),
                         step.has_expected() ? ", usually " : "",
                         step.has_expected() ? FormatElapsed(DurationOf(step.expected())) : ""));
  facts.Add("proof", ProofWords(step.proof()).text);
  if (!step.hook())
    facts.Add("profile", absl::StrCat("proven on: ", ProvenWords(step.proven()).text));
  facts.Add("stands so",
            step.attempts().empty() || step.attempts().rbegin()->detail() != step.detail()
                ? step.detail()
                : "");
  return std::move(facts).Take();
}

Facts AttemptFacts(const report::v1::Attempt& attempt, const ReportTimes& times) {
  FactList facts;
  const std::string took =
      attempt.has_end_time()
          ? absl::StrCat(", took ",
                         FormatElapsed(TimeOf(attempt.end_time()) - TimeOf(attempt.start_time())))
          : ", not ended";
  facts.Add("when", absl::StrCat(times.Both(attempt.start_time()), took));
  facts.Add("what came of it", attempt.detail());
  facts.Add("the agent says", attempt.operation());
  facts.Add("read back", absl::StrJoin(attempt.evidence(), "; "));
  if (attempt.has_tool()) {
    facts.Add(attempt.operation().empty() ? "the hook" : "the tool", ToolWords(attempt.tool()));
  }
  facts.Add("records",
            absl::StrCat(attempt.start_sequence(), attempt.end_sequence() == 0 ? "" : " and ",
                         attempt.end_sequence() == 0 ? "" : absl::StrCat(attempt.end_sequence())));
  return std::move(facts).Take();
}

}  // namespace baton::ctl
