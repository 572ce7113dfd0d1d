#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/ctl/rehearse/expectation.h"

namespace baton::rehearse {

// What a suite of a report is made of.
struct JunitSuite {
  std::string name;
  absl::Duration elapsed;
  plan::v1::Run run;
  std::vector<OutsideCheck> checks;
};

// A report in the form of JUnit, which build servers read: a suite a run; in it a test case a step
// (class name `step`, one that was not reached is a failure) and a test case a check (class name
// `outside`). Pure.
std::string JunitReport(const std::vector<JunitSuite>& suites);

// The text for an attribute or element of XML: what XML cannot hold becomes '?'.
std::string EscapeXml(absl::string_view text);

}  // namespace baton::rehearse
