#pragma once

#include "absl/status/statusor.h"
#include "common/process/file_descriptor.h"

namespace baton {

// A terminal without a screen: what the program writes comes out at `driver` as it is, and what is
// written there is the program's input, line by line. Nothing is echoed.
struct PseudoTerminal {
  FileDescriptor driver;
  FileDescriptor program;  // to be the program's standard input and output
};

// A new one. Errors end with the system's words.
absl::StatusOr<PseudoTerminal> OpenPseudoTerminal();

}  // namespace baton
