#include "agent/platform/systemd/systemd_bus.h"

#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agent/platform/systemd/bus_error.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"

namespace baton {
namespace {

constexpr char kSystemd[] = "org.freedesktop.systemd1";
constexpr char kManagerPath[] = "/org/freedesktop/systemd1";
constexpr char kManager[] = "org.freedesktop.systemd1.Manager";
constexpr char kJob[] = "org.freedesktop.systemd1.Job";
constexpr char kProperties[] = "org.freedesktop.DBus.Properties";

// A unit with one job after the other is read this often.
constexpr int kReadsMax = 5;

// Flags of the methods that change unit files.
constexpr int kPersistently = 0;    // not until the next boot only
constexpr int kNeverOverwrite = 0;  // a file that is in the way is an error

struct Unref {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, Unref>;

// Calls a method of the manager. `arguments` are appended as `types` says.
template <typename... Arguments>
int CallManager(sd_bus* bus, sd_bus_error* error, Message* answer, const char* method,
                const char* types, Arguments... arguments) {
  sd_bus_message* received = nullptr;
  const int result = sd_bus_call_method(bus, kSystemd, kManagerPath, kManager, method, error,
                                        &received, types, arguments...);
  answer->reset(received);
  return result;
}

// Reads a variant of one string or number.
template <typename T>
int ReadVariant(sd_bus_message* message, const char* type, T* value) {
  return sd_bus_message_read(message, "v", type, value);
}

int ReadString(sd_bus_message* message, std::string* value) {
  const char* text = nullptr;
  const int result = ReadVariant(message, "s", &text);
  if (result > 0) *value = text;
  return result;
}

// What of a unit's properties is not a string, or not in the unit itself.
struct RawUnit {
  UnitProperties unit;
  std::string job_path;  // empty without a job
};

int ReadJob(sd_bus_message* message, std::string* path) {
  uint32_t id = 0;
  const char* object = nullptr;
  const int result = sd_bus_message_read(message, "v", "(uo)", &id, &object);
  if (result > 0 && id != 0) *path = object;
  return result;
}

int ReadProperty(sd_bus_message* message, absl::string_view name, RawUnit* raw) {
  UnitProperties& unit = raw->unit;
  if (name == "LoadState") return ReadString(message, &unit.load_state);
  if (name == "ActiveState") return ReadString(message, &unit.active_state);
  if (name == "SubState") return ReadString(message, &unit.sub_state);
  if (name == "FragmentPath") return ReadString(message, &unit.fragment_path);
  if (name == "Result") return ReadString(message, &unit.result);
  if (name == "User") return ReadString(message, &unit.user);
  if (name == "MainPID") return ReadVariant(message, "u", &unit.main_pid);
  if (name == "ExecMainCode") return ReadVariant(message, "i", &unit.exec_main_code);
  if (name == "ExecMainStatus") return ReadVariant(message, "i", &unit.exec_main_status);
  if (name == "Job") return ReadJob(message, &raw->job_path);
  return sd_bus_message_skip(message, "v");
}

int ReadProperties(sd_bus_message* message, RawUnit* raw) {
  int result = sd_bus_message_enter_container(message, 'a', "{sv}");
  while (result >= 0 && (result = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
    const char* name = nullptr;
    result = sd_bus_message_read(message, "s", &name);
    if (result >= 0) result = ReadProperty(message, name, raw);
    if (result >= 0) result = sd_bus_message_exit_container(message);
  }
  return result;
}

// All that one unit says of itself, in one answer and so of one moment.
int ReadUnit(sd_bus* bus, const std::string& name, sd_bus_error* error, RawUnit* raw) {
  Message answer;
  int result = CallManager(bus, error, &answer, "LoadUnit", "s", name.c_str());
  const char* path = nullptr;
  if (result >= 0) result = sd_bus_message_read(answer.get(), "o", &path);
  if (result < 0) return result;
  sd_bus_message* received = nullptr;
  // No interface: those of the unit and of its kind.
  result =
      sd_bus_call_method(bus, kSystemd, path, kProperties, "GetAll", error, &received, "s", "");
  const Message properties(received);
  return result < 0 ? result : ReadProperties(properties.get(), raw);
}

// The unit file on disk. The property of that name is what was true at the last reload.
int ReadUnitFileState(sd_bus* bus, const std::string& name, sd_bus_error* error,
                      std::string* state) {
  Message answer;
  int result = CallManager(bus, error, &answer, "GetUnitFileState", "s", name.c_str());
  if (result < 0) {
    if (sd_bus_error_has_name(error, SD_BUS_ERROR_FILE_NOT_FOUND) == 0) return result;
    sd_bus_error_free(error);
    return 0;
  }
  const char* word = nullptr;
  result = sd_bus_message_read(answer.get(), "s", &word);
  if (result > 0) *state = word;
  return result;
}

// Leaves the type empty if the job has ended since.
int ReadJobType(sd_bus* bus, const std::string& path, sd_bus_error* error, std::string* type) {
  char* text = nullptr;
  const int result =
      sd_bus_get_property_string(bus, kSystemd, path.c_str(), kJob, "JobType", error, &text);
  if (result < 0) {
    if (sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_OBJECT) == 0) return result;
    sd_bus_error_free(error);
    return 0;
  }
  *type = text;
  free(text);  // NOLINT(cppcoreguidelines-no-malloc): sd-bus hands out memory of malloc
  return 0;
}

// A unit with the type of its job. A job that ends in between has changed the unit: what was read
// before is not what it is now, and is read again.
int ReadUnitAndJob(sd_bus* bus, const std::string& name, sd_bus_error* error,
                   UnitProperties* properties) {
  int result = 0;
  for (int round = 0; round < kReadsMax; ++round) {
    RawUnit raw;
    result = ReadUnit(bus, name, error, &raw);
    if (result >= 0 && !raw.job_path.empty()) {
      result = ReadJobType(bus, raw.job_path, error, &raw.unit.job_type);
    }
    *properties = std::move(raw.unit);
    if (result < 0 || raw.job_path.empty() || !properties->job_type.empty()) break;
  }
  return result;
}

int ChangeUnitFile(sd_bus* bus, sd_bus_error* error, Message* answer, UnitFileChange change,
                   const char* unit) {
  switch (change) {
    case UnitFileChange::kEnable:
      return CallManager(bus, error, answer, "EnableUnitFiles", "asbb", 1, unit, kPersistently,
                         kNeverOverwrite);
    case UnitFileChange::kDisable:
      return CallManager(bus, error, answer, "DisableUnitFiles", "asb", 1, unit, kPersistently);
    case UnitFileChange::kMask:
      return CallManager(bus, error, answer, "MaskUnitFiles", "asbb", 1, unit, kPersistently,
                         kNeverOverwrite);
    case UnitFileChange::kUnmask:
      return CallManager(bus, error, answer, "UnmaskUnitFiles", "asb", 1, unit, kPersistently);
  }
  return -EINVAL;
}

}  // namespace

SystemdBus::SystemdBus(std::string address, absl::Duration call_timeout)
    : address_(std::move(address)), call_timeout_(call_timeout) {}

absl::StatusOr<UnitProperties> SystemdBus::Read(const std::string& unit) {
  UnitProperties properties;
  RETURN_IF_ERROR(Exchange([&](sd_bus* bus, sd_bus_error* error) {
    const int result = ReadUnitAndJob(bus, unit, error, &properties);
    return result < 0 ? result : ReadUnitFileState(bus, unit, error, &properties.unit_file_state);
  }));
  return properties;
}

absl::Status SystemdBus::Start(const std::string& unit) {
  return Exchange([&](sd_bus* bus, sd_bus_error* error) {
    Message answer;
    return CallManager(bus, error, &answer, "StartUnit", "ss", unit.c_str(), "replace");
  });
}

absl::Status SystemdBus::Stop(const std::string& unit) {
  return Exchange([&](sd_bus* bus, sd_bus_error* error) {
    Message answer;
    return CallManager(bus, error, &answer, "StopUnit", "ss", unit.c_str(), "replace");
  });
}

absl::Status SystemdBus::Change(UnitFileChange change, const std::string& unit) {
  int carries_install_info = 1;
  RETURN_IF_ERROR(Exchange([&](sd_bus* bus, sd_bus_error* error) {
    Message answer;
    const int result = ChangeUnitFile(bus, error, &answer, change, unit.c_str());
    if (result < 0 || change != UnitFileChange::kEnable) return result;
    return sd_bus_message_read(answer.get(), "b", &carries_install_info);
  }));
  if (carries_install_info != 0) return absl::OkStatus();
  return absl::FailedPreconditionError("the unit file has no [Install] section");
}

absl::Status SystemdBus::Reload() {
  return Exchange([](sd_bus* bus, sd_bus_error* error) {
    sd_bus_message* made = nullptr;
    const int result =
        sd_bus_message_new_method_call(bus, &made, kSystemd, kManagerPath, kManager, "Reload");
    const Message call(made);
    if (result < 0) return result;
    const auto timeout_us = static_cast<uint64_t>(absl::ToInt64Microseconds(kReloadTimeout));
    return sd_bus_call(bus, call.get(), timeout_us, error, nullptr);
  });
}

absl::Status SystemdBus::Exchange(const Talk& talk) {
  const MutexLock lock(mutex_);
  const bool reused = bus_ != nullptr;
  absl::Status status = TalkOnce(talk);
  // A connection may have broken since it was last used, which says nothing of now. Everything that
  // is said here may be said twice.
  if (reused && bus_ == nullptr && absl::IsUnavailable(status)) status = TalkOnce(talk);
  return status;
}

absl::Status SystemdBus::TalkOnce(const Talk& talk) {
  if (bus_ == nullptr) RETURN_IF_ERROR(Open());
  sd_bus_error error{};
  const int result = talk(bus_.get(), &error);
  absl::Status status;
  if (result < 0) {
    status = BusError(error.name == nullptr ? "" : error.name,
                      error.message == nullptr ? "" : error.message, -result);
  }
  sd_bus_error_free(&error);
  // Whatever broke it, the next call starts afresh.
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) bus_.reset();
  return status;
}

absl::Status SystemdBus::Open() {
  sd_bus* made = nullptr;
  int result = sd_bus_new(&made);
  std::unique_ptr<sd_bus, Close> bus(made);
  const auto timeout_us = static_cast<uint64_t>(absl::ToInt64Microseconds(call_timeout_));
  if (result >= 0) result = sd_bus_set_address(bus.get(), address_.c_str());
  if (result >= 0) result = sd_bus_set_bus_client(bus.get(), 1);
  if (result >= 0) result = sd_bus_set_method_call_timeout(bus.get(), timeout_us);
  if (result >= 0) result = sd_bus_start(bus.get());
  // By itself, sd-bus waits longer than anybody here for a bus that does not answer.
  const absl::Duration deadline = SystemClock().Monotonic() + call_timeout_;
  while (result >= 0 && sd_bus_is_ready(bus.get()) == 0) {
    result = sd_bus_process(bus.get(), nullptr);
    if (result != 0) continue;
    const absl::Duration left = deadline - SystemClock().Monotonic();
    if (left <= absl::ZeroDuration()) {
      result = -ETIMEDOUT;
    } else {
      result = sd_bus_wait(bus.get(), static_cast<uint64_t>(absl::ToInt64Microseconds(left)));
    }
  }
  if (result < 0) {
    // Trying again later is the remedy, whatever keeps the bus from answering.
    return absl::UnavailableError(
        absl::StrCat("open ", address_, ": ", BusError("", "", -result).message()));
  }
  bus_ = std::move(bus);
  return absl::OkStatus();
}

}  // namespace baton
