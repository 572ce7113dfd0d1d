#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/run.pb.h"

namespace baton::ctl {

// Lines of a tool's output that a live view keeps for each step, and the longest of them.
inline constexpr size_t kTailLinesMax = 5;
inline constexpr size_t kTailLineSizeMax = 400;

// What a watcher knows of a run: the run as the Baton coordinator last sent it and what the records
// after it changed. It trusts the Baton coordinator: what it does not understand it skips. Not
// thread-safe.
class RunProgress {
 public:
  // Records up to `after_sequence` count as seen.
  explicit RunProgress(uint64_t after_sequence = 0) : last_sequence_(after_sequence) {}

  // Takes the next event in.
  void Apply(const coordinator::v1::RunEvent& event);

  // The run; empty before the first event that carries it.
  const plan::v1::Run& run() const { return run_; }

  // Records up to this sequence were seen: where to go on after the connection was lost.
  uint64_t last_sequence() const { return last_sequence_; }

  // The number of a step in the plan, from 1; 0 if the plan has no such step.
  int NumberOf(absl::string_view step) const;
  // The step's sentence; empty if the plan has no such step.
  std::string SentenceOf(absl::string_view step) const;
  // The newest lines that the step's tool wrote.
  const std::deque<std::string>& TailOf(const std::string& step) const;

 private:
  void ApplyRecord(const journal::v1::Record& record);
  void ApplyStep(const journal::v1::Record& record);
  void OweStepsOf(absl::string_view host);
  void ApplyPhase(const journal::v1::Record& record);
  void ApplyOutput(const coordinator::v1::StepOutput& output);
  plan::v1::StepStatus* Find(absl::string_view step);

  plan::v1::Run run_;
  uint64_t last_sequence_;
  std::map<std::string, std::deque<std::string>> tails_;
};

}  // namespace baton::ctl
