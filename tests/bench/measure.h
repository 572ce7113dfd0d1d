#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "benchmark/benchmark.h"

namespace baton::bench {

// Times that were measured, and what is told of them.
class Samples {
 public:
  void Add(absl::Duration sample) { samples_.push_back(sample); }
  void Add(const Samples& more) {
    samples_.insert(samples_.end(), more.samples_.begin(), more.samples_.end());
  }

  // The sample that `fraction` of all do not exceed: 0.5 for the median, 1 for the longest.
  // REQUIRES: there is one.
  absl::Duration Quantile(double fraction) const;

 private:
  std::vector<absl::Duration> samples_;
};

// Adds a column to the benchmark's row, in milliseconds.
void Report(benchmark::State& state, const std::string& name, absl::Duration value);

// A benchmark that cannot measure says why and ends the program: half a table would be taken for a
// whole one.
void Require(const absl::Status& status);
template <typename T>
T Require(absl::StatusOr<T> value) {
  Require(value.status());
  return *std::move(value);
}

}  // namespace baton::bench
