#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/report/v1/report.pb.h"

namespace baton::ctl {

// The forms that a report can have.
enum class ReportForm { kMarkdown, kHtml, kJunit, kJson };

// The form of a word: md, html, junit, json. INVALID_ARGUMENT, listing them, for another.
absl::StatusOr<ReportForm> ParseReportForm(absl::string_view word);

// The form of a file by how its name ends: .md, .html, .xml (JUnit), .json. INVALID_ARGUMENT,
// listing them, for another.
absl::StatusOr<ReportForm> ReportFormOf(absl::string_view path);

// The report in a form, with local times in `zone`. INTERNAL for a time that JSON cannot hold.
absl::StatusOr<std::string> RenderReport(const report::v1::RunReport& report, ReportForm form,
                                         absl::TimeZone zone);

}  // namespace baton::ctl
