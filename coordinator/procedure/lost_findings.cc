#include "coordinator/procedure/lost_findings.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/shell_word.h"
#include "common/words/words.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/lost_hosts.h"

namespace baton {
namespace {

using plan::v1::Finding;
using plan::v1::ProcedureRequest;
using Findings = std::vector<Finding>;

void Add(absl::string_view name, absl::string_view host, std::string reason, Findings& found) {
  found.push_back(MakeFinding(name, host, std::move(reason)));
}

// --- Who is left out ----------------------------------------------------------------------------

// Why a host in maintenance cannot be done without; empty if it can.
std::string NeededFor(const ObservedFarm& farm, const std::string& host, absl::string_view to,
                      plan::v1::Procedure procedure) {
  if (host == to) return "it shall get the Deployment Controller";
  if (procedure == plan::v1::ACTIVATE_PASSIVE) return "";
  const ControllerVerdict holder = FindController(farm);
  if (holder.host == host) return "it has the Deployment Controller, which must be stopped";
  const bool down = IsDown(farm.Service(host, plan::v1::CONTROLLER));
  if (!holder.host.empty() || down) return "";
  return absl::StrCat("it may have the Deployment Controller: ", holder.reason);
}

void FindMaintenance(const ObservedFarm& farm, absl::string_view to, plan::v1::Procedure procedure,
                     Findings& found) {
  for (const std::string& host : farm.participants().Hosts(Participation::kInMaintenance)) {
    const Maintenance& why = *farm.file().Find(host)->maintenance;
    const std::string words = absl::StrCat("in maintenance: ", why.why, " (", why.who, ")");
    const std::string needed = NeededFor(farm, host, to, procedure);
    if (needed.empty()) {
      Add("maintenance", host, absl::StrCat(words, "; runs leave it out, and it owes its part"),
          found);
      continue;
    }
    Add("role-in-maintenance", host, absl::StrCat(words, ", and ", needed), found);
    if (host == to) continue;
    found.back().set_hint(absl::StrCat("take ", host, " out of maintenance in farm.yaml, or do ",
                                       "without it: --emergency --lost ", host, " --reason WHY"));
  }
}

void FindNamedLost(const ObservedFarm& farm, Findings& found) {
  for (const std::string& host : farm.participants().Hosts(Participation::kLost)) {
    const plan::v1::HostObservation* observation = farm.Find(host);
    if (farm.State(host) != nullptr) {
      Add("lost-host-answers", host,
          absl::StrCat(host,
                       " is named lost, and its agent answers: it is told to stand down, and "
                       "owes the rest"),
          found);
    } else {
      Add("named-lost", host,
          absl::StrCat("named lost: ",
                       observation == nullptr ? "not observed" : observation->error()),
          found);
    }
  }
}

void FindDebts(const ObservedFarm& farm, Findings& found) {
  for (const plan::v1::Debt& debt : farm.observation().debts()) {
    Add("debts-open", debt.host(),
        absl::StrCat(debt.host(), " owes what run ", debt.run(), " left out",
                     debt.stand_down() ? ", and its Deployment Controller may still start: " : ": ",
                     debt.reason()),
        found);
  }
}

// --- What is done about lost hosts --------------------------------------------------------------

bool CutsOffOrConfirms(plan::v1::OnLost policy) {
  return policy == plan::v1::ON_LOST_FENCE || policy == plan::v1::ON_LOST_CONFIRM_OFF;
}

// Looks at the lost hosts of one request.
class LostTrouble {
 public:
  LostTrouble(const ObservedFarm& farm, const std::string& to) : farm_(farm), to_(to) {}

  void CheckFence(const std::string& host) {
    if (PolicyOf(farm_, host) != plan::v1::ON_LOST_FENCE) return;
    if (!farm_.file().Find(host)->fence.has_value()) {
      Add("fence-missing", host, absl::StrCat("farm.yaml does not say how ", host, " is cut off"),
          found_);
    } else if (const plan::v1::FenceCheck* broken = FindBrokenFence(farm_, host)) {
      Add("fence-not-usable", host, absl::StrCat(broken->agent(), ": ", broken->error()), found_);
    }
  }

  // The host may have the Deployment Controller.
  void CheckPolicy(const std::string& host) {
    const plan::v1::OnLost policy = PolicyOf(farm_, host);
    if (CutsOffOrConfirms(policy)) return;
    const ControllerSighting sighting = JudgeSightings(farm_, host, to_);
    if (policy == plan::v1::ON_LOST_BLOCK) AddBlock(host, sighting);
    if (sighting.sight == ControllerSight::kSeen) {
      Add("witness-sees-controller", host,
          absl::StrCat("the Deployment Controller on ", host, " still answers: ", sighting.words),
          found_);
    }
    // One that answers itself is told, and looked at again before anything starts.
    const bool answers = farm_.State(host) != nullptr;
    if (sighting.sight == ControllerSight::kUnknown && !answers) {
      Add("no-witness", host,
          absl::StrCat("nobody besides ", to_, " can say whether the Deployment Controller on ",
                       host, " runs: ", sighting.words),
          found_);
    }
    if (policy == plan::v1::ON_LOST_OWE && !MostAnswer(farm_)) {
      Add("no-majority", host, absl::StrCat(Answering(), ": ", host, " cannot owe"), found_);
    }
  }

  Findings Take() { return std::move(found_); }

 private:
  std::string Answering() const {
    const auto& hosts = farm_.file().hosts;
    const auto answers = absl::c_count_if(
        hosts, [this](const FarmHost& host) { return farm_.State(host.name) != nullptr; });
    return absl::StrCat(answers, " of ", hosts.size(), " hosts answer, which is not most of them");
  }

  void AddBlock(const std::string& host, const ControllerSighting& sighting) {
    const ControllerVerdict holder = FindController(farm_);
    Add("lost-host-blocks", host,
        absl::StrCat(host, " may have the Deployment Controller, and it is not said what is done ",
                     "about that: ", holder.reason, "; ", sighting.words),
        found_);
    found_.back().set_hint(Offers(host, sighting));
  }

  // The policies that would do now, ready to paste, and why one would not.
  std::string Offers(const std::string& host, const ControllerSighting& sighting) const {
    std::vector<std::string> offers;
    const std::string option = absl::StrCat("--on-lost ", host, "=");
    if (HasUsableFence(farm_, host)) offers.push_back(absl::StrCat(option, "fence"));
    offers.push_back(absl::StrCat(option, "confirm-off"));
    const bool unseen =
        sighting.sight == ControllerSight::kNotSeen ||
        (sighting.sight == ControllerSight::kUnknown && farm_.State(host) != nullptr);
    const bool may_owe = unseen && MostAnswer(farm_);
    if (may_owe) offers.push_back(absl::StrCat(option, "owe"));
    const std::string why_not = may_owe  ? ""
                                : unseen ? absl::StrCat("; not owe: ", Answering())
                                         : absl::StrCat("; not owe: ", sighting.words);
    return absl::StrCat("say it with ", absl::StrJoin(offers, ", or "), why_not);
  }

  const ObservedFarm& farm_;
  const std::string& to_;
  Findings found_;
};

}  // namespace

Findings FindLeftOut(const ObservedFarm& farm, absl::string_view to,
                     plan::v1::Procedure procedure) {
  Findings found;
  FindNamedLost(farm, found);
  FindMaintenance(farm, to, procedure, found);
  FindDebts(farm, found);
  return found;
}

Findings FindLostTrouble(const ObservedFarm& farm, const ProcedureRequest& request) {
  LostTrouble trouble(farm, request.to());
  for (const std::string& host : farm.participants().Hosts(Participation::kLost)) {
    trouble.CheckFence(host);
  }
  // Nothing that stays where it is can be there twice.
  if (request.procedure() == plan::v1::ACTIVATE_PASSIVE) return trouble.Take();
  for (const std::string& host : MayHaveController(farm)) trouble.CheckPolicy(host);
  return trouble.Take();
}

void WeighForEmergency(Findings& findings) {
  for (Finding& finding : findings) {
    const FindingKind* kind = FindFindingKind(finding.name());
    if (kind != nullptr) finding.set_level(std::min(finding.level(), kind->emergency));
    if (finding.name() != "agent-unreachable") continue;
    finding.set_hint(absl::StrCat("start baton-agent on ", finding.host(),
                                  ", or do without it, too: --lost ", finding.host()));
  }
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.level() > b.level(); });
}

std::string EmergencyOptions(const ProcedureRequest& request) {
  if (!request.emergency()) return "";
  std::string options = " --emergency";
  for (const plan::v1::LostHost& lost : request.lost()) {
    absl::StrAppend(&options, " --lost ", lost.host());
    const bool said = lost.on_lost() != plan::v1::ON_LOST_UNSPECIFIED;
    if (lost.confirmed_off()) {
      absl::StrAppend(&options, " --confirmed-off ", lost.host());
    } else if (said) {
      absl::StrAppend(&options, " --on-lost ", lost.host(), "=", Word(lost.on_lost()));
    }
  }
  return absl::StrCat(options, " --reason ", ShellWord(request.reason()));
}

}  // namespace baton
