#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agent/dialog/dialog_spec.h"

namespace baton {

// A dialog as the command line of `baton-agent dialog`: the supervisor runs it like any other tool,
// with its transcript as the tool's output.
//
//   PROGRAM dialog --silence-ms=30000 --timeout-ms=300000
//           --once=PROMPT --answer=LINE --any=PROMPT --answer=LINE -- TOOL ARGUMENT...
struct DialogArguments {
  DialogSpec dialog;
  absl::Duration timeout;
  std::vector<std::string> command;  // the interactive program and its arguments
};

// The subcommand.
inline constexpr absl::string_view kDialogWord = "dialog";

// The arguments behind `PROGRAM dialog`.
std::vector<std::string> FormatDialogArguments(const DialogArguments& arguments);

// The whole command line. `program` is the absolute path of baton-agent.
std::vector<std::string> DialogCommand(const std::string& program,
                                       const DialogArguments& arguments);

// Reads what FormatDialogArguments writes. INVALID_ARGUMENT, naming the argument, for the rest.
absl::StatusOr<DialogArguments> ParseDialogArguments(const std::vector<std::string>& words);

}  // namespace baton
