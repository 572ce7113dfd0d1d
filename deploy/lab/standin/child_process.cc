#include "deploy/lab/standin/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/status/status.h"

namespace baton::standin {
namespace {

constexpr int kCannotRunExitCode = 127;
constexpr char kThisProgram[] = "/proc/self/exe";

// Runs in the child. Calls only what is safe between fork and exec.
[[noreturn]] void BecomeProgram(pid_t parent, int output, std::vector<char*>& arguments) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kCannotRunExitCode);  // it went before the call above
  setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execv(kThisProgram, arguments.data());
  _exit(kCannotRunExitCode);
}

}  // namespace

absl::StatusOr<ChildProcess> StartChild(const std::vector<std::string>& arguments,
                                        const std::string& output_path) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return PosixError("pipe", errno);
  FileDescriptor reader(ends[0]);
  const FileDescriptor writer(ends[1]);
  fcntl(writer.get(), F_SETFD, 0);  // the child keeps this one; nothing else is started meanwhile
  const FileDescriptor output(
      open(output_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!output.open()) return PosixError(output_path, errno);

  std::vector<std::string> words = {"platform-standin"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.insert(words.end(), {"--ready-fd", absl::StrCat(writer.get())});
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return PosixError("fork", errno);
  if (pid == 0) BecomeProgram(parent, output.get(), pointers);
  setpgid(pid, pid);  // here as well: whoever signals the group must find it
  return ChildProcess{pid, std::move(reader)};
}

}  // namespace baton::standin
