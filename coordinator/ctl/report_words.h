#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/report/v1/report.pb.h"
#include "coordinator/ctl/report_document.h"

namespace baton::ctl {

// The words and tones of a report for people; `baton explain` uses them as well.

// Times for readers who may be anywhere.
class ReportTimes {
 public:
  explicit ReportTimes(absl::TimeZone zone) : zone_(zone) {}

  // "2026-01-02 10:00:05", and "2026-01-02 11:00:05 +01:00".
  std::string Utc(const google::protobuf::Timestamp& time) const;
  std::string Local(const google::protobuf::Timestamp& time) const;
  // "2026-01-02 10:00:05 UTC (11:00:05 +01:00 local time)".
  std::string Both(const google::protobuf::Timestamp& time) const;

 private:
  const absl::TimeZone zone_;
};

// "proved", "not done".
Words VerdictBadge(report::v1::Verdict verdict);

// A step's state in a word: "succeeded".
Words StateWords(plan::v1::StepState state);

// "read back", "exit code".
Words ProofWords(report::v1::Proof proof);

// "Of 72 steps, 66 were read back, 6 ...".
std::string ProofCounts(const report::v1::RunReport& report);

// A gap's kind for people.
std::string GapTitle(absl::string_view kind);
Tone GapTone(absl::string_view kind);

// "simulated"; "not known" where no profile says.
Words ProvenWords(const std::string& proven);

// How long a step took, marked where that is longer than expected.
Words TookWords(const report::v1::StepLine& step);

// The numbers that everybody looks for first.
Figure MilestoneFigure(const report::v1::Milestone& milestone);
Figure StepsFigure(const report::v1::RunReport& report);

// What there is to say of a step, tried or not: what it is for and how long it may take.
Facts StepFacts(const report::v1::StepLine& step);

// What there is to say of one try: when it was, what came of it, what was read back.
Facts AttemptFacts(const report::v1::Attempt& attempt, const ReportTimes& times);

}  // namespace baton::ctl
