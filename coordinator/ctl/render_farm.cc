#include "coordinator/ctl/render_farm.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/words/words.h"
#include "coordinator/ctl/render_debts.h"
#include "coordinator/ctl/render_findings.h"
#include "coordinator/ctl/render_run.h"
#include "coordinator/ctl/render_sightings.h"
#include "coordinator/ctl/table.h"

namespace baton::ctl {
namespace {

using coordinator::v1::Farm;
using coordinator::v1::FarmHost;
using plan::v1::HostObservation;
using plan::v1::ServiceState;

// The columns for services, in the order of the platform's own tools.
constexpr plan::v1::Service kServices[] = {plan::v1::CONTROLLER, plan::v1::DEPLOYMENT,
                                           plan::v1::SCHEDULER, plan::v1::CACHE};

const HostObservation* FindObservation(const Farm& farm, absl::string_view host) {
  for (const HostObservation& observation : farm.observation().hosts()) {
    if (observation.host() == host) return &observation;
  }
  return nullptr;
}

Tone ToneOf(const ServiceState& state) {
  switch (state.run_state()) {
    case plan::v1::RUNNING:
      return state.initialization() == plan::v1::NOT_INITIALIZED ? Tone::kWarn : Tone::kGood;
    case plan::v1::STOPPED:
      return state.startup_type() == plan::v1::AUTOMATIC ? Tone::kWarn : Tone::kDim;
    case plan::v1::FAILED:
      return Tone::kBad;
    default:
      return Tone::kWarn;
  }
}

// The service as the host has it; null if it has none.
const ServiceState* FindService(const plan::v1::Host& host, plan::v1::Service service) {
  for (const ServiceState& state : host.services()) {
    if (state.service() == service && state.run_state() != plan::v1::ABSENT) return &state;
  }
  return nullptr;
}

Cell ServiceCell(const plan::v1::Host& host, plan::v1::Service service) {
  const ServiceState* state = FindService(host, service);
  if (state == nullptr) return {"-", Tone::kDim};
  std::string text = Word(state->run_state());
  if (state->run_state() == plan::v1::RUNNING &&
      state->initialization() == plan::v1::NOT_INITIALIZED) {
    text += " (not initialised)";
  }
  return {absl::StrCat(text, ", ", Word(state->startup_type())), ToneOf(*state)};
}

std::string SettingText(const plan::v1::Host& host, plan::v1::Setting setting) {
  for (const plan::v1::SettingValue& value : host.configuration().settings()) {
    if (value.setting() != setting) continue;
    return value.missing() ? "(missing)" : value.encrypted() ? "(encrypted)" : value.value();
  }
  return "-";
}

// The roles of a host by the assignment.
std::string RolesOf(const FarmHost& host, const Farm& farm) {
  std::string roles = host.front_end() ? "front-end" : "no front-end";
  if (farm.assignment().controller() == host.name()) roles += ", Deployment Controller";
  if (farm.assignment().cache() == host.name()) roles += ", cache";
  if (!host.maintenance().empty()) roles += ", in maintenance";
  return roles;
}

// The services that at least one host has.
std::vector<plan::v1::Service> ServicesOf(const Farm& farm) {
  std::vector<plan::v1::Service> services;
  for (const plan::v1::Service service : kServices) {
    const bool somewhere =
        std::any_of(farm.observation().hosts().begin(), farm.observation().hosts().end(),
                    [service](const HostObservation& host) {
                      return FindService(host.state(), service) != nullptr;
                    });
    if (somewhere) services.push_back(service);
  }
  return services;
}

// The farm has active and passive front-ends, or should have.
bool HasGroups(const Farm& farm) {
  return std::any_of(farm.hosts().begin(), farm.hosts().end(), [](const FarmHost& host) {
    return host.group() == plan::v1::GROUP_PASSIVE ||
           host.configured_group() != plan::v1::GROUP_UNSPECIFIED;
  });
}

// The group that a host is in, as its Scheduler shows; what the farm file says where that differs.
Cell GroupCell(const FarmHost& host, bool answers) {
  if (!host.front_end()) return {"-", Tone::kDim};
  if (!answers) return {"unknown", Tone::kBad};
  const bool known = host.group() != plan::v1::GROUP_UNSPECIFIED;
  const std::string text = known ? Word(host.group()) : "neither";
  const bool differs = host.configured_group() != plan::v1::GROUP_UNSPECIFIED &&
                       host.configured_group() != host.group();
  if (differs) {
    return {absl::StrCat(text, " (farm.yaml: ", Word(host.configured_group()), ")"), Tone::kWarn};
  }
  return {text, host.group() == plan::v1::GROUP_ACTIVE ? Tone::kGood : Tone::kDim};
}

// Whether a guard keeps a Deployment Controller that was moved away from coming back.
Cell GuardCell(const plan::v1::Guard& guard) {
  if (guard.mode() == plan::v1::GUARD_MODE_UNSPECIFIED) return {"unknown", Tone::kWarn};
  if (guard.drift()) return {absl::StrCat(Word(guard.mode()), ", drift"), Tone::kBad};
  if (guard.mode() != plan::v1::GUARD_ENFORCE) return {Word(guard.mode()), Tone::kWarn};
  if (!guard.armed()) return {"enforce, not armed", Tone::kWarn};
  return {guard.boot_hold() ? "armed, holds boot" : "armed", Tone::kGood};
}

// At least one agent says what its guard does.
bool HasGuards(const Farm& farm) {
  return std::any_of(farm.observation().hosts().begin(), farm.observation().hosts().end(),
                     [](const HostObservation& host) { return host.state().has_guard(); });
}

std::string HostTable(const Farm& farm, const Style& style) {
  const std::vector<plan::v1::Service> services = ServicesOf(farm);
  const bool groups = HasGroups(farm);
  std::vector<Cell> header = {"HOST", "ROLES", "AGENT"};
  if (groups) header.insert(header.begin() + 2, "GROUP");
  const bool guards = HasGuards(farm);
  if (guards) header.emplace_back("GUARD");
  for (const plan::v1::Service service : services) {
    header.emplace_back(absl::AsciiStrToUpper(Word(service)));
  }
  header.emplace_back("CONTROLLER.HOST");
  Table table(std::move(header));
  for (const FarmHost& host : farm.hosts()) {
    const HostObservation* observation = FindObservation(farm, host.name());
    std::vector<Cell> row = {Cell(host.name(), Tone::kStrong), RolesOf(host, farm)};
    const bool answers = observation != nullptr && observation->has_state();
    if (groups) row.push_back(GroupCell(host, answers));
    if (host.no_agent()) {
      row.emplace_back("none", Tone::kDim);
    } else if (!answers) {
      row.emplace_back("no answer", Tone::kBad);
    } else {
      row.emplace_back(observation->state().agent_version());
      if (guards) row.push_back(GuardCell(observation->state().guard()));
      for (const plan::v1::Service service : services) {
        row.push_back(ServiceCell(observation->state(), service));
      }
      row.emplace_back(SettingText(observation->state(), plan::v1::CONTROLLER_HOST));
    }
    table.AddRow(std::move(row));
  }
  return table.Render(style);
}

// A finding says already why the host does not answer.
bool HasFinding(const Farm& farm, const HostObservation& observation) {
  return std::any_of(farm.findings().begin(), farm.findings().end(),
                     [&observation](const plan::v1::Finding& finding) {
                       return finding.host() == observation.host() &&
                              finding.reason() == observation.error();
                     });
}

std::string GuardNote(const std::string& host, const plan::v1::Guard& guard) {
  if (guard.detail().empty()) return "";
  return absl::StrCat(Clean(host), ": guard: ", Clean(guard.detail()), "\n");
}

// What does not fit into the table: why a host did not answer, what it is busy with, maintenance.
std::string HostNotes(const Farm& farm) {
  std::string notes;
  for (const FarmHost& host : farm.hosts()) {
    const HostObservation* observation = FindObservation(farm, host.name());
    if (!host.maintenance().empty()) {
      absl::StrAppend(&notes, Clean(host.name()), ": in maintenance: ", Clean(host.maintenance()),
                      "\n");
    }
    if (observation == nullptr) {
      absl::StrAppend(&notes, Clean(host.name()), ": not observed\n");
    } else if (!observation->has_state()) {
      if (HasFinding(farm, *observation)) continue;
      absl::StrAppend(&notes, Clean(host.name()), ": ", Clean(observation->error()), "\n");
      continue;
    }
    absl::StrAppend(&notes, GuardNote(host.name(), observation->state().guard()));
    if (observation->state().has_operation()) {
      absl::StrAppend(&notes, Clean(host.name()), ": works on ",
                      Clean(observation->state().operation().operation_id()), "\n");
    }
  }
  return notes;
}

}  // namespace

std::string RenderAssignment(const plan::v1::Assignment& assignment) {
  std::string text = absl::StrCat(assignment.controller(), " has the Deployment Controller");
  if (!assignment.cache().empty()) absl::StrAppend(&text, ", ", assignment.cache(), " the cache");
  absl::StrAppend(&text, ", ", Word(assignment.state()), " at epoch ", assignment.epoch());
  return Clean(text);
}

std::string RenderFarm(const Farm& farm, const Style& style) {
  std::string text;
  if (farm.has_active_run()) {
    text =
        absl::StrCat(RenderRunHeader(farm.farm_id(), farm.active_run(), style), "\n",
                     RenderPhase(farm.active_run(), style), "\n", RelationLine(farm.active_run()));
  } else {
    text = absl::StrCat("farm ", Clean(farm.farm_id()), " | no run | epoch ", farm.epoch(),
                        " | seen ", FormatTime(TimeOf(farm.observation().time()), style), "\n");
  }
  absl::StrAppend(&text,
                  farm.has_assignment() ? RenderAssignment(farm.assignment())
                                        : "nobody is on record as the Deployment Controller",
                  "\n");
  if (!farm.has_assignment()) {
    absl::StrAppend(&text, "next: ", style.program, " adopt --controller HOST --reason \"...\"\n");
  }
  absl::StrAppend(&text, "\n", HostTable(farm, style), HostNotes(farm));
  for (const std::string& part :
       {RenderSightings(farm.observation().sightings(), style), RenderDebts(farm, style)}) {
    if (!part.empty()) absl::StrAppend(&text, "\n", part);
  }
  if (!farm.findings().empty()) {
    absl::StrAppend(&text, "\n", RenderFindings(farm.findings(), style));
  }
  if (farm.has_active_run()) {
    absl::StrAppend(&text, RenderDecisions(farm.active_run(), style));
  }
  return text;
}

}  // namespace baton::ctl
