#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agent/tools/detached_supervisor_launcher.h"
#include "agent/tools/supervised_tool_runner.h"
#include "agent/tools/tool_folder.h"
#include "agent/tools/tool_name.h"
#include "common/process/file_descriptor.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {

// How long a test waits for what must happen.
inline constexpr absl::Duration kTestDeadline = absl::Seconds(60);

// A named pipe with which a test lets a tool wait, and sees when the last process that has it open
// is gone.
class Fifo {
 public:
  explicit Fifo(std::string path) : path_(std::move(path)) {
    EXPECT_EQ(mkfifo(path_.c_str(), 0600), 0);
  }

  const std::string& path() const { return path_; }

  // Lets a `read x < FIFO` of a tool go on. Returns when the tool has come to it.
  void Release() const {
    const FileDescriptor writer(open(path_.c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(writer.open());
    ASSERT_EQ(write(writer.get(), "\n", 1), 1);
  }

  // Opens the reading end. Returns when a tool has opened its writing end.
  FileDescriptor Read() const { return FileDescriptor(open(path_.c_str(), O_RDONLY | O_CLOEXEC)); }

 private:
  const std::string path_;
};

// A runner with real supervisors in a fresh folder. The tools under test are shell scripts.
class ToolRunnerFixture : public testing::Test {
 protected:
  static ToolCommand Script(absl::string_view id, absl::string_view script) {
    ToolCommand command;
    command.id = std::string(id);
    command.argv = {"/bin/sh", "-c", std::string(script)};
    command.timeout = absl::Minutes(10);
    return command;
  }

  ToolFolder FolderOf(absl::string_view id) const {
    return ToolFolder(absl::StrCat(tools_, "/", EncodeToolId(id)));
  }

  // Polls until the tool is no longer running.
  ToolStatus WaitForEnd(absl::string_view id) {
    const absl::Time deadline = absl::Now() + kTestDeadline;
    while (absl::Now() < deadline) {
      const absl::StatusOr<ToolStatus> status = runner_.Inspect(id);
      EXPECT_OK(status);
      if (!status.ok()) return {};
      if (status->state != ToolState::kRunning) return *status;
      absl::SleepFor(absl::Milliseconds(5));
    }
    ADD_FAILURE() << id << " still runs";
    return {};
  }

  // Starts a tool and returns how it ended.
  ToolExit Run(const ToolCommand& command) {
    EXPECT_OK(runner_.Start(command));
    const ToolStatus status = WaitForEnd(command.id);
    EXPECT_EQ(status.state, ToolState::kExited);
    return status.exit.value_or(ToolExit{});
  }

  std::string OutputOf(absl::string_view id) {
    const absl::StatusOr<std::string> output = runner_.ReadOutput(id, 0, kOutputBytesMaxMax);
    EXPECT_OK(output);
    return output.value_or("");
  }

  // Polls until the tool has said something.
  void WaitForOutput(absl::string_view id, absl::string_view text) {
    const absl::Time deadline = absl::Now() + kTestDeadline;
    while (!absl::StrContains(OutputOf(id), text)) {
      ASSERT_LT(absl::Now(), deadline) << id << " did not say " << text;
      absl::SleepFor(absl::Milliseconds(5));
    }
  }

  const TempFolder folder_;
  const std::string tools_ = folder_ / "tools";
  DetachedSupervisorLauncher launcher_{BATON_SUPERVISE_PROGRAM};
  SupervisedToolRunner runner_{tools_, launcher_};
};

}  // namespace baton
