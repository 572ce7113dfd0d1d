#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/ctl/json_fields.h"
#include "coordinator/ctl/rehearse/expectation.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {

// What came of a rehearsal.
struct RehearsalSummary {
  std::string procedure;  // "move-controller"
  std::string to;
  size_t hosts = 0;
  plan::v1::Run run;  // without steps if none was begun
  std::vector<rehearse::OutsideCheck> checks;
  absl::Duration elapsed;
  std::string kept_folder;  // empty if it was removed
};

// Checks that failed.
int64_t CountFailures(const RehearsalSummary& summary);

// The summary for people, and the same for programs.
std::string RenderSummary(const RehearsalSummary& summary, const Style& style);
JsonFields ToFields(const RehearsalSummary& summary);

}  // namespace baton::ctl
