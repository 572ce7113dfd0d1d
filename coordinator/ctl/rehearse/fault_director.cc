#include "coordinator/ctl/rehearse/fault_director.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/engine/transitions.h"

namespace baton::rehearse {
namespace {

using Kind = StepFault::Kind;

// Between two looks whether a tool runs.
constexpr absl::Duration kToolLookInterval = absl::Milliseconds(5);
constexpr absl::Duration kToolPatience = absl::Seconds(20);

// Null if the run has no such step.
const plan::v1::StepStatus* FindStatus(const plan::v1::Run& run, const std::string& step) {
  const auto found = std::find_if(run.steps().begin(), run.steps().end(),
                                  [&step](const auto& status) { return status.step() == step; });
  return found == run.steps().end() ? nullptr : &*found;
}

// The first step that waits for a decision; empty if none does.
std::string Undecided(const plan::v1::Run& run) {
  for (const plan::v1::StepStatus& status : run.steps()) {
    if (engine::NeedsDecision(status.state())) return status.step();
  }
  return "";
}

// A tool said that it was done and had done nothing: that is found out by a step that needs it.
bool IsToolLie(const PlacedFault& placed) {
  return placed.fault.kind == Kind::kLie && placed.tool != plan::v1::TOOL_UNSPECIFIED;
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

std::string Expectation(const PlacedFault& placed) {
  if (IsToolLie(placed)) return "the run pauses where it shows, goes on when it was put right";
  if (ExpectsPause(placed.fault.kind)) return "the run pauses there, goes on with --retry";
  return "the run goes on by itself";
}

}  // namespace

FaultDirector::FaultDirector(Lab& lab, std::vector<PlacedFault> faults, WaitLimit limit)
    : lab_(lab), limit_(std::move(limit)) {
  for (PlacedFault& fault : faults) {
    Act act;
    act.placed = std::move(fault);
    acts_.push_back(std::move(act));
  }
}

LabFault FaultDirector::SwitchOf(const PlacedFault& placed) const {
  return {placed.fault.host, placed.switch_name, placed.switch_words};
}

absl::Status FaultDirector::Arm() {
  for (const Act& act : acts_) {
    if (!act.placed.switch_words.empty()) RETURN_IF_ERROR(lab_.Inject(SwitchOf(act.placed)));
  }
  return absl::OkStatus();
}

void FaultDirector::OnStepStarted(const std::string& step) {
  for (Act& act : acts_) {
    const bool came = act.came != absl::InfiniteFuture();
    if (act.placed.fault.step == step && !came && act.trouble.ok()) {
      act.trouble = ComeUpon(act);
    }
  }
}

absl::Status FaultDirector::ComeUpon(Act& act) {
  const StepFault& fault = act.placed.fault;
  const LabHost* host = lab_.layout().Find(fault.host);
  if (host == nullptr) return absl::NotFoundError(absl::StrCat("the lab has no ", fault.host));
  const bool kills = fault.kind == Kind::kKillAgent;
  if (kills && act.placed.tool != plan::v1::TOOL_UNSPECIFIED) {
    RETURN_IF_ERROR(AwaitTool(*host, fault.step));
  }
  act.came = absl::Now();
  if (fault.kind == Kind::kCut) return lab_.CutOff(*host, fault.length);
  return kills ? lab_.KillAgent(*host, limit_) : absl::OkStatus();
}

// A supervisor writes down that it has started its tool, in a folder that is named after the
// operation.
absl::Status FaultDirector::AwaitTool(const LabHost& host, const std::string& step) {
  const std::string part = absl::StrReplaceAll(step, {{"/", "."}});
  const absl::Time deadline = absl::Now() + kToolPatience;
  while (absl::Now() < deadline) {
    RETURN_IF_ERROR(limit_.Check());
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator(host.agent + "/state/tools", error)) {
      const bool same = absl::StrContains(entry.path().filename().string(), part);
      if (same && std::filesystem::exists(entry.path() / "start", error)) return absl::OkStatus();
    }
    std::this_thread::sleep_for(absl::ToChronoMilliseconds(kToolLookInterval));
  }
  return absl::DeadlineExceededError(absl::StrCat("the tool of step ", step, " was not started"));
}

void FaultDirector::OnStepFinished(const std::string& step) {
  for (Act& act : acts_) {
    if (act.placed.fault.step != step || act.placed.switch_words.empty()) continue;
    if (const absl::Status removed = lab_.Remove(SwitchOf(act.placed)); !removed.ok()) {
      act.trouble = removed;
    }
  }
}

FaultDirector::Act* FaultDirector::FindCause(const plan::v1::Run& run, const std::string& step) {
  Act* cause = nullptr;
  for (Act& act : acts_) {
    if (!ExpectsPause(act.placed.fault.kind) || !act.paused.empty()) continue;
    if (act.placed.fault.step == step) return &act;
    const plan::v1::StepStatus* status = FindStatus(run, act.placed.fault.step);
    const bool lied = status != nullptr && status->state() == plan::v1::SUCCEEDED;
    if (cause == nullptr && lied && IsToolLie(act.placed)) cause = &act;
  }
  return cause;
}

absl::StatusOr<std::optional<std::string>> FaultDirector::OnPaused(const plan::v1::Run& run) {
  const std::string step = Undecided(run);
  Act* const cause = step.empty() ? nullptr : FindCause(run, step);
  if (cause == nullptr) return std::nullopt;
  const plan::v1::StepStatus& status = *FindStatus(run, step);
  cause->paused =
      absl::StrCat("paused at ", step, " ", Word(status.state()), ": ", status.detail());
  if (cause->placed.fault.step != step) {
    const LabHost* host = lab_.layout().Find(cause->placed.fault.host);
    RETURN_IF_ERROR(lab_.RunToolByHand(*host, cause->placed.tool, limit_));
  }
  return std::optional<std::string>(step);
}

std::vector<FaultVerdict> FaultDirector::Judge(const plan::v1::Run& run) const {
  std::vector<FaultVerdict> verdicts;
  for (const Act& act : acts_) verdicts.push_back(JudgeOne(act, run));
  return verdicts;
}

FaultVerdict FaultDirector::JudgeOne(const Act& act, const plan::v1::Run& run) const {
  FaultVerdict verdict{act.placed.fault.text, Expectation(act.placed), "", false};
  const plan::v1::StepStatus* status = FindStatus(run, act.placed.fault.step);
  if (!act.trouble.ok()) {
    verdict.found = std::string(act.trouble.message());
    return verdict;
  }
  if (act.came == absl::InfiniteFuture() || status == nullptr) {
    verdict.found = "the step did not start";
    return verdict;
  }
  const bool done = run.phase() == plan::v1::RUN_SUCCEEDED;
  if (ExpectsPause(act.placed.fault.kind)) {
    verdict.found = act.paused.empty() ? "the run did not pause for it"
                                       : absl::StrCat(act.paused, done ? "; then went on" : "");
    verdict.as_expected = done && !act.paused.empty();
    return verdict;
  }
  const bool within = status->has_end_time() && TimeOf(status->end_time()) > act.came;
  const bool slow = act.placed.fault.kind == Kind::kSlow;
  verdict.found = absl::StrCat(slow     ? ""
                               : within ? "came in the middle of the step; "
                                        : "came when the step had ended; ",
                               "the run ", done ? "went on by itself" : Word(run.phase()));
  // Where the step was given time to be hit in, it must have been.
  verdict.as_expected = done && (slow || within || act.placed.switch_words.empty());
  return verdict;
}

}  // namespace baton::rehearse
