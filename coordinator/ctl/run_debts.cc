#include "coordinator/ctl/run_debts.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "coordinator/engine/transitions.h"

namespace baton::ctl {
namespace {

using plan::v1::Run;
using plan::v1::StepState;

// Stage, host and what of a step's name. Runs are told without their plans, too, so that the names,
// which are stable, must do.
struct StepName {
  std::string stage, host, what;
};

StepName Split(const std::string& name) {
  const std::vector<std::string> words = absl::StrSplit(name, absl::MaxSplits('/', 2));
  if (words.size() < 3) return {};
  return {words[0], words[1], words[2]};
}

// The step makes its host's Deployment Controller stop, or not start again.
bool StandsDown(const StepName& name) {
  return name.stage == "stand-down" && absl::EndsWith(name.what, "-controller");
}

// What a run has done on one host.
struct HostPart {
  bool owed = false;        // a step of it is OWED
  bool undecided = false;   // a step of it needs a decision
  bool unsettled = false;   // a step of it is still to be done
  bool stand_down = false;  // a step of it stands its Deployment Controller down
  bool stood_down = true;   // all of those are done
};

std::map<std::string, HostPart> PartsOf(const Run& run) {
  std::map<std::string, HostPart> parts;
  for (const plan::v1::StepStatus& status : run.steps()) {
    const StepName name = Split(status.step());
    const StepState state = status.state();
    HostPart& part = parts[name.host];
    part.owed = part.owed || state == plan::v1::OWED;
    part.undecided = part.undecided || engine::NeedsDecision(state);
    part.unsettled = part.unsettled || !engine::Settled(state);
    if (!StandsDown(name)) continue;
    part.stand_down = true;
    const bool done = state == plan::v1::SUCCEEDED || state == plan::v1::SKIPPED;
    part.stood_down = part.stood_down && done;
  }
  parts.erase("@coordinator");  // hooks before and after stages, and other steps of no host
  return parts;
}

bool IsLost(const Run& run, const std::string& host) {
  const auto& lost = run.plan().request().lost();
  return std::any_of(lost.begin(), lost.end(),
                     [&host](const plan::v1::LostHost& entry) { return entry.host() == host; });
}

bool Contains(const google::protobuf::RepeatedPtrField<std::string>& names,
              const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<RunDebt> DebtsOf(const Run& run) {
  const bool began = std::any_of(
      run.steps().begin(), run.steps().end(),
      [](const plan::v1::StepStatus& status) { return status.state() != plan::v1::PENDING; });
  std::vector<RunDebt> debts;
  if (!began) return debts;
  std::map<std::string, HostPart> parts = PartsOf(run);
  for (const plan::v1::Debt& debt : run.plan().debts()) {
    const auto part = parts.find(debt.host());
    const bool told = part != parts.end() && part->second.stand_down;
    debts.push_back({debt.host(), told ? !part->second.stood_down : debt.stand_down()});
    parts.erase(debt.host());
  }
  for (const auto& [host, part] : parts) {
    if (part.owed) debts.push_back({host, part.stand_down && !part.stood_down});
  }
  return debts;
}

std::vector<std::string> OwableHosts(const Run& run) {
  std::vector<std::string> hosts;
  for (const auto& [host, part] : PartsOf(run)) {
    if (host == run.plan().new_controller() || host == run.plan().request().pays()) continue;
    if (part.stand_down && !part.stood_down) continue;
    const bool unclaimed = run.pause_reason() == plan::v1::CLAIM_MISSING && part.unsettled &&
                           !IsLost(run, host) && !Contains(run.claimed_hosts(), host);
    if (part.undecided || unclaimed) hosts.push_back(host);
  }
  return hosts;
}

}  // namespace baton::ctl
