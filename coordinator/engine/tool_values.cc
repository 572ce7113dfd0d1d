#include "coordinator/engine/tool_values.h"

#include <utility>

namespace baton::engine {
namespace {

using agent::v1::ToolValue;
using plan::v1::ToolArgument;

// What the approval of the gate brought along for the input; null if it brought nothing.
const plan::v1::GateValue* FindAnswer(const RunState& state,
                                      const plan::v1::GateAnswerSource& source) {
  const absl::StatusOr<size_t> gate = state.FindStep(source.step());
  if (!gate.ok()) return nullptr;
  for (const plan::v1::GateValue& value : state.ledger(*gate).values) {
    if (value.name() == source.input()) return &value;
  }
  return nullptr;
}

}  // namespace

std::vector<ToolValue> KnownValues(const RunState& state, const plan::v1::Action& action) {
  std::vector<ToolValue> values;
  for (const ToolArgument& argument : action.arguments()) {
    ToolValue value;
    value.set_name(argument.name());
    if (argument.source_case() == ToolArgument::kText) {
      value.set_text(argument.text());
    } else if (argument.has_gate()) {
      const plan::v1::GateValue* answer = FindAnswer(state, argument.gate());
      if (answer == nullptr) continue;
      if (answer->value_case() == plan::v1::GateValue::kFile) {
        value.set_file(answer->file());
      } else {
        value.set_text(answer->text());
      }
    } else {
      continue;
    }
    values.push_back(std::move(value));
  }
  return values;
}

std::vector<plan::v1::StagedLicense> PlannedLicenses(const plan::v1::Plan& plan,
                                                     const plan::v1::Action& action) {
  std::vector<plan::v1::StagedLicense> licenses;
  for (const ToolArgument& argument : action.arguments()) {
    if (argument.source_case() != ToolArgument::kLicenseSerial) continue;
    for (const plan::v1::StagedLicense& license : plan.observation().licenses()) {
      if (license.serial() == argument.license_serial()) licenses.push_back(license);
    }
  }
  return licenses;
}

}  // namespace baton::engine
