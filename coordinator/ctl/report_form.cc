#include "coordinator/ctl/report_form.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "coordinator/ctl/rehearse/junit_report.h"
#include "coordinator/ctl/report_document.h"
#include "coordinator/ctl/session.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {
namespace {

struct FormName {
  ReportForm form;
  absl::string_view word;
  absl::string_view ending;
};

constexpr FormName kForms[] = {{ReportForm::kMarkdown, "md", ".md"},
                               {ReportForm::kHtml, "html", ".html"},
                               {ReportForm::kJunit, "junit", ".xml"},
                               {ReportForm::kJson, "json", ".json"}};

// The run as the writer of JUnit wants it.
plan::v1::Run StepsOf(const report::v1::RunReport& report) {
  plan::v1::Run run;
  for (const report::v1::StepLine& line : report.steps()) {
    plan::v1::StepStatus& status = *run.add_steps();
    status.set_step(line.step());
    status.set_state(line.state());
    status.set_detail(line.detail());
    if (line.attempts().empty() || !line.has_elapsed()) continue;
    *status.mutable_start_time() = line.attempts().rbegin()->start_time();
    *status.mutable_end_time() = line.attempts().rbegin()->end_time();
  }
  return run;
}

std::string RenderJunit(const report::v1::RunReport& report) {
  std::vector<rehearse::OutsideCheck> checks;
  for (const report::v1::OutsideLine& line : report.outside()) {
    checks.push_back({line.name(), line.failure()});
  }
  return rehearse::JunitReport({{absl::StrCat("baton ", report.procedure(), " ", report.run()),
                                 DurationOf(report.elapsed()), StepsOf(report), checks}});
}

}  // namespace

absl::StatusOr<ReportForm> ParseReportForm(absl::string_view word) {
  for (const FormName& form : kForms) {
    if (form.word == word) return form.form;
  }
  const auto append = [](std::string* out, const FormName& form) {
    absl::StrAppend(out, form.word);
  };
  return absl::InvalidArgumentError(absl::StrCat(
      "a report's form is one of ", absl::StrJoin(kForms, ", ", append), ", not \"", word, "\""));
}

absl::StatusOr<ReportForm> ReportFormOf(absl::string_view path) {
  for (const FormName& form : kForms) {
    if (absl::EndsWith(path, form.ending)) return form.form;
  }
  const auto append = [](std::string* out, const FormName& form) {
    absl::StrAppend(out, form.ending);
  };
  return absl::InvalidArgumentError(absl::StrCat("the name of a report's file ends with one of ",
                                                 absl::StrJoin(kForms, ", ", append), ": ", path));
}

absl::StatusOr<std::string> RenderReport(const report::v1::RunReport& report, ReportForm form,
                                         absl::TimeZone zone) {
  switch (form) {
    case ReportForm::kHtml:
      return WriteHtml(MakeReportDocument(report, zone));
    case ReportForm::kJunit:
      return RenderJunit(report);
    case ReportForm::kJson:
      return ToJsonLine(report);
    default:
      return WriteMarkdown(MakeReportDocument(report, zone));
  }
}

}  // namespace baton::ctl
