#include "coordinator/ctl/report_form.h"

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton::ctl {
namespace {

using testing::HasSubstr;

TEST(ReportForm, HasAWordAndAnEnding) {
  const struct {
    const char* word;
    const char* path;
    ReportForm form;
  } kRows[] = {{"md", "/tmp/r-1.md", ReportForm::kMarkdown},
               {"html", "r-1.html", ReportForm::kHtml},
               {"junit", "TEST-baton.xml", ReportForm::kJunit},
               {"json", "a.b/r-1.json", ReportForm::kJson}};
  for (const auto& row : kRows) {
    ASSERT_OK_AND_ASSIGN(const ReportForm by_word, ParseReportForm(row.word));
    EXPECT_EQ(by_word, row.form) << row.word;
    ASSERT_OK_AND_ASSIGN(const ReportForm by_path, ReportFormOf(row.path));
    EXPECT_EQ(by_path, row.form) << row.path;
  }
}

TEST(ReportForm, ListsWhatThereIs) {
  EXPECT_THAT(ParseReportForm("pdf"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a report's form is one of md, html, junit, json, not \"pdf\""));
  EXPECT_THAT(ReportFormOf("report.pdf"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("one of .md, .html, .xml, .json: report.pdf")));
}

}  // namespace
}  // namespace baton::ctl
