#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "agent/tools/tool_status.h"

namespace baton {

// How a tool ended, in words: "exit code 3", "its time ran out and it was ended".
std::string ExitWords(const ToolExit& exit);

// The same for a caller who wanted its output only: ok if it succeeded; INTERNAL, or
// DEADLINE_EXCEEDED if its time ran out, with its last line behind.
absl::Status ExitStatus(const ToolExit& exit, absl::string_view output);

// The last line of a tool's output that is not blank, as plain ASCII: tools write in any code page,
// and the wire takes UTF-8 only. Cut to 300 bytes.
std::string LastOutputLine(absl::string_view output);

}  // namespace baton
