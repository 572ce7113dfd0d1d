#include "coordinator/ctl/rehearse/junit_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/words/words.h"

namespace baton::rehearse {
namespace {

absl::Duration TimeOf(const plan::v1::StepStatus& step) {
  if (!step.has_start_time() || !step.has_end_time()) return absl::ZeroDuration();
  return absl::Seconds(step.end_time().seconds() - step.start_time().seconds()) +
         absl::Nanoseconds(step.end_time().nanos() - step.start_time().nanos());
}

// Why the step did not do what it is for; empty if it did.
std::string FailureOf(const plan::v1::StepStatus& step) {
  switch (step.state()) {
    case plan::v1::SUCCEEDED:
    case plan::v1::SKIPPED:
      return "";
    case plan::v1::PENDING:
      return "not reached";
    default:
      return absl::StrCat(Word(step.state()), ": ", step.detail());
  }
}

// The test cases and how many of them failed.
struct Cases {
  std::string xml;
  int count = 0;
  int failures = 0;

  void Add(absl::string_view class_name, absl::string_view name, absl::Duration elapsed,
           absl::string_view failure) {
    ++count;
    absl::StrAppendFormat(&xml, R"(    <testcase classname="%s" name="%s" time="%.3f")", class_name,
                          EscapeXml(name), absl::ToDoubleSeconds(elapsed));
    if (failure.empty()) {
      absl::StrAppend(&xml, "/>\n");
      return;
    }
    ++failures;
    absl::StrAppend(&xml, ">\n      <failure message=\"", EscapeXml(failure),
                    "\"/>\n    </testcase>\n");
  }
};

std::string RenderSuite(const JunitSuite& suite) {
  Cases cases;
  for (const plan::v1::StepStatus& step : suite.run.steps()) {
    cases.Add("step", step.step(), TimeOf(step), FailureOf(step));
  }
  for (const OutsideCheck& check : suite.checks) {
    cases.Add("outside", check.name, absl::ZeroDuration(), check.failure);
  }
  return absl::StrFormat(
      "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" time=\"%.3f\">\n%s  </testsuite>\n",
      EscapeXml(suite.name), cases.count, cases.failures, absl::ToDoubleSeconds(suite.elapsed),
      cases.xml);
}

}  // namespace

std::string JunitReport(const std::vector<JunitSuite>& suites) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const JunitSuite& suite : suites) text += RenderSuite(suite);
  return text + "</testsuites>\n";
}

std::string EscapeXml(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\n':
        escaped += "&#10;";
        break;
      default:
        // Other control characters cannot stand in XML, and bytes beyond ASCII may be no UTF-8.
        escaped += c >= ' ' && c <= '~' ? c : '?';
    }
  }
  return escaped;
}

}  // namespace baton::rehearse
