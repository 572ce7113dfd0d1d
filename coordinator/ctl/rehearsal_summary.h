#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/ctl/exit_code.h"
#include "coordinator/ctl/json_fields.h"
#include "coordinator/ctl/rehearse/expectation.h"
#include "coordinator/ctl/rehearse/fault_director.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {

// Begins the names of the checks of faults; what follows is the fault as it was asked for.
inline constexpr absl::string_view kFaultCheck = "fault/";

// What came of a rehearsal.
struct RehearsalSummary {
  std::string procedure;  // "move-controller"
  std::string to;
  size_t hosts = 0;
  plan::v1::Run run;  // without steps if none was begun
  std::vector<rehearse::OutsideCheck> checks;
  std::vector<rehearse::FaultVerdict> faults;  // those of steps
  absl::Duration elapsed;
  std::string kept_folder;  // empty if it was removed
};

// Checks that failed.
int64_t CountFailures(const RehearsalSummary& summary);

// The summary for people, and the same for programs.
std::string RenderSummary(const RehearsalSummary& summary, const Style& style);
JsonFields ToFields(const RehearsalSummary& summary);

// What came of several rehearsals, one after the other.
struct RehearsedAll {
  struct One {
    RehearsalSummary summary;
    ExitCode exit_code = ExitCode::kDone;
  };
  std::vector<One> rehearsals;
  std::vector<std::string> left_out;  // "move-controller-and-cache: the Java stack has no cache"
};

// The code of the one that went worst: what is not known is worse than what stopped, that is worse
// than what waits or was refused, and an error is worst.
ExitCode WorstOf(const RehearsedAll& all);

std::string RenderAll(const RehearsedAll& all, const Style& style);
JsonFields ToFields(const RehearsedAll& all);

}  // namespace baton::ctl
