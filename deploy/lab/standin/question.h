#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/fault.h"

// How the interactive tools of the Java stack ask. The vendor does not publish the words of its
// questions: these are ours.
namespace baton::standin {

// Prints a question without ending its line and reads the answer. UNAVAILABLE at the end of input.
absl::StatusOr<std::string> Ask(std::istream& in, std::ostream& out, absl::string_view question);

// Asks again until the answer is Y or N, in any letter case.
absl::StatusOr<bool> AskYesOrNo(std::istream& in, std::ostream& out, absl::string_view question);

// With the fault `ask`: asks what nobody expects. Without: does nothing.
absl::Status AskTheUnexpected(const Fault& fault, std::istream& in, std::ostream& out);

}  // namespace baton::standin
