#include "coordinator/procedure/lost_steps.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/words/words.h"
#include "coordinator/procedure/hook_steps.h"
#include "coordinator/procedure/lost_hosts.h"

namespace baton {
namespace {

using plan::v1::Gate;
using plan::v1::Stage;
using plan::v1::Step;

// The one input of a gate that confirms that a host is off.
constexpr char kHostInput[] = "host";

}  // namespace

bool LostSteps::ControllerStandsDown(const std::string& host) const {
  if (absl::c_linear_search(MayHaveController(farm_), host)) return true;
  const plan::v1::ServiceState* state = farm_.Service(host, plan::v1::CONTROLLER);
  return state != nullptr && !IsDown(state);
}

void LostSteps::AddStandDown(const std::string& host,
                             const std::vector<plan::v1::Service>& services, Stage& stage) const {
  for (const plan::v1::Service service : services) {
    Step disable = build_.SetStartupType("stand-down", absl::StrCat("disable-", Word(service)),
                                         host, service, plan::v1::DISABLED);
    Step stop = build_.Stop("stand-down", absl::StrCat("stop-", Word(service)), host, service);
    for (Step* step : {&disable, &stop}) {
      step->set_owable(true);
      *stage.add_steps() = std::move(*step);
    }
  }
  const plan::v1::OnLost policy = PolicyOf(farm_, host);
  const bool fence =
      policy == plan::v1::ON_LOST_FENCE && farm_.file().Find(host)->fence.has_value();
  if (fence) *stage.add_steps() = FenceOff(host);
  const bool asks = policy == plan::v1::ON_LOST_CONFIRM_OFF &&
                    !farm_.participants().FindLost(host)->confirmed_off();
  if (asks) *stage.add_steps() = ConfirmOff(host);
}

Stage LostSteps::Witness() const {
  Stage stage = NewStage("witness", kReadParallel);
  for (const std::string& witness : plan_.hosts()) {
    for (const std::string& host : MayHaveController(farm_)) {
      *stage.add_steps() = LooksClosed(witness, host);
    }
  }
  return stage;
}

Stage LostSteps::ExcludeLost() const {
  Stage stage = NewStage("exclude-lost", 1);
  const std::vector<std::string> lost = Hosts();
  if (lost.empty()) return stage;
  Step step = build_.Make("exclude-lost", "exclude", std::string(kNoHost));
  step.clear_host();
  step.set_sentence(absl::StrReplaceAll(step.sentence(), {{"$lost", absl::StrJoin(lost, ", ")}}));
  Gate& gate = *step.mutable_action()->mutable_gate();
  for (const std::string& host : lost) {
    gate.add_instructions(absl::StrCat("In Service Center of a host that answers, Administration, ",
                                       "Servers: disable ", Named(host),
                                       ", unless it is disabled or not listed"));
  }
  gate.add_instructions(
      "Without that, the install of Service Center and every publication go to it, too, and wait "
      "for it or fail");
  gate.add_instructions(
      "Approve this gate when that is done. Enable the server again when it has paid what it owes");
  *stage.add_steps() = std::move(step);
  return stage;
}

// "fe1 (10.0.0.11)".
std::string LostSteps::Named(const std::string& host) const {
  return absl::StrCat(host, " (", farm_.file().Find(host)->platform_address, ")");
}

Step LostSteps::FenceOff(const std::string& host) const {
  Step step = build_.Make("stand-down", "fence-off", host);
  *step.mutable_action()->mutable_fence_off() = *farm_.file().Find(host)->fence;
  step.set_transition(
      absl::StrCat(step.action().fence_off().agent(), ": off, then status until it says off"));
  return step;
}

Step LostSteps::ConfirmOff(const std::string& host) const {
  Step step = build_.Make("stand-down", "confirm-off", host);
  Gate& gate = *step.mutable_action()->mutable_gate();
  gate.add_instructions(
      absl::StrCat("See to it that ", Named(host),
                   " is off, or cut off from the network of the farm and from its databases"));
  gate.add_instructions(
      "It must stay so: its disk still says that its Deployment Controller starts with it");
  gate.add_instructions(
      absl::StrCat("Approve this gate with the name of the host as ", kHostInput));
  plan::v1::GateInput& input = *gate.add_inputs();
  input.set_name(kHostInput);
  input.set_description("the name of the host that is off");
  input.set_kind(plan::v1::GateInput::TEXT);
  input.set_required(true);
  input.set_expected(host);
  return step;
}

Step LostSteps::LooksClosed(const std::string& witness, const std::string& host) const {
  Step step = build_.ReachPorts("witness", "$lost-controller-closed", witness,
                                farm_.file().Find(host)->platform_address, plan_.new_controller(),
                                plan::v1::CONTROLLER);
  step.mutable_action()->mutable_expect_ports()->set_closed(true);
  step.set_name(absl::StrReplaceAll(step.name(), {{"$lost", host}}));
  step.set_sentence(absl::StrReplaceAll(step.sentence(), {{"$lost", host}}));
  return step;
}

}  // namespace baton
