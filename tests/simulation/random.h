#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace baton::simulation {

// SplitMix64: small, and the same everywhere, unlike the distributions of <random>. A simulated run
// takes all of its chance from one of these, so its seed is all that is needed to see it again.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31U);
  }

  // Uniform enough in [0, end). REQUIRES: end > 0.
  uint64_t Below(uint64_t end) { return Next() % end; }

  // Uniform in [0, 1).
  double Unit() { return static_cast<double>(Next() >> 11U) * 0x1.0p-53; }

  bool Chance(double probability) { return Unit() < probability; }

  // Uniform in [least, most).
  absl::Duration Between(absl::Duration least, absl::Duration most) {
    return least + (most - least) * Unit();
  }

 private:
  uint64_t state_;
};

}  // namespace baton::simulation
