#include "tests/coordinator/ctl/ctl_world.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/fs/file_system.h"
#include "coordinator/ctl/ctl.h"
#include "coordinator/procedure/finding_catalog.h"
#include "gtest/gtest.h"
#include "tests/coordinator/ctl/emergency_fixture.h"
#include "tests/coordinator/ctl/event_fixture.h"
#include "tests/coordinator/ctl/farm_fixture.h"
#include "tests/coordinator/ctl/report_fixture.h"

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

// A run of which a watcher hears only how it began.
std::vector<coordinator::v1::RunEvent> FirstEvents() {
  std::vector<coordinator::v1::RunEvent> events =
      MakeEvents(EndedRun(plan::v1::RUN_SUCCEEDED, true, ""));
  events.resize(4);
  return events;
}

// A run whose early step is a gate that asks for a file and, if one likes, a ticket.
plan::v1::Run WaitingRun() {
  plan::v1::Run run = MakeRun(kEarlyStep);
  run.set_phase(plan::v1::RUN_WAITING);
  for (plan::v1::Stage& stage : *run.mutable_plan()->mutable_stages()) {
    for (plan::v1::Step& step : *stage.mutable_steps()) {
      if (step.name() != kEarlyStep) continue;
      step.set_sentence("Provide a license for fe2");
      step.mutable_timeout()->set_seconds(4 * 3600);
      plan::v1::Gate& gate = *step.mutable_action()->mutable_gate();
      gate.add_instructions("In the licensing portal, release the environment");
      gate.add_instructions("Register it with serial ABC and download the license");
      plan::v1::GateInput& file = *gate.add_inputs();
      file.set_name("license_file");
      file.set_description("the license for serial ABC");
      file.set_kind(plan::v1::GateInput::FILE);
      file.set_required(true);
      plan::v1::GateInput& ticket = *gate.add_inputs();
      ticket.set_name("ticket");
      ticket.set_description("your ticket");
      ticket.set_kind(plan::v1::GateInput::TEXT);
    }
  }
  for (plan::v1::StepStatus& status : *run.mutable_steps()) {
    if (status.step() != kEarlyStep) continue;
    status.set_state(plan::v1::STARTED);
    status.clear_end_time();
  }
  return run;
}

// A run that r-2 undoes: it was paused and ended with that, or it was over already.
plan::v1::Run UndoneRun(bool was_paused) {
  plan::v1::Run run = EndedRun(was_paused ? plan::v1::RUN_STOPPED : plan::v1::RUN_CANCELLED, true,
                               was_paused ? "undone by r-2" : "asked for");
  run.set_undone_by("r-2");
  return run;
}

plan::v1::Run UndoRun() {
  plan::v1::Run run = EndedRun(plan::v1::RUN_SUCCEEDED, true, "every step is done and proved");
  run.set_run("r-2");
  run.mutable_plan()->mutable_request()->set_undoes("r-1");
  run.mutable_plan()->clear_by_hand();
  return run;
}

plan::v1::Run RunNamed(const std::string& name) {
  if (name == "paused") return MakePausedRun(kFailingStep);
  if (name == "paused-early") {
    plan::v1::Run run = MakePausedRun(kEarlyStep);
    run.set_changed(false);
    return run;
  }
  if (name == "waiting") return WaitingRun();
  if (name == "license") return MakeLicenseRun(/*refused=*/false);
  if (name == "license-refused") return MakeLicenseRun(/*refused=*/true);
  if (name == "at-hook") return MakeRunAtHook("repoint/fe3/before-leave-pool");
  if (name == "bare") return BareEvents().back().run();
  if (name == "asked-for") {
    plan::v1::Run run = MakeRun(kFailingStep);
    run.set_phase(plan::v1::RUN_PAUSED);
    run.set_pause_reason(plan::v1::ASKED_FOR);
    run.set_detail("operator:bob asked for it: lunch");
    return run;
  }
  if (name == "owing") return MakeOwingRun();
  if (name == "unclaimed") return MakeUnclaimedRun();
  if (name == "cancelled") return EndedRun(plan::v1::RUN_CANCELLED, true, "asked for");
  if (name == "undone" || name == "undone-later") return UndoneRun(name == "undone");
  if (name == "undo") return UndoRun();
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
  coordinator_.secrets.set_farm_id("prod");
  coordinator_.plan = MakeShortPlan();
  coordinator_.run = RunNamed("running");
  coordinator_.version.set_version("0.1.0");
  coordinator_.version.set_farm_id("prod");
  coordinator_.version.set_catalog_version(1);
  coordinator_.assignment.set_controller("fe1");
  coordinator_.assignment.set_epoch(8);
  coordinator_.assignment.set_state(plan::v1::HELD);
  coordinator_.debt.set_host("fe1");
  coordinator_.debt.set_off_proof("fence_ipmilan says that it is off");
  coordinator_.when_hanging = [this] { console_.Interrupt(); };
}

// The plan has a finding, accepted if the last word says so: NAME HOST REASON [accepted].
void CtlWorld::AddFinding(const std::string& name, const std::string& host,
                          const std::vector<std::string>& given) {
  plan::v1::Finding finding = MakeFinding(name, host == "-" ? "" : host, given.at(2));
  finding.set_accepted(given.back() == "accepted");
  *coordinator_.plan.add_findings() = std::move(finding);
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

// Sets one thing up; the words after the name are in `words`, at least two of them.
std::string CtlWorld::Given(std::vector<std::string> words) {
  const std::string what = words.front();
  words.erase(words.begin());
  const std::vector<std::string> given = words;
  words.resize(std::max<size_t>(words.size(), 3));
  const std::string& value = words[0];
  const std::map<std::string, std::function<void()>> things = {
      {"farm", [&] { SetFarm(value); }},
      {"findings",
       [&] { *coordinator_.readiness.mutable_findings() = MakePlanFixture(true).findings(); }},
      {"sightings", [&] { AddSightings(*coordinator_.readiness.mutable_sightings()); }},
      {"secret", [&] { AddSecret(value, words[1], words[2]); }},
      {"replayed", [&] { SetReplay(std::stoi(value), std::stoi(words[1])); }},
      {"difference", [&] { AddDifference(std::stoi(value), words[1], words[2]); }},
      {"plan",
       [&] {
         coordinator_.plan = value == "swap"      ? MakeSwapPlan()
                             : value == "license" ? MakeLicensePlan()
                             : value == "hooks"   ? MakeHookedPlan()
                             : value == "undo"    ? MakeUndoPlan(kFailingStep)
                             : value == "lost"    ? MakeEmergencyPlan()
                             : value == "pay"     ? MakePayPlan()
                                                  : MakePlanFixture(value == "forbidden");
       }},
      {"finding", [&] { AddFinding(value, words[1], given); }},
      {"run", [&] { coordinator_.run = RunNamed(value); }},
      {"runs", [&] { AddRuns(given); }},
      {"file",
       [&] {
         const std::string path = folder_ / value;
         const absl::Status made = PosixFileSystem().CreateFile(path, words[1], 0600);
         EXPECT_TRUE(made.ok()) << made;
       }},
      {"history", [&] { coordinator_.history = MakeHistory(value); }},
      {"watch", [&] { AddWatch(MakeEvents(RunNamed(value)), absl::OkStatus(), false); }},
      {"watch-bare", [&] { AddWatch(BareEvents(), absl::OkStatus(), false); }},
      {"watch-lost",
       [&] { AddWatch(FirstEvents(), absl::UnavailableError("Socket closed"), false); }},
      {"watch-halted",
       [&] {
         AddWatch(FirstEvents(),
                  absl::FailedPreconditionError("the run stands still, as journaled: journal "
                                                "/j.db: database or disk is full"),
                  false);
       }},
      {"watch-hangs", [&] { AddWatch(FirstEvents(), absl::OkStatus(), true); }},
      {"error", [&] { coordinator_.errors[value].push_back(MakeError(words[1], words[2])); }},
      {"terminal", [&] { SetTerminal(std::stoi(value), std::stoi(words[1])); }},
      {"colour", [&] { console_.colour = true; }},
      {"answer", [&] { console_.answers.push_back(value); }},
      {"clock-step", [&] { clock_.step = absl::Seconds(std::stoi(value)); }},
  };
  const auto found = things.find(what);
  if (found == things.end()) return absl::StrCat("nothing is given by: ", what);
  found->second();
  return "";
}

// Records and decisions of a replay that finds nothing.
void CtlWorld::SetReplay(int records, int decisions) {
  coordinator_.replay.set_run("r-1");
  coordinator_.replay.set_records(static_cast<uint64_t>(records));
  coordinator_.replay.set_decisions(static_cast<uint64_t>(decisions));
}

// "-": nothing would be decided now.
void CtlWorld::AddDifference(int sequence, const std::string& journaled,
                             const std::string& replayed) {
  coordinator::v1::ReplayDifference* difference = coordinator_.replay.add_differences();
  difference->set_sequence(static_cast<uint64_t>(sequence));
  difference->set_journaled(journaled);
  if (replayed != "-") difference->set_replayed(replayed);
}

void CtlWorld::AddSecret(const std::string& name, const std::string& reference,
                         const std::string& error) {
  plan::v1::SecretCheck* secret = coordinator_.secrets.add_secrets();
  secret->set_name(name);
  secret->set_reference(reference);
  secret->set_error(error);
}

// "groups": with front-ends in standby, "groups-silent": and fe1 is silent. With drift: "drift",
// "run": also with a run that waits for a person, "unknown": nobody is on record, "notes": without
// findings, but busy and in maintenance. "debts": as MakeFarmWithDebts has it.
void CtlWorld::SetFarm(const std::string& name) {
  if (name == "debts") {
    coordinator_.farm = MakeFarmWithDebts();
    return;
  }
  if (name == "groups" || name == "groups-silent") {
    coordinator_.farm = MakeGroupedFarm(name == "groups-silent");
    return;
  }
  coordinator_.farm = MakeFarm(true);
  if (name == "run") *coordinator_.farm.mutable_active_run() = RunNamed("paused");
  if (name == "unknown") coordinator_.farm.clear_assignment();
  if (name != "notes") return;
  coordinator_.farm.clear_findings();
  coordinator_.farm.mutable_hosts(2)->set_maintenance("new disk (bob)");
  coordinator_.farm.mutable_observation()
      ->mutable_hosts(1)
      ->mutable_state()
      ->mutable_operation()
      ->set_operation_id("r-0/repoint/fe2/apply/1");
}

void CtlWorld::AddRuns(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    plan::v1::Run& run = *coordinator_.runs.add_runs();
    run = RunNamed(name);
    const plan::v1::ProcedureRequest request = run.plan().request();
    run.clear_plan();
    if (request.ByteSizeLong() > 0) *run.mutable_plan()->mutable_request() = request;
  }
}

void CtlWorld::AddWatch(std::vector<coordinator::v1::RunEvent> events, absl::Status end,
                        bool hangs) {
  coordinator_.watches.push_back({std::move(events), std::move(end), hangs});
}

void CtlWorld::SetTerminal(int columns, int lines) {
  console_.terminal = true;
  console_.columns = columns;
  console_.lines = lines;
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
