#include "tests/simulation/world.h"

#include "absl/strings/str_format.h"

namespace baton::simulation {

bool World::Roll(Fault fault, absl::string_view place) {
  if (!faults_.Roll(fault, elapsed())) return false;
  Trace("fault", NameOf(fault), place.empty() ? "" : " at ", place);
  return true;
}

void World::Fail(std::string what) {
  if (!failure_.empty()) return;
  failure_ = std::move(what);
  Trace("FAILURE", failure_);
}

void World::AddLine(absl::string_view who, absl::string_view what) {
  const int64_t ms = absl::ToInt64Milliseconds(elapsed());
  trace_.push_back(absl::StrFormat("%02d:%02d:%02d.%03d %-12s %s", ms / 3600000, ms / 60000 % 60,
                                   ms / 1000 % 60, ms % 1000, who, what));
}

}  // namespace baton::simulation
