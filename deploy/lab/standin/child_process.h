#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "deploy/lab/standin/socket.h"

namespace baton::standin {

// A started child and the end of a pipe that becomes readable when the child writes to it or goes.
struct ChildProcess {
  pid_t pid = 0;
  FileDescriptor ready;
};

// Starts this program again with `arguments` and `--ready-fd N`, in a process group of its own, its
// output appended to `output_path`. The child is killed when the calling thread ends, so that
// nothing outlives its parent. REQUIRES: a single-threaded caller. INTERNAL if the system refuses.
absl::StatusOr<ChildProcess> StartChild(const std::vector<std::string>& arguments,
                                        const std::string& output_path);

}  // namespace baton::standin
