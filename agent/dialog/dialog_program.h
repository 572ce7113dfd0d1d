#pragma once

#include <string>
#include <vector>

namespace baton {

// The exit code of `baton-agent dialog` when the dialog was stopped or left incomplete; none that
// the tools of the platform use.
inline constexpr int kDialogStoppedExitCode = 120;

// What `baton-agent dialog` does with the arguments behind that word: starts the program on a
// pseudo-terminal of its own and answers its questions as ParseDialogArguments has them. What both
// sides said goes to standard output as it comes: the transcript. Returns the exit code: the
// program's own (128 + N if signal N ended it) after a complete dialog, else
// kDialogStoppedExitCode with the reason as the last line.
//
// A dialog that stops kills the program before the terminal goes, for some take the end of their
// input for an answer. The program also dies with this process. What it starts and leaves behind
// must not need the terminal.
int RunDialog(const std::vector<std::string>& words);

}  // namespace baton
