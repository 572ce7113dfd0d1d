// What an HTML report must be, whatever it says.

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "coordinator/ctl/report_form.h"
#include "coordinator/ctl/report_model.h"
#include "gmock/gmock.h"
#include "tests/coordinator/ctl/report_fixture.h"
#include "tests/support/status_matchers.h"

namespace baton::ctl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string HtmlOf(const std::string& history) {
  ReportContext context;
  context.now = absl::FromUnixSeconds(1'800'000'000);
  context.version = "0.1.0";
  context.outside = {{"fe1/settings", ""}, {"fe1/ports", "12000 is <open>"}};
  absl::StatusOr<report::v1::RunReport> report = BuildRunReport(MakeHistory(history), context);
  EXPECT_OK(report);
  absl::StatusOr<std::string> html =
      RenderReport(*report, ReportForm::kHtml, absl::FixedTimeZone(2 * 60 * 60));
  EXPECT_OK(html);
  return *std::move(html);
}

// A start or end tag, or a declaration, as it stands between '<' and '>'.
std::vector<std::string> TagsOf(const std::string& html) {
  std::vector<std::string> tags;
  const size_t style = html.find("<style>");
  const size_t style_end = html.find("</style>");
  for (size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    if (at > style && at < style_end) continue;
    const size_t end = html.find('>', at);
    if (end == std::string::npos) {
      ADD_FAILURE() << "an open '<' at " << at;
      return tags;
    }
    tags.push_back(html.substr(at + 1, end - at - 1));
  }
  return tags;
}

std::string NameOf(const std::string& tag) { return tag.substr(0, tag.find(' ')); }

class ReportHtml : public testing::TestWithParam<const char*> {};

TEST_P(ReportHtml, ClosesWhatItOpens) {
  const std::set<std::string> kVoid = {"!DOCTYPE", "meta"};
  std::vector<std::string> open;
  for (const std::string& tag : TagsOf(HtmlOf(GetParam()))) {
    const std::string name = NameOf(tag);
    if (kVoid.contains(name)) continue;
    if (name[0] != '/') {
      open.push_back(name);
      continue;
    }
    ASSERT_FALSE(open.empty()) << tag;
    ASSERT_EQ("/" + open.back(), name);
    open.pop_back();
  }
  EXPECT_THAT(open, testing::IsEmpty());
}

// Nothing that a host, a tool or a person wrote can become an element or an attribute: the file has
// the elements of the writer, and only attributes without an address.
TEST_P(ReportHtml, HoldsNothingButWhatTheWriterMakes) {
  const std::set<std::string> kElements = {
      "!DOCTYPE", "html", "head", "meta",  "title",   "style", "body", "header",
      "h1",       "p",    "span", "main",  "section", "h2",    "h3",   "div",
      "dl",       "dt",   "dd",   "table", "thead",   "tbody", "tr",   "th",
      "td",       "i",    "code", "pre",   "article", "footer"};
  const std::string html = HtmlOf(GetParam());
  for (const std::string& tag : TagsOf(html)) {
    const std::string name = NameOf(tag[0] == '/' ? tag.substr(1) : tag);
    EXPECT_TRUE(kElements.contains(name)) << tag;
    for (const char* attribute : {"src", "href", "on", "url("}) {
      EXPECT_FALSE(absl::StrContains(tag, absl::StrCat(" ", attribute))) << tag;
    }
  }
  EXPECT_THAT(html.substr(html.find("<style>"), html.find("</style>")),
              AllOf(Not(HasSubstr("url(")), Not(HasSubstr("@import"))));
  EXPECT_THAT(html, HasSubstr("default-src 'none'; style-src 'unsafe-inline'"));
}

INSTANTIATE_TEST_SUITE_P(, ReportHtml,
                         testing::Values("succeeded", "paused", "vouched", "cancelled", "damaged",
                                         "gate", "hostile"),
                         [](const auto& test) { return std::string(test.param); });

TEST(ReportHtmlText, ShowsWhatWasWrittenLetterForLetter) {
  const std::string html = HtmlOf("hostile");
  EXPECT_THAT(html, HasSubstr("&lt;/pre&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&lt;img "
                              "src=http://evil/&gt; | `` ``` [a](http://evil) &amp;amp; ?[31m "
                              "&quot;"));
  EXPECT_THAT(html, HasSubstr("12000 is &lt;open&gt;"));
}

TEST(ReportHtmlText, SaysEverythingThatAnAuditorAsksFor) {
  const std::string html = HtmlOf("vouched");
  for (const char* words :
       {"done, in part on trust", "operator:alice", "fe1&#39;s disk fails", "CHG-4711",
        "vouched for repoint/fe3/apply", "applied it by hand", "disk is free again",
        "2026-01-02 09:35:00 UTC (2026-01-02 11:35:00 +02:00 local time)", "target 10m00s, missed",
        "target 12m00s, not reached", "longer than expected", "Proven on",
        "P2.7 In Service Center, republish all applications",
        "There is not enough space on the disk.", "Upgrading database model... 40%",
        "cache.password is encrypted", "every hash fits", "server.hsconf.bak-r-1"}) {
    EXPECT_THAT(html, HasSubstr(words));
  }
}

}  // namespace
}  // namespace baton::ctl
