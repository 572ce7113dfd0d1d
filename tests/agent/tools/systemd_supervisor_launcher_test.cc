#include "agent/tools/systemd_supervisor_launcher.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/process/file_descriptor.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// A system bus with nothing but a systemd on it, for one connection. It remembers the unit that it
// was asked to start. Real sd-bus on both sides: what arrives here is what systemd would read.
class FakeSystemd {
 public:
  // `error` is the name of the error to answer with; empty to start the unit.
  FakeSystemd(const std::string& socket_path, std::string error)
      : error_(std::move(error)), listener_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket_path.c_str(), sizeof(address.sun_path) - 1);
    EXPECT_EQ(bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(listener_.get(), 1), 0);
    thread_ = std::thread([this] { Serve(); });
  }
  // Returns when the client has hung up.
  void Join() { thread_.join(); }

  std::string unit;
  std::string mode;
  std::map<std::string, std::string> properties;  // those that are strings
  std::vector<std::string> exec_start;
  std::string input;

 private:
  void Serve() {
    sd_bus* bus = nullptr;
    const int client = accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    ASSERT_GE(client, 0);
    ASSERT_GE(sd_bus_new(&bus), 0);
    ASSERT_GE(sd_bus_set_fd(bus, client, client), 0);
    sd_id128_t id{};
    ASSERT_GE(sd_id128_randomize(&id), 0);
    ASSERT_GE(sd_bus_set_server(bus, 1, id), 0);
    ASSERT_GE(sd_bus_set_anonymous(bus, 1), 0);
    ASSERT_GE(sd_bus_negotiate_fds(bus, 1), 0);
    ASSERT_GE(sd_bus_start(bus), 0);
    ASSERT_GE(sd_bus_add_filter(bus, nullptr, OnMessage, this), 0);
    for (int result = 0; result >= 0;) {
      result = sd_bus_process(bus, nullptr);
      if (result == 0) result = sd_bus_wait(bus, UINT64_MAX);
    }
    sd_bus_unref(bus);
  }

  static int OnMessage(sd_bus_message* message, void* self, sd_bus_error* /*error*/) {
    if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus", "Hello") > 0) {
      return sd_bus_reply_method_return(message, "s", ":1.1");
    }
    if (sd_bus_message_is_method_call(message, "org.freedesktop.systemd1.Manager",
                                      "StartTransientUnit") > 0) {
      return static_cast<FakeSystemd*>(self)->StartUnit(message);
    }
    return 0;
  }

  int StartUnit(sd_bus_message* message) {
    const char* unit_read = nullptr;
    const char* mode_read = nullptr;
    EXPECT_GT(sd_bus_message_read(message, "ss", &unit_read, &mode_read), 0);
    unit = unit_read;
    mode = mode_read;
    EXPECT_GT(sd_bus_message_enter_container(message, 'a', "(sv)"), 0);
    while (sd_bus_message_enter_container(message, 'r', "sv") > 0) {
      ReadProperty(message);
      EXPECT_GT(sd_bus_message_exit_container(message), 0);
    }
    EXPECT_GT(sd_bus_message_exit_container(message), 0);
    EXPECT_GT(sd_bus_message_skip(message, "a(sa(sv))"), 0);
    if (error_.empty()) return sd_bus_reply_method_return(message, "o", "/job/1");
    return sd_bus_reply_method_errorf(message, error_.c_str(), "systemd's words");
  }

  void ReadProperty(sd_bus_message* message) {
    const char* name = nullptr;
    const char* type = nullptr;
    EXPECT_GT(sd_bus_message_read(message, "s", &name), 0);
    EXPECT_GT(sd_bus_message_peek_type(message, nullptr, &type), 0);
    if (absl::string_view(type) == "s") {
      const char* value = nullptr;
      EXPECT_GT(sd_bus_message_read(message, "v", "s", &value), 0);
      properties[name] = value;
    } else if (absl::string_view(type) == "h") {
      int fd = -1;
      std::array<char, 100> bytes{};
      EXPECT_GT(sd_bus_message_read(message, "v", "h", &fd), 0);
      EXPECT_STREQ(name, "StandardInputFileDescriptor");
      const ssize_t count = read(fd, bytes.data(), bytes.size());
      input.assign(bytes.data(), static_cast<size_t>(std::max<ssize_t>(count, 0)));
    } else {
      std::array<const char*, 4> words{};
      int ignore_failure = 1;
      EXPECT_GT(sd_bus_message_read(message, "v", "a(sasb)", 1, &words[0], 3, &words[1], &words[2],
                                    &words[3], &ignore_failure),
                0);
      EXPECT_STREQ(name, "ExecStart");
      EXPECT_EQ(ignore_failure, 0);
      exec_start.assign(words.begin(), words.end());
    }
  }

  const std::string error_;
  const FileDescriptor listener_;
  std::thread thread_;
};

class SystemdSupervisorLauncherTest : public testing::Test {
 protected:
  SystemdSupervisorLauncherTest() {
    setenv("DBUS_SYSTEM_BUS_ADDRESS", absl::StrCat("unix:path=", socket_).c_str(), 1);
  }

  const TempFolder folder_;
  const std::string socket_ = folder_ / "bus";
  SystemdSupervisorLauncher launcher_{"/usr/sbin/baton-agent"};
};

TEST_F(SystemdSupervisorLauncherTest, AsksForAUnitOfItsOwnOutsideTheAgents) {
  FakeSystemd systemd(socket_, "");
  const absl::Status launched = launcher_.Launch("/var/lib/baton-agent/tools/r1.a.1", -1);
  systemd.Join();
  EXPECT_OK(launched);
  EXPECT_EQ(systemd.unit, "baton-tool-r1.a.1.service");
  EXPECT_EQ(systemd.mode, "fail");
  EXPECT_THAT(systemd.exec_start, ElementsAre("/usr/sbin/baton-agent", "/usr/sbin/baton-agent",
                                              "supervise", "/var/lib/baton-agent/tools/r1.a.1"));
  EXPECT_THAT(systemd.properties,
              UnorderedElementsAre(
                  Pair("Description", "Baton tool in /var/lib/baton-agent/tools/r1.a.1"),
                  Pair("Type", "exec"), Pair("Slice", "system.slice"),
                  Pair("KillMode", "control-group"), Pair("CollectMode", "inactive-or-failed")));
  EXPECT_EQ(systemd.input, "");
}

TEST_F(SystemdSupervisorLauncherTest, LeavesServicesInAUnitThatNoOtherToolWants) {
  FakeSystemd systemd(socket_, "");
  SystemdSupervisorLauncher launcher("/usr/sbin/baton-agent", LeftInUnit::kKept);
  const absl::Status launched = launcher.Launch("/scripts/start-CONTROLLER", -1);
  systemd.Join();
  EXPECT_OK(launched);
  EXPECT_THAT(systemd.unit, testing::MatchesRegex("baton-tool-start-CONTROLLER-[0-9]+.service"));
  EXPECT_EQ(systemd.properties["KillMode"], "process");
}

TEST_F(SystemdSupervisorLauncherTest, HandsTheSecretsOverAsADescriptor) {
  const FileDescriptor secrets(memfd_create("secrets", MFD_CLOEXEC));
  ASSERT_EQ(pwrite(secrets.get(), "hunter2", 7, 0), 7);
  FakeSystemd systemd(socket_, "");
  const absl::Status launched = launcher_.Launch("/tools/r1.a.1", secrets.get());
  systemd.Join();
  EXPECT_OK(launched);
  EXPECT_EQ(systemd.input, "hunter2");
}

TEST_F(SystemdSupervisorLauncherTest, PassesOnWhatSystemdSays) {
  const struct {
    const char* name;
    absl::StatusCode code;
  } rows[] = {
      {"org.freedesktop.systemd1.UnitExists", absl::StatusCode::kAlreadyExists},
      {"org.freedesktop.DBus.Error.AccessDenied", absl::StatusCode::kPermissionDenied},
      {"org.freedesktop.systemd1.ShuttingDown", absl::StatusCode::kUnavailable},
  };
  for (const auto& row : rows) {
    unlink(socket_.c_str());
    FakeSystemd systemd(socket_, row.name);
    const absl::Status launched = launcher_.Launch("/tools/r1.a.1", -1);
    systemd.Join();
    EXPECT_THAT(launched,
                StatusIs(row.code, "start unit baton-tool-r1.a.1.service: systemd's words"));
  }
}

TEST_F(SystemdSupervisorLauncherTest, SaysThatThereIsNoBus) {
  EXPECT_THAT(launcher_.Launch("/tools/r1.a.1", -1),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("open the system bus"), HasSubstr("ENOENT"))));
}

}  // namespace
}  // namespace baton
