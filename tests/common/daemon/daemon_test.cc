#include "common/daemon/daemon.h"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Stands for systemd: a socket that daemons notify.
class NotifySocket {
 public:
  NotifySocket() : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const std::string path = folder_ / "notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    setenv("NOTIFY_SOCKET", path.c_str(), /*overwrite=*/1);
  }
  ~NotifySocket() {
    unsetenv("NOTIFY_SOCKET");
    close(socket_);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // The next message; waits for it.
  std::string Next() const { return Receive(0); }

  // The messages that have come so far.
  std::vector<std::string> Rest() const {
    std::vector<std::string> messages;
    for (std::string message = Receive(MSG_DONTWAIT); !message.empty();
         message = Receive(MSG_DONTWAIT)) {
      messages.push_back(std::move(message));
    }
    return messages;
  }

 private:
  std::string Receive(int flags) const {
    char buffer[512];
    const ssize_t size = recv(socket_, buffer, sizeof(buffer), flags);
    return size > 0 ? std::string(buffer, static_cast<size_t>(size)) : "";
  }

  TempFolder folder_;
  const int socket_;
};

// What a FakeDaemon saw, and how it answers. Outlives the daemon.
struct Events {
  std::atomic<int> alive_asked = 0;
  std::atomic<bool> alive = true;
  std::atomic<int> reloads = 0;
  std::atomic<int> stops = 0;
  std::string config_path;
  absl::Status reload_status;
};

class FakeDaemon : public Daemon {
 public:
  explicit FakeDaemon(Events& events) : events_(events) {}

  bool Alive() override {
    ++events_.alive_asked;
    return events_.alive;
  }
  absl::Status Reload() override {
    ++events_.reloads;
    return events_.reload_status;
  }
  void Stop() override { ++events_.stops; }

 private:
  Events& events_;
};

class DaemonTest : public testing::Test {
 protected:
  ~DaemonTest() override {
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
  }

  DaemonProgram Program() {
    return {"baton-test", "1.2.3", "/etc/baton/test.yaml",
            [this](const std::string& path) -> absl::StatusOr<std::unique_ptr<Daemon>> {
              events_.config_path = path;
              return std::make_unique<FakeDaemon>(events_);
            }};
  }

  // Runs the daemon while `work` runs in another thread. The daemon stops when a SIGTERM comes.
  template <typename Work>
  int RunWith(Work work) {
    std::thread worker(work);
    const char* argv[] = {"baton-test", "--config", "/x"};
    const int exit_code = RunDaemon(3, argv, Program());
    worker.join();
    return exit_code;
  }

  static void Send(int signal_number) { kill(getpid(), signal_number); }

  NotifySocket systemd_;
  Events events_;
};

TEST_F(DaemonTest, TellsSystemdAndStopsInOrder) {
  for (const int signal_number : {SIGTERM, SIGINT}) {
    std::string stopping;
    EXPECT_EQ(RunWith([&] {
                EXPECT_EQ(systemd_.Next(), "READY=1");
                Send(signal_number);
                EXPECT_EQ(systemd_.Next(), "STOPPING=1");
              }),
              kDaemonExitDone);
  }
  EXPECT_EQ(events_.stops, 2);
  EXPECT_EQ(events_.config_path, "/x");
  EXPECT_THAT(systemd_.Rest(), testing::IsEmpty());
}

TEST_F(DaemonTest, ReloadsOnSighupAndGoesOnAfterAnError) {
  events_.reload_status = absl::InvalidArgumentError("farm.yaml:1:1: missing \"hosts\"");
  testing::internal::CaptureStderr();
  ASSERT_OK(ConfigureLog({}));
  EXPECT_EQ(RunWith([&] {
              EXPECT_EQ(systemd_.Next(), "READY=1");
              Send(SIGHUP);
              EXPECT_THAT(systemd_.Next(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
              EXPECT_EQ(systemd_.Next(), "READY=1");
              Send(SIGTERM);
            }),
            kDaemonExitDone);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("error reload: farm.yaml:1:1: missing \"hosts\""));
  EXPECT_EQ(events_.reloads, 1);
}

TEST_F(DaemonTest, SurvivesABrokenPipe) {
  EXPECT_EQ(RunWith([&] {
              EXPECT_EQ(systemd_.Next(), "READY=1");
              Send(SIGPIPE);
              Send(SIGTERM);
            }),
            kDaemonExitDone);
  EXPECT_EQ(events_.stops, 1);
}

TEST_F(DaemonTest, PingsTheWatchdogWhileAlive) {
  setenv("WATCHDOG_USEC", "3000", /*overwrite=*/1);
  setenv("WATCHDOG_PID", absl::StrCat(getpid()).c_str(), /*overwrite=*/1);
  EXPECT_EQ(RunWith([&] {
              EXPECT_EQ(systemd_.Next(), "READY=1");
              for (int i = 0; i < 3; ++i) EXPECT_EQ(systemd_.Next(), "WATCHDOG=1");
              Send(SIGTERM);
            }),
            kDaemonExitDone);
  EXPECT_GE(events_.alive_asked, 3);
}

TEST_F(DaemonTest, DoesNotPingTheWatchdogWhenWorkHasHalted) {
  setenv("WATCHDOG_USEC", "3000", /*overwrite=*/1);
  setenv("WATCHDOG_PID", absl::StrCat(getpid()).c_str(), /*overwrite=*/1);
  events_.alive = false;
  EXPECT_EQ(RunWith([&] {
              EXPECT_EQ(systemd_.Next(), "READY=1");
              while (events_.alive_asked < 3) std::this_thread::yield();
              Send(SIGTERM);
            }),
            kDaemonExitDone);
  EXPECT_THAT(systemd_.Rest(), ElementsAre("STOPPING=1"));
}

TEST_F(DaemonTest, ProgramsThatItRunsCanBeEnded) {
  int wait_status = 0;
  EXPECT_EQ(RunWith([&] {
              EXPECT_EQ(systemd_.Next(), "READY=1");
              char name[] = "sleep";
              char seconds[] = "600";
              char* const argv[] = {name, seconds, nullptr};
              pid_t child = 0;
              // Returns when the child has become the program.
              EXPECT_EQ(posix_spawn(&child, "/bin/sleep", nullptr, nullptr, argv, environ), 0);
              kill(child, SIGTERM);
              waitpid(child, &wait_status, 0);
              Send(SIGTERM);
            }),
            kDaemonExitDone);
  EXPECT_TRUE(WIFSIGNALED(wait_status));
}

TEST_F(DaemonTest, AFailedStartIsAnErrorWithItsReason) {
  DaemonProgram program = Program();
  program.start = [](const std::string& path) -> absl::StatusOr<std::unique_ptr<Daemon>> {
    return absl::NotFoundError(absl::StrCat(path, ": No such file or directory"));
  };
  testing::internal::CaptureStderr();
  ASSERT_OK(ConfigureLog({}));
  const char* argv[] = {"baton-test"};
  EXPECT_EQ(RunDaemon(1, argv, program), kDaemonExitError);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("error baton-test cannot start: /etc/baton/test.yaml: No such file"));
  EXPECT_THAT(systemd_.Rest(), testing::IsEmpty());
}

TEST_F(DaemonTest, ASignalDuringTheStartStops) {
  DaemonProgram program = Program();
  program.start = [this](const std::string&) -> absl::StatusOr<std::unique_ptr<Daemon>> {
    Send(SIGTERM);
    return std::make_unique<FakeDaemon>(events_);
  };
  const char* argv[] = {"baton-test"};
  EXPECT_EQ(RunDaemon(1, argv, program), kDaemonExitDone);
  EXPECT_EQ(events_.stops, 1);
}

TEST_F(DaemonTest, AnswersUsageWithoutStarting) {
  const struct {
    const char* argument;
    int exit_code;
    const char* out;
    const char* err;
  } kRows[] = {
      {"--version", kDaemonExitDone, "baton-test 1.2.3\n", ""},
      {"--help", kDaemonExitDone, "Example: baton-test --config /etc/baton/test.yaml\n", ""},
      {"--bogus", kDaemonExitUsage, "", "baton-test: unknown argument \"--bogus\"\n\nUsage: "},
  };
  for (const auto& row : kRows) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const char* argv[] = {"baton-test", row.argument};
    EXPECT_EQ(RunDaemon(2, argv, Program()), row.exit_code);
    EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr(row.out));
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr(row.err));
  }
  EXPECT_EQ(events_.config_path, "");
}

}  // namespace
}  // namespace baton
