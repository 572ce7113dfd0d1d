#pragma once

#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "coordinator/engine/run_state.h"

namespace baton {

// The newest assignment that a journal knows of: the fold of `Take` over its records. An assignment
// counts once an agent keeps it, and from an adoption at once. Pure; not thread-safe.
class AssignmentBook {
 public:
  // Takes in the next record; `run` is the run that it belongs to with the record applied, empty if
  // it belongs to none.
  void Take(const journal::v1::Record& record, const engine::RunState& run);

  // Epoch 0 if there is none.
  const plan::v1::Assignment& newest() const { return newest_; }

 private:
  plan::v1::Assignment newest_;
};

}  // namespace baton
