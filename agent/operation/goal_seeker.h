#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agent/platform/initialization_probe.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// What GoalSeeker wants done next. Values; the answer to each goes to the function named.
namespace goal {

struct Query {};         // ServiceManager::Query; OnQueried
struct RequestStart {};  // ServiceManager::RequestStart; OnRequested
struct RequestStop {};   // ServiceManager::RequestStop; OnRequested
struct SetStartupType {  // ServiceManager::SetStartupType; OnRequested
  plan::v1::StartupType startup_type = plan::v1::STARTUP_TYPE_UNSPECIFIED;
};
struct CheckInitialized {};  // InitializationProbe::Check; OnChecked
struct Wait {                // let the time pass; OnWaited
  absl::Duration duration;
};
// The end: nothing more is to be done.
struct Done {
  plan::v1::OperationState state = plan::v1::OPERATION_STATE_UNSPECIFIED;
  // The service as last read; only `service` is set if it never could be.
  plan::v1::ServiceState service;
  // What came of it in words, ending with the system's own.
  std::string detail;
};

using Effect =
    std::variant<Query, RequestStart, RequestStop, SetStartupType, CheckInitialized, Wait, Done>;

}  // namespace goal

// Brings one service to its goal: the one way in which services are started, stopped and given a
// startup type, on every platform. It does no I/O and reads no clock: each function takes an
// answer, and the time that has passed since the beginning, and returns the one thing to do next.
//
// SUCCEEDED always rests on a query behind the last request and, for a start, on initialisation
// confirmed between two queries that showed the service running. FAILED says that it cannot be
// reached: the service is disabled or absent, ended by itself after its start, or the system
// refused for good. UNKNOWN says that the time ran out and what was seen last. Not thread-safe.
class GoalSeeker {
 public:
  // Between looks at the service; doubles from the first to the last.
  static constexpr absl::Duration kPollFirst = absl::Milliseconds(50);
  static constexpr absl::Duration kPollLast = absl::Seconds(1);
  // A request that was taken and shows no effect for this long is made again: during initialisation
  // the platform's services may take a stop and not act on it.
  static constexpr absl::Duration kRequestAgain = absl::Seconds(10);
  // For this long after a start a service that had failed before may still show that older failure.
  static constexpr absl::Duration kOldFailure = absl::Seconds(1);

  // REQUIRES: a service; RUNNING, STOPPED or no run state; AUTOMATIC, MANUAL, DISABLED or no
  // startup type; at least one of the two. With both, a startup type comes before a start and after
  // a stop.
  GoalSeeker(plan::v1::ServiceGoal goal, absl::Duration timeout);

  // The first thing to do.
  goal::Effect Begin();

  goal::Effect OnQueried(const absl::StatusOr<plan::v1::ServiceState>& state,
                         absl::Duration elapsed);
  goal::Effect OnRequested(const absl::Status& status, absl::Duration elapsed);
  goal::Effect OnChecked(const InitializationReport& report, absl::Duration elapsed);
  goal::Effect OnWaited();

  // What has come of it if it is given up now, for the reason `why`: INTERRUPTED, as last read.
  goal::Done Abandon(absl::string_view why) const;

 private:
  // What was asked of the system, to be judged by what a later query shows.
  enum class Request { kNone, kStartupType, kRunState };

  goal::Effect Next(absl::Duration elapsed);
  goal::Effect SeekStartupType();
  goal::Effect SeekRunning(absl::Duration elapsed);
  goal::Effect SeekStopped(absl::Duration elapsed);
  goal::Effect StartUnlessHopeless(absl::Duration elapsed);
  goal::Effect WaitOrGiveUp(absl::Duration elapsed);
  bool MayRequest(absl::Duration elapsed) const;

  goal::Done Succeed() const;
  goal::Done Fail(absl::string_view why) const;
  goal::Done GiveUp() const;
  goal::Done Unknown(absl::string_view what) const;
  std::string Refused(Request request) const;
  std::string Shown() const;

  const plan::v1::ServiceGoal goal_;
  const absl::Duration timeout_;
  plan::v1::ServiceState last_;  // as last read
  bool read_ = false;            // the last query was answered
  std::string words_;            // of the last refusal or probe
  absl::Duration interval_ = kPollFirst;
  bool asked_ = false;                          // some request was sent
  Request asking_ = Request::kNone;             // sent, not answered
  bool startup_type_set_ = false;               // a request for it was taken
  std::optional<absl::Duration> requested_at_;  // when a request for the run state was last taken
  bool failed_before_ = false;                  // the service showed a failure before that
  bool active_since_ = false;                   // the service was seen active after that
};

}  // namespace baton
