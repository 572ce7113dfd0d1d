// What only processes can do.

#include "coordinator/hooks/posix_hook_runner.h"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include <fstream>
#include <latch>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/process/file_descriptor.h"
#include "common/process/pidfd.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class PosixHookRunnerTest : public testing::Test {
 protected:
  std::string Script(const std::string& text, mode_t mode = 0700) {
    const std::string path = folder_ / absl::StrCat("hook-", ++scripts_);
    std::ofstream(path) << "#!/bin/sh\n" << text;
    chmod(path.c_str(), mode);
    return path;
  }
  absl::StatusOr<journal::v1::HookResult> Run(HookCommand command) {
    std::latch ended(1);  // not of Abseil: the thread sanitizer does not see into that
    absl::StatusOr<journal::v1::HookResult> answer = absl::UnknownError("not ended");
    runner_.Run(
        std::move(command), [](absl::string_view /*bytes*/) {},
        [&](absl::StatusOr<journal::v1::HookResult> result) {
          answer = std::move(result);
          ended.count_down();
        });
    ended.wait();
    return answer;
  }

  TempFolder folder_;
  int scripts_ = 0;
  PosixHookRunner runner_{[] { return std::vector<std::string>(); }};
};

TEST_F(PosixHookRunnerTest, TakesWordsAndVariablesWithoutAShellAndInheritsNothing) {
  setenv("BATON_TEST_INHERITED", "yes", 1);
  const std::string program = Script("printf '%s|' \"$@\"; printf '%s' \"$BATON_HOST\"; env\n");
  ASSERT_OK_AND_ASSIGN(
      const journal::v1::HookResult result,
      Run({{program, "two words", "$HOME; id", "*"}, {"BATON_HOST=fe1"}, absl::Minutes(1)}));
  EXPECT_THAT(result.output_tail(), AllOf(HasSubstr("two words|$HOME; id|*|fe1"),
                                          HasSubstr("PATH=/usr/local/sbin:/usr/local/bin:"),
                                          Not(HasSubstr("BATON_TEST_INHERITED"))));
}

TEST_F(PosixHookRunnerTest, LeavesNothingOfItsGroupBehind) {
  // The child holds neither output nor script back; only its group names it.
  ASSERT_OK_AND_ASSIGN(
      const journal::v1::HookResult result,
      Run({{Script("sleep 1000 > /dev/null 2>&1 &\necho $!\n")}, {}, absl::Minutes(1)}));
  int pid = 0;
  ASSERT_TRUE(absl::SimpleAtoi(absl::StripAsciiWhitespace(result.output_tail()), &pid));
  const FileDescriptor end(pidfd_open(pid, 0));
  if (!end.open()) return;  // collected already
  pollfd ended{end.get(), POLLIN, 0};
  EXPECT_EQ(poll(&ended, 1, 60'000), 1) << "it still runs";
}

TEST_F(PosixHookRunnerTest, RunsHooksBesideEachOther) {
  const std::string fifo = folder_ / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  std::latch ended(2);
  const auto on_end = [&](absl::StatusOr<journal::v1::HookResult> result) {
    EXPECT_OK(result.status());
    ended.count_down();
  };
  // Neither ends without the other.
  runner_.Run(
      {{Script("echo go > " + fifo + "\n")}, {}, absl::Minutes(1)},
      [](absl::string_view /*bytes*/) {}, on_end);
  runner_.Run(
      {{Script("read word < " + fifo + "\n")}, {}, absl::Minutes(1)},
      [](absl::string_view /*bytes*/) {}, on_end);
  ended.wait();
}

TEST_F(PosixHookRunnerTest, RefusesProgramsThatAreNoneOrThatOthersMayChange) {
  EXPECT_THAT(runner_.Check(folder_.path()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not a regular file")));
  const std::string open = Script("", 0722);
  EXPECT_THAT(runner_.Check(open),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       AllOf(HasSubstr("mode 0722"), HasSubstr("chmod go-w " + open))));
  const std::string plain = Script("", 0600);
  EXPECT_THAT(runner_.Check(plain),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("cannot be run")));
  EXPECT_THAT(Run({{open}, {}, absl::Minutes(1)}),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("mode 0722")));
}

TEST_F(PosixHookRunnerTest, SaysWhichSignalEndedAHook) {
  ASSERT_OK_AND_ASSIGN(const journal::v1::HookResult result,
                       Run({{Script("kill -KILL $$\n")}, {}, absl::Minutes(1)}));
  EXPECT_EQ(result.signal(), SIGKILL);
  EXPECT_FALSE(result.timed_out());
}

}  // namespace
}  // namespace baton
