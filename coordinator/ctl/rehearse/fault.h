#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace baton::rehearse {

// What a lab host is told to do wrong, from the beginning of a run to its end: see
// deploy/lab/standin/README.md, "Faults".
struct LabFault {
  std::string host;
  std::string name;   // of a service, a tool or a request
  std::string words;  // of the stand-in: "fail 3"
};

// What goes wrong in one step of a run, and in that step alone.
struct StepFault {
  enum class Kind {
    kKillAgent,  // the host's agent dies without warning, and is started again
    kCut,        // nothing gets through to the host's agent for `length`
    kSlow,       // what the step asks for takes `length` longer
    kHang,       // it never ends
    kLie,        // it is said to be done, and is not
    kRefuse,     // it fails
  };

  std::string step;
  std::string host;  // as the step's name says
  Kind kind = Kind::kRefuse;
  int code = 0;  // kRefuse: 0 for the one that fits the step
  absl::Duration length;
  std::string text;  // as it was asked for: "repoint/fe2/apply=hang"
};

// All that is to go wrong in a rehearsal.
struct LabFaults {
  std::vector<LabFault> hosts;
  std::vector<StepFault> steps;
};

// Without a number of seconds: how much longer `slow` takes, and how long a `cut` is.
inline constexpr absl::Duration kSlowDefault = absl::Seconds(3);
inline constexpr absl::Duration kCutDefault = absl::Seconds(5);
// Longest of both: steps have time-outs, and a rehearsal shall end.
inline constexpr absl::Duration kFaultLengthMax = absl::Minutes(1);

// Reads faults as a person writes them, each PLACE=WORDS. PLACE is the name of a step
// (STAGE/HOST/WHAT), or HOST/NAME with the name of a service, tool or request of the stand-in.
// WORDS are, for both, `refuse`, `fail CODE`, `hang`, `lie` and `slow [SECONDS]`; for a step also
// `kill-agent` and `cut [SECONDS]`; for a host also `ask` and `flood BYTES`. INVALID_ARGUMENT,
// quoting the text and saying what can be said, for anything else. Pure.
absl::StatusOr<LabFaults> ParseFaults(const std::vector<std::string>& texts);

// Whether a run is expected to pause at the fault, and to go on once a person has seen to it; else
// it is expected to go on by itself.
bool ExpectsPause(StepFault::Kind kind);

}  // namespace baton::rehearse
