#include "tests/coordinator/ctl/ctl_world.h"

#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "coordinator/ctl/ctl.h"
#include "tests/coordinator/ctl/farm_fixture.h"

namespace baton {
namespace {

// Where runs of the fixture stop.
constexpr char kEarlyStep[] = "stand-down/fe1/stop-controller";
constexpr char kFailingStep[] = "repoint/fe3/apply";

// Words as a shell would take them: double quotes hold words together, nothing else is special.
std::vector<std::string> SplitWords(const std::string& line) {
  std::vector<std::string> words;
  bool quoted = false;
  bool in_word = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      in_word = false;
      continue;
    } else {
      if (!in_word) words.emplace_back();
      words.back().push_back(c);
    }
    if (!in_word && quoted) words.emplace_back();
    in_word = true;
  }
  return words;
}

absl::Status MakeError(const std::string& code, const std::string& message) {
  const std::map<std::string, absl::StatusCode> codes = {
      {"ABORTED", absl::StatusCode::kAborted},
      {"DATA_LOSS", absl::StatusCode::kDataLoss},
      {"FAILED_PRECONDITION", absl::StatusCode::kFailedPrecondition},
      {"INVALID_ARGUMENT", absl::StatusCode::kInvalidArgument},
      {"NOT_FOUND", absl::StatusCode::kNotFound},
      {"PERMISSION_DENIED", absl::StatusCode::kPermissionDenied},
      {"UNAVAILABLE", absl::StatusCode::kUnavailable},
      {"UNIMPLEMENTED", absl::StatusCode::kUnimplemented},
  };
  return {codes.at(code), message};
}

plan::v1::Run EndedRun(plan::v1::RunPhase phase, bool changed, const std::string& detail) {
  plan::v1::Run run = MakeRun(kEarlyStep);
  run.set_phase(phase);
  run.set_changed(changed);
  run.set_detail(detail);
  *run.mutable_end_time() = run.steps(0).end_time();
  return run;
}

// A run of which a watcher hears little.
std::vector<coordinator::v1::RunEvent> BareEvents() {
  std::vector<coordinator::v1::RunEvent> events(3);
  events[0].mutable_run()->set_run("r-1");
  events[0].mutable_run()->set_phase(plan::v1::RUN_RUNNING);
  events[1].mutable_record()->set_sequence(7);
  events[1].mutable_record()->mutable_run_finished()->set_phase(plan::v1::RUN_WAITING);
  events[2].mutable_run()->set_run("r-1");
  events[2].mutable_run()->set_phase(plan::v1::RUN_WAITING);
  return events;
}

plan::v1::Run RunNamed(const std::string& name) {
  if (name == "paused") return MakePausedRun(kFailingStep);
  if (name == "paused-early") {
    plan::v1::Run run = MakePausedRun(kEarlyStep);
    run.set_changed(false);
    return run;
  }
  if (name == "bare") return BareEvents().back().run();
  if (name == "asked-for") {
    plan::v1::Run run = MakeRun(kFailingStep);
    run.set_phase(plan::v1::RUN_PAUSED);
    run.set_pause_reason(plan::v1::ASKED_FOR);
    run.set_detail("operator:bob asked for it: lunch");
    return run;
  }
  if (name == "cancelled") return EndedRun(plan::v1::RUN_CANCELLED, true, "asked for");
  if (name == "stopped") return EndedRun(plan::v1::RUN_STOPPED, false, "fe3 refused the claim");
  if (name == "succeeded") {
    return EndedRun(plan::v1::RUN_SUCCEEDED, true, "every step is done and proved");
  }
  return MakeRun(kEarlyStep);
}

}  // namespace

absl::Time SteppingClock::Now() { return FixtureNow(); }

CtlWorld::CtlWorld()
    : environment_{.console = console_,
                   .files = PosixFileSystem(),
                   .clock = clock_,
                   .home = folder_.path(),
                   .version = "0.1.0",
                   .zone = absl::UTCTimeZone()} {
  environment_.patience.retry_delay = absl::ZeroDuration();
  environment_.connect = [this](const ctl::Options&) { return &coordinator_; };
  environment_.make_request_id = [] { return "request-1"; };
  environment_.sleep = [](absl::Duration) {};
  coordinator_.farm = MakeFarm(false);
  coordinator_.readiness.set_farm_id("prod");
  coordinator_.plan = MakeShortPlan();
  coordinator_.run = RunNamed("running");
  coordinator_.version.set_version("0.1.0");
  coordinator_.version.set_farm_id("prod");
  coordinator_.version.set_catalog_version(1);
  coordinator_.assignment.set_controller("fe1");
  coordinator_.assignment.set_epoch(8);
  coordinator_.assignment.set_state(plan::v1::HELD);
  coordinator_.when_hanging = [this] { console_.Interrupt(); };
}

std::string CtlWorld::Run(const std::string& line) {
  std::vector<std::string> words =
      SplitWords(absl::StrReplaceAll(line, {{"$DIR", folder_.path()}}));
  const std::string verb = words.front();
  words.erase(words.begin());
  if (verb == "given") return Given(words);
  if (verb == "calls") return Calls();
  if (verb == "baton") return RunProgram(std::move(words));
  return absl::StrCat("no such line: ", verb);
}

// given farm drift | given findings drift | given plan forbidden|full | given run NAME |
// given runs NAME... | given watch NAME | given watch-lost | given watch-hangs | given watch-bare |
// given error METHOD CODE WORDS | given terminal WIDTH HEIGHT | given colour |
// given answer WORDS | given clock-step SECONDS
std::string CtlWorld::Given(const std::vector<std::string>& words) {
  const std::string& what = words[0];
  const std::string value = words.size() > 1 ? words[1] : "";
  if (what == "farm") {
    coordinator_.farm = MakeFarm(true);
    if (value == "run") *coordinator_.farm.mutable_active_run() = RunNamed("paused");
    if (value == "unknown") coordinator_.farm.clear_assignment();
  } else if (what == "findings") {
    *coordinator_.readiness.mutable_findings() = MakePlanFixture(true).findings();
  } else if (what == "plan") {
    coordinator_.plan = MakePlanFixture(value == "forbidden");
  } else if (what == "run") {
    coordinator_.run = RunNamed(value);
  } else if (what == "runs") {
    for (size_t i = 1; i < words.size(); ++i) {
      *coordinator_.runs.add_runs() = RunNamed(words[i]);
      coordinator_.runs.mutable_runs()->rbegin()->clear_plan();
    }
  } else if (what == "watch") {
    coordinator_.watches.push_back({MakeEvents(RunNamed(value)), absl::OkStatus(), false});
  } else if (what == "watch-bare") {
    coordinator_.watches.push_back({BareEvents(), absl::OkStatus(), false});
  } else if (what == "watch-lost" || what == "watch-hangs") {
    std::vector<coordinator::v1::RunEvent> events = MakeEvents(RunNamed("succeeded"));
    events.resize(4);
    coordinator_.watches.push_back(
        {std::move(events), absl::UnavailableError("Socket closed"), what == "watch-hangs"});
  } else if (what == "error") {
    coordinator_.errors[value].push_back(MakeError(words[2], words[3]));
  } else if (what == "terminal") {
    console_.terminal = true;
    if (!absl::SimpleAtoi(value, &console_.columns)) return "bad width";
    if (!absl::SimpleAtoi(words[2], &console_.lines)) return "bad height";
  } else if (what == "colour") {
    console_.colour = true;
  } else if (what == "answer") {
    console_.answers.push_back(value);
  } else if (what == "clock-step") {
    int seconds = 0;
    if (!absl::SimpleAtoi(value, &seconds)) return "bad step";
    clock_.step = absl::Seconds(seconds);
  } else {
    return absl::StrCat("nothing is given by: ", what);
  }
  return "";
}

std::string CtlWorld::RunProgram(std::vector<std::string> args) {
  console_.text.clear();
  const ctl::ExitCode code = ctl::RunCommandLine(environment_, std::move(args));
  const std::string text = absl::StrReplaceAll(
      console_.text, {{folder_.path(), "$DIR"}, {"\x1b", "<ESC>"}, {"\r", "<CR>"}});
  return absl::StrCat(text, "exit ", static_cast<int>(code), "\n");
}

std::string CtlWorld::Calls() {
  const std::vector<std::string> all = coordinator_.calls();
  const std::vector<std::string> fresh(all.begin() + static_cast<std::ptrdiff_t>(calls_shown_),
                                       all.end());
  calls_shown_ = all.size();
  return fresh.empty() ? "" : absl::StrCat(absl::StrJoin(fresh, "\n"), "\n");
}

}  // namespace baton
