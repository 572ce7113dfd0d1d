#include "coordinator/procedure/license_stages.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/procedure/tool_arguments.h"

namespace baton {
namespace {

using plan::v1::Stage;
using plan::v1::Step;
using Course = LicenseMove::Course;

Stage NewStage(absl::string_view name) {
  Stage stage;
  stage.set_name(std::string(name));
  stage.set_max_parallel(1);
  return stage;
}

// How a person finds out the serial of a host, where Baton could not.
void AddReadSerial(const plan::v1::Host& host, const std::string& to, plan::v1::Gate& gate) {
  gate.add_instructions(absl::StrCat(
      "Read the serial of ", to,
      " in Service Center, Administration, Licensing; Baton could not: ", host.serial().error()));
  const plan::v1::ToolProfile* tool = FindTool(host, plan::v1::READ_SERIAL);
  if (tool == nullptr) return;
  for (const std::string& line : tool->by_hand()) {
    gate.add_instructions(absl::StrCat("or so on ", to, ": ", line));
  }
}

}  // namespace

LicenseStages::LicenseStages(const ObservedFarm& farm, const plan::v1::Plan& plan)
    : farm_(farm),
      plan_(plan),
      to_(plan.new_controller()),
      build_(farm, to_, plan.request().procedure()),
      license_(PlanLicenseMove(farm, to_)),
      republish_(PlanRepublishMove(farm, plan.request())) {}

Stage LicenseStages::License() const {
  Stage stage = NewStage("license");
  if (license_.course == Course::kByHand) return stage;
  if (license_.course == Course::kAsk) *stage.add_steps() = GateStep();
  // After a wait of hours, too: a license for another serial would be refused anyhow.
  if (!license_.serial_to.empty()) *stage.add_steps() = SerialStep();
  if (license_.course != Course::kStaysValid) *stage.add_steps() = InstallStep();
  return stage;
}

Step LicenseStages::SerialStep() const {
  Step step = build_.Make("license", "serial", to_);
  step.mutable_action()->mutable_expect_serial()->set_serial(license_.serial_to);
  step.set_transition(license_.course == Course::kStaysValid
                          ? absl::StrCat(license_.serial_to, ", as ", license_.from,
                                         " has: the license stays valid, and none is installed")
                          : absl::StrCat(license_.serial_to, ", which the license must be for"));
  return step;
}

Step LicenseStages::GateStep() const {
  Step step = build_.Make("license", "provide", to_);
  step.set_transition(BindingWords(license_, to_));
  plan::v1::Gate& gate = *step.mutable_action()->mutable_gate();
  const std::string serial =
      license_.serial_to.empty() ? std::string("that serial") : "serial " + license_.serial_to;
  gate.add_instructions(
      "In Service Center, Administration, Licensing, back the current license up");
  if (license_.serial_from.empty()) {
    gate.add_instructions(absl::StrCat(
        "If Service Center shows it as valid on ", to_,
        ", it may stay: approve this gate with the file of that backup, and nothing is released"));
  }
  if (license_.serial_to.empty()) AddReadSerial(*farm_.State(to_), to_, gate);
  gate.add_instructions(
      absl::StrCat("In the licensing portal, www.outsystems.com/licensing, release the environment",
                   license_.serial_from.empty() ? "" : ", which has serial ", license_.serial_from,
                   " (Release Environment; it asks for a reason)"));
  gate.add_instructions(absl::StrCat("There, register the environment with ", serial, " of ", to_,
                                     " (Register Environment)"));
  gate.add_instructions("Download the license file, and approve this gate with it");
  plan::v1::GateInput& file = *gate.add_inputs();
  file.set_name(kLicenseFileParameter);
  file.set_description(absl::StrCat("the license file for ", serial, " of ", to_));
  file.set_kind(plan::v1::GateInput::FILE);
  file.set_required(true);
  return step;
}

Step LicenseStages::InstallStep() const {
  plan::v1::ToolArgument license;
  if (license_.course == Course::kStaged) {
    license.set_license_serial(license_.serial_to);
  } else {
    license.mutable_gate()->set_step(absl::StrCat("license/", to_, "/provide"));
    license.mutable_gate()->set_input(kLicenseFileParameter);
  }
  Step step = build_.RunTool("license", "install", to_, plan::v1::INSTALL_LICENSE, license);
  step.set_transition(license_.course == Course::kStaged
                          ? absl::StrCat("the staged ", license_.staged->path(), ", for serial ",
                                         license_.serial_to)
                          : absl::StrCat("the file that gate ", license.gate().step(), " brings"));
  return step;
}

Stage LicenseStages::Republish() const {
  Stage stage = NewStage("republish");
  if (republish_.tool == plan::v1::REPUBLISH) {
    *stage.add_steps() = build_.RunTool("republish", "full", to_, republish_.tool);
  } else if (republish_.tool == plan::v1::APPLY_SETTINGS) {
    *stage.add_steps() = build_.RunTool("republish", "apply-settings", to_, republish_.tool);
  }
  return stage;
}

// "P2.5 In the licensing portal, ...: WHY"; both moves number their last lines alike.
std::string LicenseStages::Line(int number, absl::string_view text, absl::string_view why) const {
  return absl::StrCat("P", static_cast<int>(plan_.request().procedure()), ".", number, " ", text,
                      ": ", why);
}

std::vector<std::string> LicenseStages::ByHand() const {
  std::vector<std::string> lines;
  if (license_.course == Course::kByHand) {
    lines.push_back(
        Line(5, "In the licensing portal, obtain a new license (optional)", license_.why));
    lines.push_back(Line(6, "In Service Center, install the new OutSystems license", license_.why));
  }
  if (republish_.tool == plan::v1::TOOL_UNSPECIFIED) {
    // Until then modules use the old cache, where that moved.
    const bool cache = plan_.request().procedure() == plan::v1::MOVE_CONTROLLER_AND_CACHE;
    lines.push_back(Line(7,
                         cache ? "In Service Center, republish all applications, which until then "
                                 "use the old cache"
                               : "In Service Center, republish all applications",
                         republish_.why));
  }
  return lines;
}

}  // namespace baton
