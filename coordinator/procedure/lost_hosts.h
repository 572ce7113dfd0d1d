#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What the other hosts of a farm see of the Deployment Controller on one that is lost.
enum class ControllerSight {
  kSeen,     // one of them got through to a port of it: it runs
  kNotSeen,  // others than the candidate looked, and nobody got through
  kUnknown,  // nobody besides the candidate looked, which is as good as nothing
};

// A sight, and who saw what, in words.
struct ControllerSighting {
  ControllerSight sight = ControllerSight::kUnknown;
  std::string words;
};

// Judges the observation's sightings of `host`: those on ports of the Deployment Controller, by
// hosts that are not lost themselves. One that accepts is enough, whoever saw it. That a port
// refuses proves nothing: the host is up, and its Deployment Controller may be starting.
// `candidate` is the host that is to have the role; alone it is no witness. Pure.
ControllerSighting JudgeSightings(const ObservedFarm& farm, absl::string_view host,
                                  absl::string_view candidate);

// The lost hosts that may have the Deployment Controller, in the farm file's order: the one that
// has it by FindController, every one where that cannot be said, and any that is seen to run one.
// Pure.
std::vector<std::string> MayHaveController(const ObservedFarm& farm);

// More than half of all hosts of the farm answer. Hosts in maintenance do not count as answering:
// no run claims them. Pure.
bool MostAnswer(const ObservedFarm& farm);

// The fence of the host can be used: the farm file has one, and nothing that was tried speaks
// against it. Pure.
bool HasUsableFence(const ObservedFarm& farm, absl::string_view host);

// Why the fence of the host cannot be used, as it was tried; null if it was not, or can. Pure.
const plan::v1::FenceCheck* FindBrokenFence(const ObservedFarm& farm, absl::string_view host);

// What is done about a lost host; ON_LOST_BLOCK if the request does not say. REQUIRES: it is lost.
plan::v1::OnLost PolicyOf(const ObservedFarm& farm, absl::string_view host);

// What hosts will owe after the plan's run, in the farm file's order: those that are lost or in
// maintenance. Reads the plan's request and stages: where they have a step that stops the
// Deployment Controller of a lost host, that stand-down is open until somebody proves it. Pure.
void AddDebts(const ObservedFarm& farm, plan::v1::Plan& plan);

}  // namespace baton
