#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "baton/plan/v1/host.pb.h"

// What `service outsystems status` prints, a line a service:
//
//   OutSystems Scheduler Service  -  RUNNING
//
// Pure.
namespace baton {

// What the line of the service with this title says behind the dash, without colours and
// surrounding blanks. NOT_FOUND if there is no such line; FAILED_PRECONDITION if there are two that
// differ.
absl::StatusOr<std::string> StatusWords(absl::string_view output, absl::string_view title);

// The run state that `words` begin with: the longest of `known` that is all of them, or is followed
// by something that is no letter, as in "RUNNING (pid 12)". Nothing for others.
std::optional<plan::v1::RunState> RunStateOf(
    absl::string_view words, const std::map<std::string, plan::v1::RunState>& known);

}  // namespace baton
