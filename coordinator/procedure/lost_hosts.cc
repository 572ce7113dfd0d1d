#include "coordinator/procedure/lost_hosts.h"

#include <algorithm>
#include <map>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "coordinator/inventory/farm_file.h"

namespace baton {
namespace {

using plan::v1::Sighting;

absl::string_view SaidOf(plan::v1::ProbeVerdict verdict) {
  switch (verdict) {
    case plan::v1::ACCEPTS:
      return "gets through to it";
    case plan::v1::REFUSES:
      return "is refused: the host is up, and it may be starting";
    case plan::v1::SILENT:
      return "gets no answer";
    default:
      return "did not look";
  }
}

// The more it tells: of two ports of one Deployment Controller the one that says more counts.
int Weight(plan::v1::ProbeVerdict verdict) {
  constexpr plan::v1::ProbeVerdict kLightestFirst[] = {
      plan::v1::PROBE_VERDICT_UNSPECIFIED, plan::v1::SILENT, plan::v1::REFUSES, plan::v1::ACCEPTS};
  return static_cast<int>(absl::c_find(kLightestFirst, verdict) - std::begin(kLightestFirst));
}

// What each witness saw, by its name.
std::map<std::string, plan::v1::ProbeVerdict> Verdicts(const ObservedFarm& farm,
                                                       absl::string_view host) {
  std::map<std::string, plan::v1::ProbeVerdict> verdicts;
  for (const Sighting& sighting : farm.observation().sightings()) {
    const bool about = sighting.host() == host && sighting.from() != host &&
                       sighting.kind() == plan::v1::SIGHTED_CONTROLLER;
    if (!about || farm.participants().FindLost(sighting.from()) != nullptr) continue;
    plan::v1::ProbeVerdict& verdict = verdicts[sighting.from()];
    if (Weight(sighting.verdict()) > Weight(verdict)) verdict = sighting.verdict();
  }
  return verdicts;
}

bool RunsController(const ObservedFarm& farm, absl::string_view host) {
  return absl::c_linear_search(farm.HostsRunning(plan::v1::CONTROLLER), host);
}

bool StopsController(const plan::v1::Step& step, const std::string& host) {
  return step.host() == host && step.owable() &&
         step.action().stop_service().service() == plan::v1::CONTROLLER;
}

// The run stops the Deployment Controller of the lost host, if it hears of it.
bool StandsDown(const plan::v1::Plan& plan, const std::string& host) {
  return absl::c_any_of(plan.stages(), [&host](const plan::v1::Stage& stage) {
    return absl::c_any_of(
        stage.steps(), [&host](const plan::v1::Step& step) { return StopsController(step, host); });
  });
}

}  // namespace

ControllerSighting JudgeSightings(const ObservedFarm& farm, absl::string_view host,
                                  absl::string_view candidate) {
  ControllerSighting judged;
  std::vector<std::string> words;
  bool seen = false;
  bool witnessed = false;
  for (const auto& [from, verdict] : Verdicts(farm, host)) {
    words.push_back(absl::StrCat(from, " ", SaidOf(verdict)));
    seen |= verdict == plan::v1::ACCEPTS;
    witnessed |= verdict != plan::v1::PROBE_VERDICT_UNSPECIFIED && from != candidate;
  }
  if (seen || witnessed) {
    judged.sight = seen ? ControllerSight::kSeen : ControllerSight::kNotSeen;
  }
  judged.words = words.empty() ? "nobody looked" : absl::StrJoin(words, ", ");
  return judged;
}

std::vector<std::string> MayHaveController(const ObservedFarm& farm) {
  const std::string holder = FindController(farm).host;
  std::vector<std::string> hosts;
  for (const std::string& host : farm.participants().Hosts(Participation::kLost)) {
    const bool seen = RunsController(farm, host) ||
                      JudgeSightings(farm, host, "").sight == ControllerSight::kSeen;
    if (holder.empty() || holder == host || seen) hosts.push_back(host);
  }
  return hosts;
}

bool MostAnswer(const ObservedFarm& farm) {
  const auto& hosts = farm.file().hosts;
  const ptrdiff_t answering = absl::c_count_if(hosts, [&farm](const FarmHost& host) {
    return farm.participants().Of(host.name) != Participation::kInMaintenance &&
           farm.State(host.name) != nullptr;
  });
  return 2 * static_cast<size_t>(answering) > hosts.size();
}

const plan::v1::FenceCheck* FindBrokenFence(const ObservedFarm& farm, absl::string_view host) {
  for (const plan::v1::FenceCheck& check : farm.observation().fences()) {
    if (check.host() == host && !check.error().empty()) return &check;
  }
  return nullptr;
}

bool HasUsableFence(const ObservedFarm& farm, absl::string_view host) {
  const FarmHost* entry = farm.file().Find(host);
  return entry != nullptr && entry->fence.has_value() && FindBrokenFence(farm, host) == nullptr;
}

plan::v1::OnLost PolicyOf(const ObservedFarm& farm, absl::string_view host) {
  const plan::v1::LostHost* lost = farm.participants().FindLost(host);
  const bool said = lost != nullptr && lost->on_lost() != plan::v1::ON_LOST_UNSPECIFIED;
  return said ? lost->on_lost() : plan::v1::ON_LOST_BLOCK;
}

void AddDebts(const ObservedFarm& farm, plan::v1::Plan& plan) {
  for (const FarmHost& host : farm.file().hosts) {
    const Participation part = farm.participants().Of(host.name);
    if (part == Participation::kWorkedOn) continue;
    plan::v1::Debt& debt = *plan.add_debts();
    debt.set_host(host.name);
    if (part == Participation::kInMaintenance) {
      debt.set_reason(absl::StrCat("in maintenance: ", host.maintenance->why, " (",
                                   host.maintenance->who, ")"));
      continue;
    }
    debt.set_stand_down(StandsDown(plan, host.name));
    debt.set_reason(absl::StrCat("named lost: ", plan.request().reason()));
    if (farm.participants().FindLost(host.name)->confirmed_off()) {
      debt.set_off_proof("whoever started the run typed the host's name to confirm that it is off");
    }
  }
}

}  // namespace baton
