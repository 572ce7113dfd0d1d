#include "coordinator/ctl/report_document.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/ctl/report_words.h"

namespace baton::ctl {
namespace {

using report::v1::Attempt;
using report::v1::RunReport;
using report::v1::StepLine;

// Hexadecimal digits of a hash that are shown where the whole is not needed.
constexpr size_t kHashDigits = 12;

// Writes the sections of one report.
class ReportWriter {
 public:
  ReportWriter(const RunReport& report, absl::TimeZone zone) : report_(report), times_(zone) {}

  Document Write() {
    document_.title = "Failover report";
    document_.subtitle = absl::StrCat("farm ", report_.farm_id(), ", run ", report_.run());
    document_.verdict = VerdictBadge(report_.verdict());
    document_.verdict_words = report_.verdict_words();
    WriteSummary();
    WriteProof();
    WriteDeeds();
    WriteFindings();
    WriteHosts();
    WriteSteps();
    WriteOutside();
    WriteTimeline();
    WriteEvidence();
    WriteJournal();
    document_.footer =
        absl::StrCat("Made ", times_.Both(report_.report_time()), " by baton ",
                     report_.program_version(), " from the records of the journal alone.");
    return std::move(document_);
  }

 private:
  Section& AddSection(absl::string_view title) {
    document_.sections.push_back({std::string(title), {}});
    return document_.sections.back();
  }

  void WriteSummary() {
    Section& section = AddSection("The run");
    Figures figures;
    figures.figures.push_back({"Took", FormatElapsed(DurationOf(report_.elapsed())), WaitedNote()});
    for (const report::v1::Milestone& milestone : report_.milestones()) {
      figures.figures.push_back(MilestoneFigure(milestone));
    }
    figures.figures.push_back(StepsFigure(report_));
    section.blocks.emplace_back(std::move(figures));
    section.blocks.emplace_back(SummaryFacts());
  }

  std::string WaitedNote() const {
    const absl::Duration waited = DurationOf(report_.waited());
    if (waited == absl::ZeroDuration()) return "without a pause";
    return absl::StrCat("of which ", FormatElapsed(waited), " waiting for a person");
  }

  Facts SummaryFacts() const {
    Facts facts;
    const auto add = [&facts](absl::string_view name, Words value) {
      if (!value.text.empty()) facts.facts.emplace_back(std::string(name), std::move(value));
    };
    add("Procedure", report_.procedure());
    add("Undoes", Code(report_.undoes()));
    add("Fails back from", Code(report_.fails_back()));
    add(report_.new_controller().empty() ? "Deployment Controller" : "Deployment Controller before",
        report_.old_controller());
    add("Deployment Controller after", report_.new_controller());
    add("Republish", report_.republish());
    add("Activated", absl::StrJoin(report_.activated(), ", "));
    add("Deactivated", absl::StrJoin(report_.deactivated(), ", "));
    add("Started by", report_.actor());
    add("Reason",
        report_.reason().empty() ? Words("none was given", Tone::kDim) : Words(report_.reason()));
    add("Change",
        report_.change().empty() ? Words("none was named", Tone::kDim) : Code(report_.change()));
    add("Started", times_.Both(report_.start_time()));
    add("Ended", report_.has_end_time() ? times_.Both(report_.end_time()) : "not over");
    for (const report::v1::Milestone& milestone : report_.milestones()) {
      add(milestone.title(), absl::StrCat(milestone.has_time() ? times_.Both(milestone.time()) : "",
                                          milestone.has_time() ? ", " : "", milestone.detail()));
    }
    add("State", absl::StrCat(Word(report_.phase()), report_.detail().empty() ? "" : ": ",
                              report_.detail()));
    add("Cannot be undone from", Code(report_.first_irreversible_step()));
    add("Plan", Code(report_.plan_id()));
    add("Plan digest, SHA-256", Code(report_.plan_digest()));
    add("Epoch", absl::StrCat(report_.epoch()));
    return facts;
  }

  void WriteProof() {
    Section& section = AddSection("What was proved, and what was not");
    section.blocks.emplace_back(Paragraph{ProofCounts(report_)});
    if (report_.gaps().empty()) {
      section.blocks.emplace_back(
          Paragraph{Words("Nothing is left that Baton could not prove.", Tone::kGood)});
      return;
    }
    Grid grid{{"Not proved by Baton", "Step", "Why"}, {}, {}};
    for (const report::v1::Gap& gap : report_.gaps()) {
      grid.rows.push_back(
          {Words(GapTitle(gap.kind()), GapTone(gap.kind())), Code(gap.step()), gap.words()});
    }
    section.blocks.emplace_back(std::move(grid));
  }

  void WriteDeeds() {
    Grid grid{{"UTC", "Local time", "Who", "What", "Why"}, {}, {}};
    for (const report::v1::Deed& deed : report_.deeds()) {
      grid.rows.push_back({times_.Utc(deed.time()), times_.Local(deed.time()), deed.actor(),
                           deed.what(), deed.reason()});
    }
    AddSection("Who decided what").blocks.emplace_back(std::move(grid));
  }

  void WriteFindings() {
    Section& section = AddSection("Findings before the run");
    if (report_.findings().empty()) {
      section.blocks.emplace_back(Paragraph{"Nothing spoke against the run."});
      return;
    }
    Grid grid{{"Level", "Finding", "Host", "What was found", "What to do about it"}, {}, {}};
    for (const plan::v1::Finding& finding : report_.findings()) {
      grid.rows.push_back(
          {finding.accepted() ? Words("accepted", Tone::kWarn) : Words(Word(finding.level())),
           Code(finding.name()), finding.host(), finding.reason(), finding.hint()});
    }
    section.blocks.emplace_back(std::move(grid));
  }

  void WriteHosts() {
    Section& section = AddSection("Hosts, and on what their profiles were proven");
    section.blocks.emplace_back(Paragraph{
        "A profile says what the platform is on a host. Proven on real: seen to work on the "
        "vendor's "
        "platform. Lab: on services and processes of a lab. Simulated: only against a stand-in of "
        "the platform."});
    Grid grid{{"Host", "Profile", "Proven on", "Platform", "Agent", "Steps"}, {}, {}};
    for (const report::v1::HostLine& host : report_.hosts()) {
      grid.rows.push_back({host.host(), Code(host.profile()), ProvenWords(host.proven()),
                           host.platform_version(), host.agent_version(),
                           absl::StrCat(host.steps())});
    }
    section.blocks.emplace_back(std::move(grid));
  }

  void WriteSteps() {
    Section& section = AddSection("Steps and their time");
    section.blocks.emplace_back(Paragraph{
        "Expected is what the host's profile says of a tool. Line is that of the vendor's "
        "procedure; a step without one is Baton's own."});
    Grid grid{{"", "Step", "Line", "State", "Proof", "Took", "Expected", "Proven on"}, {}, {}};
    int number = 0;
    for (const StepLine& step : report_.steps()) {
      grid.rows.push_back({absl::StrCat(++number), Code(step.step()),
                           step.seed().empty() ? "-" : step.seed(), StateWords(step.state()),
                           ProofWords(step.proof()), TookWords(step),
                           step.has_expected() ? FormatElapsed(DurationOf(step.expected())) : "",
                           ProvenWords(step.proven())});
      grid.bars.push_back(BarOf(step));
    }
    section.blocks.emplace_back(std::move(grid));
  }

  // Where the last try of a step lies in the time of the run.
  Bar BarOf(const StepLine& step) const {
    const absl::Duration all = DurationOf(report_.elapsed());
    if (step.attempts().empty() || !step.has_elapsed() || all <= absl::ZeroDuration()) return {};
    const absl::Time start = TimeOf(report_.start_time());
    const Attempt& last = *step.attempts().rbegin();
    return {absl::FDivDuration(TimeOf(last.start_time()) - start, all),
            absl::FDivDuration(TimeOf(last.end_time()) - start, all)};
  }

  void WriteOutside() {
    if (report_.outside().empty()) return;
    Section& section = AddSection("Seen from outside, without asking Baton");
    Grid grid{{"Check", "Result"}, {}, {}};
    for (const report::v1::OutsideLine& line : report_.outside()) {
      grid.rows.push_back({Code(line.name()), line.failure().empty()
                                                  ? Words("as it must be", Tone::kGood)
                                                  : Words(line.failure(), Tone::kBad)});
    }
    section.blocks.emplace_back(std::move(grid));
  }

  void WriteTimeline() {
    Grid grid{{"UTC", "Local time", "Record", "On behalf of", "What happened", "Hash"}, {}, {}};
    for (const report::v1::TimelineLine& line : report_.timeline()) {
      grid.rows.push_back({times_.Utc(line.time()), times_.Local(line.time()),
                           absl::StrCat(line.sequence()), line.actor(), line.words(),
                           Code(line.hash().substr(0, kHashDigits), Tone::kDim)});
    }
    AddSection("Timeline").blocks.emplace_back(std::move(grid));
  }

  void WriteEvidence() {
    Section& section = AddSection("Evidence, step by step");
    for (const StepLine& step : report_.steps()) {
      for (const Attempt& attempt : step.attempts()) {
        section.blocks.emplace_back(EvidenceOf(step, attempt));
      }
    }
    if (section.blocks.empty()) section.blocks.emplace_back(Paragraph{"No step was tried."});
  }

  Entry EvidenceOf(const StepLine& step, const Attempt& attempt) const {
    Entry entry;
    const bool several = step.attempts_size() > 1;
    entry.title = Code(step.step());
    entry.mark = StateWords(attempt.state());
    if (several) absl::StrAppend(&entry.mark.text, ", try ", attempt.number());
    const std::string does =
        absl::StrCat(step.sentence(), step.transition().empty() ? "" : ": ", step.transition());
    entry.facts.facts.emplace_back("what", does);
    for (auto& fact : AttemptFacts(attempt, times_).facts) {
      entry.facts.facts.push_back(std::move(fact));
    }
    entry.output = attempt.tool().output();
    return entry;
  }

  void WriteJournal() {
    const report::v1::JournalVerdict& journal = report_.journal();
    Section& section = AddSection("The journal");
    section.blocks.emplace_back(
        Paragraph{Words(journal.words(), journal.whole() ? Tone::kGood : Tone::kBad)});
    Facts facts;
    facts.facts.emplace_back(
        "Records of this run",
        absl::StrCat(journal.run_first_sequence(), " to ", journal.run_last_sequence()));
    facts.facts.emplace_back("Hash of its last record", Code(journal.run_last_hash()));
    facts.facts.emplace_back(absl::StrCat("Hash of record ", journal.last_sequence()),
                             Code(journal.last_hash()));
    section.blocks.emplace_back(std::move(facts));
    section.blocks.emplace_back(Paragraph{
        "Each record holds the SHA-256 of the one before, so a record cannot be changed or taken "
        "out without changing every hash after it. The agents keep the newest hash that they were "
        "shown: they tell if records at the end were lost."});
  }

  const RunReport& report_;
  const ReportTimes times_;
  Document document_;
};

}  // namespace

Words Code(std::string text, Tone tone) {
  Words words(std::move(text), tone);
  words.code = true;
  return words;
}

Document MakeReportDocument(const RunReport& report, absl::TimeZone zone) {
  return ReportWriter(report, zone).Write();
}

}  // namespace baton::ctl
