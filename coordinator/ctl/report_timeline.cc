// What happened in a run and who decided what: the parts of a report that follow the records.

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/hash/sha256.h"
#include "coordinator/ctl/record_words.h"
#include "coordinator/ctl/report_parts.h"
#include "coordinator/ctl/text.h"
#include "google/protobuf/util/time_util.h"

namespace baton::ctl {
namespace {

using journal::v1::Record;
using report::v1::RunReport;

void AddDeed(const Record& record, std::string what, const std::string& reason, RunReport& report) {
  report::v1::Deed& deed = *report.add_deeds();
  *deed.mutable_time() = record.time();
  deed.set_actor(record.actor());
  deed.set_what(std::move(what));
  deed.set_reason(reason);
}

void AddStart(const Record& record, RunReport& report) {
  const plan::v1::Plan& plan = record.run_started().plan();
  for (const plan::v1::Finding& finding : plan.findings()) {
    if (!finding.accepted()) continue;
    AddDeed(record,
            absl::StrCat("accepted the finding ", finding.name(),
                         finding.host().empty() ? "" : " on ", finding.host()),
            plan.request().reason(), report);
    // Accepted with the plan, whoever runs it.
    report.mutable_deeds()->rbegin()->set_actor(plan.actor());
    *report.mutable_deeds()->rbegin()->mutable_time() = plan.create_time();
  }
  AddDeed(record, absl::StrCat("started plan ", plan.plan_id()), plan.request().reason(), report);
}

std::string DecisionWords(const journal::v1::RunResumed& resumed) {
  switch (resumed.decision()) {
    case journal::v1::RETRY:
      return absl::StrCat("tried again ", resumed.step());
    case journal::v1::ACCEPT:
      return absl::StrCat("vouched for ", resumed.step());
    default:
      return "went on";
  }
}

// What a record says that a person decided, in a run that was in `phase` before it.
void AddDeedsOf(const Record& record, plan::v1::RunPhase phase, RunReport& report) {
  if (record.has_run_started()) AddStart(record, report);
  if (record.has_stop_requested()) {
    AddDeed(record, record.stop_requested().cancel() ? "asked for an end" : "asked for a pause",
            record.stop_requested().reason(), report);
  }
  if (record.has_run_resumed() && !record.run_resumed().takeover()) {
    AddDeed(record, DecisionWords(record.run_resumed()), record.run_resumed().reason(), report);
  }
  if (record.has_gate_answered()) {
    AddDeed(record,
            absl::StrCat(record.gate_answered().approved() ? "approved " : "rejected ",
                         record.gate_answered().step()),
            record.gate_answered().reason(), report);
  }
  // Nothing but a person's force ends a paused run so.
  if (phase == plan::v1::RUN_PAUSED && record.run_finished().phase() == plan::v1::RUN_STOPPED) {
    AddDeed(record, "ended the run by force", record.run_finished().detail(), report);
  }
}

}  // namespace

void AddTimeline(const ReportSource& source, RunReport& report) {
  for (const StoredRecord& stored : source.history.records) {
    // Says only that nothing happened.
    if (stored.record.has_run_alive()) continue;
    report::v1::TimelineLine& line = *report.add_timeline();
    line.set_sequence(stored.record.sequence());
    *line.mutable_time() = stored.record.time();
    line.set_actor(stored.record.actor());
    line.set_words(RecordWords(stored.record));
    line.set_hash(ToHex(stored.hash));
  }
}

void AddDeeds(const ReportSource& source, RunReport& report) {
  engine::RunState state;  // before the record
  absl::Duration waited;
  absl::Time last_time;
  for (const StoredRecord& stored : source.history.records) {
    const Record& record = stored.record;
    const plan::v1::RunPhase phase = state.run().phase();
    if (phase == plan::v1::RUN_PAUSED || phase == plan::v1::RUN_WAITING) {
      waited += TimeOf(record.time()) - last_time;
    }
    last_time = TimeOf(record.time());
    AddDeedsOf(record, phase, report);
    // It is one of the records that made the source's state.
    state.Apply(stored).IgnoreError();
  }
  *report.mutable_waited() =
      google::protobuf::util::TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(waited));
}

void AddJournalVerdict(const ReportSource& source, RunReport& report) {
  const coordinator::v1::ChainVerdict& chain = source.history.chain;
  report::v1::JournalVerdict& verdict = *report.mutable_journal();
  const StoredRecord& last = source.history.records.back();
  verdict.set_whole(chain.damage().empty());
  verdict.set_first_sequence(chain.first_sequence());
  verdict.set_last_sequence(chain.last_sequence());
  verdict.set_last_hash(ToHex(chain.last_hash()));
  verdict.set_run_first_sequence(source.history.records.front().record.sequence());
  verdict.set_run_last_sequence(last.record.sequence());
  verdict.set_run_last_hash(ToHex(last.hash));
  verdict.set_words(
      verdict.whole()
          ? absl::StrCat("The Baton coordinator read records ", chain.first_sequence(), " to ",
                         chain.last_sequence(),
                         " of its journal again for this report: every hash fits and no record is "
                         "missing between them.")
          : absl::StrCat("The journal is damaged: ", chain.damage(), ". Records ",
                         chain.first_sequence(), " to ", chain.last_sequence(),
                         " fit together; what came after them is not in this report."));
}

}  // namespace baton::ctl
