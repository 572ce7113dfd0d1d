#include "coordinator/ctl/open_gate.h"

#include "coordinator/ctl/text.h"

namespace baton::ctl {
namespace {

using plan::v1::Run;
using plan::v1::Step;
using plan::v1::StepStatus;

const StepStatus* StatusOf(const Run& run, const Step& step) {
  for (const StepStatus& status : run.steps()) {
    if (status.step() == step.name()) return &status;
  }
  return nullptr;
}

}  // namespace

const Step* OpenGate(const Run& run) {
  for (const plan::v1::Stage& stage : run.plan().stages()) {
    for (const Step& step : stage.steps()) {
      if (!step.action().has_gate()) continue;
      const StepStatus* status = StatusOf(run, step);
      if (status != nullptr && status->state() == plan::v1::STARTED) return &step;
    }
  }
  return nullptr;
}

absl::Time OpenUntil(const Run& run) {
  const Step& gate = *OpenGate(run);
  return TimeOf(StatusOf(run, gate)->start_time()) + absl::Seconds(gate.timeout().seconds());
}

}  // namespace baton::ctl
