#include "tests/coordinator/ctl/event_fixture.h"

#include <utility>

#include "google/protobuf/util/time_util.h"
#include "tests/coordinator/ctl/farm_fixture.h"

namespace baton {
namespace {

using coordinator::v1::RunEvent;
using plan::v1::Run;

RunEvent RecordEvent(uint64_t sequence) {
  RunEvent event;
  event.mutable_record()->set_sequence(sequence);
  event.mutable_record()->set_actor("operator:alice");
  *event.mutable_record()->mutable_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(
          absl::ToUnixNanos(FixtureNow() - absl::Minutes(4) + absl::Seconds(sequence)));
  return event;
}

}  // namespace

std::vector<RunEvent> MakeEvents(const Run& end) {
  Run begin = end;
  begin.set_phase(plan::v1::RUN_RUNNING);
  begin.set_sequence(0);
  begin.clear_detail();
  begin.clear_pause_reason();
  for (plan::v1::StepStatus& status : *begin.mutable_steps()) {
    const std::string name = status.step();
    status.Clear();
    status.set_step(name);
    status.set_state(plan::v1::PENDING);
  }
  std::vector<RunEvent> events(1);
  *events.back().mutable_run() = begin;
  const auto add = [&events]() -> journal::v1::Record& {
    events.push_back(RecordEvent(events.size()));
    return *events.back().mutable_record();
  };
  *add().mutable_run_started()->mutable_plan() = begin.plan();
  events.back().mutable_record()->mutable_run_started()->set_epoch(8);
  journal::v1::ClaimFinished& claim = *add().mutable_claim_finished();
  claim.set_host("fe1");
  claim.set_epoch(8);
  claim.set_accepted(true);
  const std::string step = "stand-down/fe1/stop-controller";
  add().mutable_step_started()->set_step(step);
  events.back().mutable_record()->mutable_step_started()->set_attempt(1);
  RunEvent output;
  output.mutable_output()->set_step(step);
  output.mutable_output()->set_output("Stopping...\nstopped \x1b[31mnow\n");
  journal::v1::StepFinished& finished = *add().mutable_step_finished();
  finished.set_step(step);
  finished.set_attempt(1);
  finished.set_state(plan::v1::SUCCEEDED);
  finished.set_detail("controller is stopped, automatic");
  finished.set_changed(true);
  events.insert(events.end() - 1, std::move(output));
  *add().mutable_run_alive()->add_steps() = step;
  if (end.phase() == plan::v1::RUN_PAUSED) {
    add().mutable_run_paused()->set_reason(end.pause_reason());
    events.back().mutable_record()->mutable_run_paused()->set_detail(end.detail());
  } else {
    add().mutable_run_finished()->set_phase(end.phase());
    events.back().mutable_record()->mutable_run_finished()->set_detail(end.detail());
  }
  events.emplace_back();
  *events.back().mutable_run() = end;
  return events;
}

}  // namespace baton
