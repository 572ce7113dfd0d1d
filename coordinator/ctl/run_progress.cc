#include "coordinator/ctl/run_progress.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_split.h"
#include "coordinator/ctl/open_gate.h"
#include "coordinator/engine/transitions.h"

namespace baton::ctl {

using journal::v1::Record;
using plan::v1::StepStatus;

void RunProgress::Apply(const coordinator::v1::RunEvent& event) {
  if (event.has_run()) {
    run_ = event.run();
  } else if (event.has_record()) {
    ApplyRecord(event.record());
  } else if (event.has_output()) {
    ApplyOutput(event.output());
  }
}

void RunProgress::ApplyRecord(const Record& record) {
  last_sequence_ = std::max(last_sequence_, record.sequence());
  // The run that was sent at the start may rest on records that are told again.
  if (record.sequence() <= run_.sequence()) return;
  run_.set_sequence(record.sequence());
  ApplyStep(record);
  ApplyPhase(record);
}

void RunProgress::ApplyStep(const Record& record) {
  if (record.has_step_started()) {
    StepStatus* step = Find(record.step_started().step());
    if (step == nullptr) return;
    step->set_state(plan::v1::STARTED);
    step->set_attempt(record.step_started().attempt());
    *step->mutable_start_time() = record.time();
    step->clear_end_time();
    step->clear_detail();
  } else if (record.has_step_finished()) {
    StepStatus* step = Find(record.step_finished().step());
    if (step == nullptr) return;
    step->set_state(record.step_finished().state());
    step->set_detail(record.step_finished().detail());
    *step->mutable_end_time() = record.time();
    tails_.erase(record.step_finished().step());
    if (record.step_finished().changed()) run_.set_changed(true);
  } else if (record.has_gate_answered()) {
    StepStatus* step = Find(record.gate_answered().step());
    if (step == nullptr) return;
    step->set_state(record.gate_answered().approved() ? plan::v1::SUCCEEDED
                                                      : plan::v1::STEP_FAILED);
    step->set_detail(record.gate_answered().reason());
    *step->mutable_end_time() = record.time();
  } else if (record.run_resumed().decision() == journal::v1::OWE) {
    OweStepsOf(record.run_resumed().owed_host());
  }
}

void RunProgress::OweStepsOf(absl::string_view host) {
  for (const plan::v1::Stage& stage : run_.plan().stages()) {
    for (const plan::v1::Step& planned : stage.steps()) {
      StepStatus* step = planned.host() == host ? Find(planned.name()) : nullptr;
      if (step != nullptr && !engine::Settled(step->state())) step->set_state(plan::v1::OWED);
    }
  }
}

void RunProgress::ApplyPhase(const Record& record) {
  if (record.has_step_started() && OpenGate(run_) != nullptr) {
    run_.set_phase(plan::v1::RUN_WAITING);
  } else if (record.has_gate_answered() && record.gate_answered().approved()) {
    run_.set_phase(plan::v1::RUN_RUNNING);
  } else if (record.has_run_paused()) {
    run_.set_phase(plan::v1::RUN_PAUSED);
    run_.set_pause_reason(record.run_paused().reason());
    run_.set_detail(record.run_paused().detail());
  } else if (record.has_run_resumed()) {
    run_.set_phase(plan::v1::RUN_RUNNING);
    run_.set_epoch(record.run_resumed().epoch());
    run_.clear_pause_reason();
    run_.clear_detail();
  } else if (record.has_stop_requested() && record.stop_requested().cancel()) {
    run_.set_phase(plan::v1::RUN_CANCELLING);
  } else if (record.has_run_finished()) {
    run_.set_phase(record.run_finished().phase());
    run_.set_detail(record.run_finished().detail());
    *run_.mutable_end_time() = record.time();
  }
}

void RunProgress::ApplyOutput(const coordinator::v1::StepOutput& output) {
  std::deque<std::string>& tail = tails_[output.step()];
  if (tail.empty()) tail.emplace_back();
  const std::vector<absl::string_view> pieces = absl::StrSplit(output.output(), '\n');
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) tail.emplace_back();
    std::string& line = tail.back();
    const size_t room = kTailLineSizeMax - std::min(kTailLineSizeMax, line.size());
    line.append(pieces[i].substr(0, room).data(), std::min(pieces[i].size(), room));
    // One more than is shown: the last line may be empty yet.
    while (tail.size() > kTailLinesMax + 1) tail.pop_front();
  }
}

StepStatus* RunProgress::Find(absl::string_view step) {
  const int number = NumberOf(step);
  return number == 0 ? nullptr : run_.mutable_steps(number - 1);
}

int RunProgress::NumberOf(absl::string_view step) const {
  const auto found = std::find_if(run_.steps().begin(), run_.steps().end(),
                                  [step](const StepStatus& s) { return s.step() == step; });
  return found == run_.steps().end() ? 0 : static_cast<int>(found - run_.steps().begin()) + 1;
}

std::string RunProgress::SentenceOf(absl::string_view step) const {
  for (const plan::v1::Stage& stage : run_.plan().stages()) {
    for (const plan::v1::Step& candidate : stage.steps()) {
      if (candidate.name() == step) return candidate.sentence();
    }
  }
  return "";
}

const std::deque<std::string>& RunProgress::TailOf(const std::string& step) const {
  static const std::deque<std::string>& none = *new std::deque<std::string>;
  const auto found = tails_.find(step);
  return found == tails_.end() ? none : found->second;
}

}  // namespace baton::ctl
