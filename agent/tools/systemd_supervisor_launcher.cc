#include "agent/tools/systemd_supervisor_launcher.h"

#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr uint64_t kAnswerTimeoutUs = 10'000'000;
constexpr pid_t kInitPid = 1;
constexpr absl::string_view kUnitSuffix = ".service";

// What systemd is asked to start.
struct SupervisorUnit {
  std::string name;
  std::string program;
  std::string tool_folder;
  int input_fd = -1;
  LeftInUnit left = LeftInUnit::kKilled;
};

struct CloseBus {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
};
struct FreeMessage {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Bus = std::unique_ptr<sd_bus, CloseBus>;
using Message = std::unique_ptr<sd_bus_message, FreeMessage>;

// Remembers the first of several results of sd-bus, which are negative error numbers.
class FirstError {
 public:
  void Update(int result) { first_ = first_ < 0 ? first_ : std::min(result, 0); }
  int get() const { return first_; }

 private:
  int first_ = 0;
};

// What systemd is asked for. See systemd.service(5), systemd.kill(5) and systemd.unit(5).
int AppendUnit(sd_bus_message* call, const SupervisorUnit& unit) {
  FirstError error;
  error.Update(sd_bus_message_append(call, "ss", unit.name.c_str(), "fail"));
  error.Update(sd_bus_message_open_container(call, 'a', "(sv)"));
  const std::string description = absl::StrCat("Baton tool in ", unit.tool_folder);
  for (const auto& [name, value] :
       {std::pair("Description", description.c_str()), std::pair("Type", "exec"),
        std::pair("Slice", "system.slice"),
        std::pair("KillMode", unit.left == LeftInUnit::kKept ? "process" : "control-group"),
        // A unit that failed goes, too: how the tool ended stands in its folder.
        std::pair("CollectMode", "inactive-or-failed")}) {
    error.Update(sd_bus_message_append(call, "(sv)", name, "s", value));
  }
  error.Update(sd_bus_message_append(call, "(sv)", "ExecStart", "a(sasb)", 1, unit.program.c_str(),
                                     3, unit.program.c_str(), "supervise", unit.tool_folder.c_str(),
                                     0));
  if (unit.input_fd >= 0) {
    error.Update(
        sd_bus_message_append(call, "(sv)", "StandardInputFileDescriptor", "h", unit.input_fd));
  }
  error.Update(sd_bus_message_close_container(call));
  error.Update(sd_bus_message_append(call, "a(sa(sv))", 0));
  return error.get();
}

absl::Status StatusOfAnswer(int result, const sd_bus_error& error) {
  if (result >= 0) return absl::OkStatus();
  const absl::string_view words = error.message == nullptr ? "" : error.message;
  if (sd_bus_error_has_name(&error, "org.freedesktop.systemd1.UnitExists") != 0) {
    return absl::AlreadyExistsError(words);
  }
  if (sd_bus_error_has_name(&error, SD_BUS_ERROR_ACCESS_DENIED) != 0 ||
      sd_bus_error_has_name(&error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED) != 0) {
    return absl::PermissionDeniedError(words);
  }
  if (words.empty()) return PosixError("call systemd", -result);
  return absl::UnavailableError(words);
}

absl::Status StartUnit(const SupervisorUnit& unit) {
  sd_bus* opened = nullptr;
  int result = sd_bus_open_system(&opened);
  const Bus bus(opened);
  // Whatever keeps the bus from answering, trying again later is the remedy.
  if (result < 0) {
    return absl::UnavailableError(PosixError("open the system bus", -result).message());
  }
  sd_bus_message* made = nullptr;
  result = sd_bus_message_new_method_call(bus.get(), &made, "org.freedesktop.systemd1",
                                          "/org/freedesktop/systemd1",
                                          "org.freedesktop.systemd1.Manager", "StartTransientUnit");
  const Message call(made);
  if (result >= 0) result = AppendUnit(call.get(), unit);
  if (result < 0) return PosixError("make a message for systemd", -result);

  sd_bus_error error{};
  const absl::Status status =
      StatusOfAnswer(sd_bus_call(bus.get(), call.get(), kAnswerTimeoutUs, &error, nullptr), error);
  sd_bus_error_free(&error);
  return status;
}

}  // namespace

std::string SupervisorUnitOf(absl::string_view tool_folder) {
  // Encoded names of tools consist of characters that unit names allow.
  const size_t slash = tool_folder.rfind('/');
  const absl::string_view name =
      slash == absl::string_view::npos ? tool_folder : tool_folder.substr(slash + 1);
  return absl::StrCat("baton-tool-", name, kUnitSuffix);
}

bool StartedBySystemd() { return getppid() == kInitPid && sd_booted() > 0; }

absl::Status SystemdSupervisorLauncher::Launch(const std::string& tool_folder, int input_fd) {
  SupervisorUnit unit{SupervisorUnitOf(tool_folder), program_, tool_folder, input_fd, left_};
  if (left_ == LeftInUnit::kKept) {
    unit.name = absl::StrCat(absl::StripSuffix(unit.name, kUnitSuffix), "-",
                             absl::ToUnixMicros(absl::Now()), kUnitSuffix);
  }
  return Annotate(StartUnit(unit), absl::StrCat("start unit ", unit.name));
}

}  // namespace baton
