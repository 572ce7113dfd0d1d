#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/ctl/rehearse/expectation.h"

namespace baton::rehearse {

// A report in the form of JUnit, which build servers read: a test case a step (class name `step`,
// one that was not reached is a failure) and a test case a check (class name `outside`). Pure.
std::string JunitReport(absl::string_view suite, absl::Duration elapsed, const plan::v1::Run& run,
                        const std::vector<OutsideCheck>& checks);

// The text for an attribute or element of XML: what XML cannot hold becomes '?'.
std::string EscapeXml(absl::string_view text);

}  // namespace baton::rehearse
