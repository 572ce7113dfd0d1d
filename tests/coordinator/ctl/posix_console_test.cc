#include "coordinator/ctl/posix_console.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <string>

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton::ctl {
namespace {

using ::testing::HasSubstr;

TEST(PosixConsoleTest, CatchesCtrlCWithoutEnding) {
  PosixConsole console;
  std::promise<void> interrupted;
  {
    const auto interrupts = console.CatchInterrupts([&] { interrupted.set_value(); });
    ASSERT_EQ(kill(getpid(), SIGINT), 0);
    interrupted.get_future().wait();
  }
  struct sigaction after = {};
  ASSERT_EQ(sigaction(SIGINT, nullptr, &after), 0);
  EXPECT_EQ(after.sa_handler, SIG_DFL);
}

TEST(PosixConsoleTest, CatchesAgainAfterItLetGo) {
  PosixConsole console;
  for (int i = 0; i < 3; ++i) {
    std::promise<void> interrupted;
    const auto interrupts = console.CatchInterrupts([&] { interrupted.set_value(); });
    ASSERT_EQ(raise(SIGINT), 0);
    interrupted.get_future().wait();
  }
}

TEST(PosixConsoleTest, ReadsLinesUpToALimit) {
  const TempFolder folder;
  const std::string path = folder / "input";
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fprintf(file, "fe2\n\n%s\n", std::string(kInputLineSizeMax + 1, 'x').c_str());
  std::fclose(file);
  ASSERT_NE(std::freopen(path.c_str(), "r", stdin), nullptr);
  PosixConsole console;
  EXPECT_FALSE(console.input_is_terminal());
  EXPECT_THAT(console.ReadLine(), IsOkAndHolds("fe2"));
  EXPECT_THAT(console.ReadLine(), IsOkAndHolds(""));
  EXPECT_THAT(console.ReadLine(), StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("1000")));
}

TEST(PosixConsoleTest, HasColoursOnlyOnATerminalAndUnlessTheyAreUnwanted) {
  const int saved = dup(STDOUT_FILENO);
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  ASSERT_EQ(setenv("TERM", "xterm", 1), 0);
  ASSERT_EQ(unsetenv("NO_COLOR"), 0);
  std::fflush(stdout);
  PosixConsole console;
  ASSERT_GE(dup2(terminal, STDOUT_FILENO), 0);
  const bool coloured = console.has_colour();
  setenv("NO_COLOR", "1", 1);
  const bool unwanted = console.has_colour();
  unsetenv("NO_COLOR");
  setenv("TERM", "dumb", 1);
  const bool dumb = console.output_is_terminal();
  dup2(saved, STDOUT_FILENO);
  close(terminal);
  close(saved);
  EXPECT_TRUE(coloured);
  EXPECT_FALSE(unwanted);
  EXPECT_FALSE(dumb);
}

}  // namespace
}  // namespace baton::ctl
