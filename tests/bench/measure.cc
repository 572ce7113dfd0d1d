#include "tests/bench/measure.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <iostream>

namespace baton::bench {

absl::Duration Samples::Quantile(double fraction) const {
  assert(!samples_.empty());
  std::vector<absl::Duration> sorted = samples_;
  std::sort(sorted.begin(), sorted.end());
  const double last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<size_t>(std::ceil(last * fraction))];
}

void Report(benchmark::State& state, const std::string& name, absl::Duration value) {
  state.counters[name] = absl::ToDoubleMilliseconds(value);
}

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "cannot measure: " << status << "\n";
  std::exit(EXIT_FAILURE);
}

}  // namespace baton::bench
