#include "coordinator/runtime/gate_rules.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/runtime/run_rules.h"

namespace baton {
namespace {

using coordinator::v1::AnswerGateRequest;
using plan::v1::GateInput;
using plan::v1::GateValue;

// The run waits at another gate, or at none.
absl::Status NotOpen(const AnswerGateRequest& request, const engine::RunState& state) {
  const absl::StatusOr<size_t> index = state.FindStep(request.gate());
  if (!index.ok()) return absl::FailedPreconditionError(index.status().message());
  if (!state.ledger(*index).step->action().has_gate()) {
    return absl::FailedPreconditionError(absl::StrCat("step ", request.gate(), " is no gate"));
  }
  const plan::v1::StepStatus& status = state.status(*index);
  return absl::FailedPreconditionError(
      absl::StrCat("gate ", request.gate(), " does not wait: it is ", Word(status.state()),
                   status.detail().empty() ? "" : ", ", status.detail()));
}

absl::Status CheckReason(const std::string& reason) {
  if (reason.empty()) return absl::InvalidArgumentError("an answer needs --reason");
  return CheckReasonSize(reason);
}

absl::Status CheckValue(const GateInput& input, const GateValue& value) {
  const bool file = input.kind() == GateInput::FILE;
  if (value.value_case() != (file ? GateValue::kFile : GateValue::kText)) {
    return absl::InvalidArgumentError(
        absl::StrCat(input.name(), " takes ", file ? "a file" : "a text"));
  }
  const size_t size = file ? value.file().size() : value.text().size();
  const size_t size_max = file ? kGateFileBytesMax : kGateTextBytesMax;
  if (size == 0 || size > size_max) {
    return absl::InvalidArgumentError(
        absl::StrCat(input.name(), " has ", size, " bytes; it must have 1 to ", size_max));
  }
  if (!file && value.text().find_first_of("\r\n") != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat(input.name(), " must be one line"));
  }
  if (!input.expected().empty() && value.text() != input.expected()) {
    return absl::InvalidArgumentError(absl::StrCat(input.name(), " says \"", value.text(),
                                                   "\", and must say \"", input.expected(),
                                                   "\", typed as it is"));
  }
  return absl::OkStatus();
}

absl::Status CheckKnown(const plan::v1::Gate& gate, const GateValue& value) {
  std::vector<std::string> names;
  for (const GateInput& input : gate.inputs()) names.push_back(input.name());
  if (std::find(names.begin(), names.end(), value.name()) != names.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the gate asks for no \"", value.name(), "\"; it asks for ",
                   names.empty() ? "nothing" : absl::StrJoin(names, ", ")));
}

absl::Status CheckValues(const plan::v1::Gate& gate, const AnswerGateRequest& request) {
  for (const GateValue& value : request.values()) RETURN_IF_ERROR(CheckKnown(gate, value));
  for (const GateInput& input : gate.inputs()) {
    const auto named = [&input](const GateValue& value) { return value.name() == input.name(); };
    const auto count = std::count_if(request.values().begin(), request.values().end(), named);
    if (count > 1) {
      return absl::InvalidArgumentError(absl::StrCat(input.name(), " is given more than once"));
    }
    if (count == 0 && input.required()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the gate needs ", input.name(), ": ", input.description()));
    }
    if (count == 0) continue;
    RETURN_IF_ERROR(
        CheckValue(input, *std::find_if(request.values().begin(), request.values().end(), named)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<journal::v1::GateAnswered> CheckGateAnswer(const AnswerGateRequest& request,
                                                          const engine::RunState& state) {
  const size_t open = state.OpenGate();
  if (state.run().phase() != plan::v1::RUN_WAITING || open == state.step_count() ||
      state.status(open).step() != request.gate()) {
    return NotOpen(request, state);
  }
  RETURN_IF_ERROR(CheckReason(request.reason()));
  if (request.approve()) {
    RETURN_IF_ERROR(CheckValues(state.ledger(open).step->action().gate(), request));
  } else if (request.values_size() > 0) {
    return absl::InvalidArgumentError("a rejection takes no values");
  }
  journal::v1::GateAnswered answered;
  answered.set_step(request.gate());
  answered.set_attempt(state.status(open).attempt());
  answered.set_approved(request.approve());
  answered.set_reason(request.reason());
  *answered.mutable_values() = request.values();
  return answered;
}

}  // namespace baton
