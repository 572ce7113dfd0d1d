#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "coordinator/runtime/run_book.h"

namespace baton {

// Plans a run again from the farm file and the observation that it started with, feeds its records
// through the engine again, and says where either decides otherwise now. NOT_FOUND for an unknown
// run; DATA_LOSS for records that cannot be.
absl::StatusOr<coordinator::v1::ReplayReport> ReplayRun(RunBook& book, const std::string& farm_id,
                                                        const std::string& run);

}  // namespace baton
