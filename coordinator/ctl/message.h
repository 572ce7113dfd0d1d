#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "coordinator/ctl/exit_code.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {

// What a person is told when something did not work.
struct Message {
  ExitCode exit_code = ExitCode::kError;
  std::string what;               // what happened, where, and the system's words
  std::string why;                // empty where there is nothing to add
  std::vector<std::string> next;  // commands or deeds that help
};

// "error: WHAT", "why: WHY" and a "next: ..." line each; "refused:" where nothing was changed.
std::string RenderMessage(const Message& message, const Style& style);

// The message of an error, with what helps against errors of its code.
Message Explain(const absl::Status& status, const Style& style);

// The message when it is not known what came of a request.
Message OutcomeUnknown(const absl::Status& status, std::vector<std::string> next);

}  // namespace baton::ctl
