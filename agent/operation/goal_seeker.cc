#include "agent/operation/goal_seeker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/words/words.h"

namespace baton {
namespace {

using plan::v1::ServiceState;

// The system may take the request later.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

std::string Joined(absl::string_view what, absl::string_view words) {
  return words.empty() ? std::string(what) : absl::StrCat(what, ": ", words);
}

}  // namespace

GoalSeeker::GoalSeeker(plan::v1::ServiceGoal goal, absl::Duration timeout)
    : goal_(std::move(goal)), timeout_(timeout) {
  last_.set_service(goal_.service());
}

goal::Effect GoalSeeker::Begin() { return goal::Query{}; }

goal::Effect GoalSeeker::OnWaited() { return goal::Query{}; }

goal::Effect GoalSeeker::OnQueried(const absl::StatusOr<ServiceState>& state,
                                   absl::Duration elapsed) {
  read_ = state.ok();
  if (read_) {
    const plan::v1::Initialization initialization = last_.initialization();
    last_ = *state;
    last_.set_service(goal_.service());
    // Initialisation holds for as long as the service is seen running.
    if (last_.run_state() == plan::v1::RUNNING) last_.set_initialization(initialization);
    return Next(elapsed);
  }
  words_ = std::string(state.status().message());
  if (MayPass(state.status())) return WaitOrGiveUp(elapsed);
  // What was asked for and cannot be seen is not known to have failed.
  return asked_ ? Unknown("cannot be read") : Fail(Joined("cannot be read", words_));
}

goal::Effect GoalSeeker::OnRequested(const absl::Status& status, absl::Duration elapsed) {
  const Request asked = std::exchange(asking_, Request::kNone);
  if (MayPass(status)) {
    words_ = std::string(status.message());
    return WaitOrGiveUp(elapsed);
  }
  if (!status.ok()) return Fail(Joined(Refused(asked), status.message()));
  words_.clear();
  interval_ = kPollFirst;
  if (asked == Request::kStartupType) {
    startup_type_set_ = true;
  } else {
    requested_at_ = elapsed;
    active_since_ = false;
    failed_before_ = last_.run_state() == plan::v1::FAILED;
  }
  return goal::Query{};
}

goal::Effect GoalSeeker::OnChecked(const InitializationReport& report, absl::Duration elapsed) {
  last_.set_initialization(report.initialization);
  words_ = report.detail;
  // The service may have died while it was probed: success rests on one more look.
  if (report.initialization == plan::v1::INITIALIZED) return goal::Query{};
  return WaitOrGiveUp(elapsed);
}

goal::Effect GoalSeeker::Next(absl::Duration elapsed) {
  if (last_.run_state() == plan::v1::ABSENT) return Fail("is not a service of this host");
  const bool stopped =
      last_.run_state() == plan::v1::STOPPED || last_.run_state() == plan::v1::FAILED;
  if (goal_.run_state() == plan::v1::STOPPED && !stopped) return SeekStopped(elapsed);
  if (goal_.startup_type() != plan::v1::STARTUP_TYPE_UNSPECIFIED &&
      goal_.startup_type() != last_.startup_type()) {
    return SeekStartupType();
  }
  return goal_.run_state() == plan::v1::RUNNING ? SeekRunning(elapsed) : Succeed();
}

goal::Effect GoalSeeker::SeekStartupType() {
  if (startup_type_set_) {
    return Fail(absl::StrCat("was set to ", Word(goal_.startup_type()), " and reads back as ",
                             Word(last_.startup_type())));
  }
  if (goal_.startup_type() == plan::v1::DISABLED && !last_.can_disable()) {
    return Fail(Joined("cannot be disabled on this host", last_.detail()));
  }
  asking_ = Request::kStartupType;
  asked_ = true;
  return goal::SetStartupType{goal_.startup_type()};
}

goal::Effect GoalSeeker::SeekRunning(absl::Duration elapsed) {
  switch (last_.run_state()) {
    case plan::v1::RUNNING:
      active_since_ = true;
      if (last_.initialization() == plan::v1::INITIALIZED) return Succeed();
      return goal::CheckInitialized{};
    case plan::v1::STARTING:
      active_since_ = true;
      return WaitOrGiveUp(elapsed);
    case plan::v1::STOPPED:
    case plan::v1::FAILED:
      return StartUnlessHopeless(elapsed);
    default:  // stopping, or not known: it will come to something that can be acted upon
      return WaitOrGiveUp(elapsed);
  }
}

goal::Effect GoalSeeker::StartUnlessHopeless(absl::Duration elapsed) {
  if (requested_at_.has_value()) {
    const bool failed = last_.run_state() == plan::v1::FAILED;
    const bool old = failed_before_ && elapsed - *requested_at_ < kOldFailure;
    if (active_since_ || (failed && !old)) {
      return Fail(
          Joined(failed ? "failed after it was started" : "stopped again after it was started",
                 last_.detail()));
    }
  }
  if (last_.startup_type() == plan::v1::DISABLED) {
    return Fail("is disabled, and a disabled service cannot be started");
  }
  if (!MayRequest(elapsed)) return WaitOrGiveUp(elapsed);
  asking_ = Request::kRunState;
  asked_ = true;
  return goal::RequestStart{};
}

goal::Effect GoalSeeker::SeekStopped(absl::Duration elapsed) {
  const bool active =
      last_.run_state() == plan::v1::RUNNING || last_.run_state() == plan::v1::STARTING;
  if (!active || !MayRequest(elapsed)) return WaitOrGiveUp(elapsed);
  asking_ = Request::kRunState;
  asked_ = true;
  return goal::RequestStop{};
}

bool GoalSeeker::MayRequest(absl::Duration elapsed) const {
  return !requested_at_.has_value() || elapsed - *requested_at_ >= kRequestAgain;
}

goal::Effect GoalSeeker::WaitOrGiveUp(absl::Duration elapsed) {
  if (elapsed >= timeout_) return GiveUp();
  const absl::Duration wait = std::min(interval_, timeout_ - elapsed);
  interval_ = std::min(2 * interval_, kPollLast);
  return goal::Wait{wait};
}

std::string GoalSeeker::Refused(Request request) const {
  if (request == Request::kStartupType) {
    return absl::StrCat("cannot be set to ", Word(goal_.startup_type()));
  }
  return goal_.run_state() == plan::v1::RUNNING ? "cannot be started" : "cannot be stopped";
}

goal::Done GoalSeeker::Succeed() const {
  return {plan::v1::OPERATION_SUCCEEDED, last_,
          absl::StrCat(ServiceTitle(goal_.service()), " is ", Shown(),
                       asked_ ? "" : "; nothing had to be done")};
}

goal::Done GoalSeeker::Fail(absl::string_view why) const {
  return {plan::v1::OPERATION_FAILED, last_, absl::StrCat(ServiceTitle(goal_.service()), " ", why)};
}

goal::Done GoalSeeker::GiveUp() const {
  const std::string shown = read_ ? absl::StrCat("is still ", Shown()) : "cannot be read";
  return Unknown(absl::StrCat(shown, " after ", absl::ToDoubleSeconds(timeout_), " s"));
}

goal::Done GoalSeeker::Unknown(absl::string_view what) const {
  const std::string& words = words_.empty() ? last_.detail() : words_;
  return {plan::v1::OPERATION_UNKNOWN, last_,
          Joined(absl::StrCat(ServiceTitle(goal_.service()), " ", what), words)};
}

goal::Done GoalSeeker::Abandon(absl::string_view why) const {
  return {plan::v1::OPERATION_INTERRUPTED, last_, std::string(why)};
}

std::string GoalSeeker::Shown() const {
  if (goal_.run_state() == plan::v1::RUN_STATE_UNSPECIFIED) return Word(last_.startup_type());
  // It does not run, which is all that a stop asks for.
  if (last_.run_state() == plan::v1::FAILED) return Joined("stopped by a failure", last_.detail());
  if (last_.run_state() != plan::v1::RUNNING || goal_.run_state() == plan::v1::STOPPED) {
    return Word(last_.run_state());
  }
  return last_.initialization() == plan::v1::INITIALIZED ? "running and initialised"
                                                         : "running and not initialised";
}

}  // namespace baton
