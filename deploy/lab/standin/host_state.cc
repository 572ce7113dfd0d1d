#include "deploy/lab/standin/host_state.h"

#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "common/fs/file_system.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "deploy/lab/standin/services_file.h"

namespace baton::standin {
namespace {

constexpr uint32_t kFileMode = 0600;
constexpr uint32_t kFolderMode = 0700;

}  // namespace

std::string HostState::Path(absl::string_view name) const {
  return absl::StrCat(folder_, "/", name);
}

bool HostState::is_java() const { return Has(kServicesFileName); }

bool HostState::Has(absl::string_view name) const {
  return PosixFileSystem().Describe(Path(name)).ok();
}

absl::StatusOr<std::string> HostState::Read(absl::string_view name) const {
  return PosixFileSystem().ReadFile(Path(name), kStateFileBytesMax);
}

absl::StatusOr<std::string> HostState::ReadWord(absl::string_view name) const {
  ASSIGN_OR_RETURN(std::string text, Read(name));
  absl::StripAsciiWhitespace(&text);
  return text;
}

absl::Status HostState::Write(absl::string_view name, absl::string_view data) const {
  const std::string path = Path(name);
  const std::string parent = std::filesystem::path(path).parent_path().string();
  RETURN_IF_ERROR(PosixFileSystem().CreateFolders(parent, kFolderMode));
  return WriteFileAtomically(PosixFileSystem(), path, data, kFileMode);
}

absl::StatusOr<StartupType> HostState::ReadStartupType(absl::string_view service) const {
  if (is_java()) {
    const JavaUnit* unit = FindUnitOfService(service);
    if (unit == nullptr) return absl::NotFoundError(absl::StrCat("no service ", service));
    ASSIGN_OR_RETURN(const std::string file, Read(kServicesFileName));
    ASSIGN_OR_RETURN(const bool enabled, IsUnitEnabled(file, unit->unit));
    return enabled ? StartupType::kAutomatic : StartupType::kDisabled;
  }
  ASSIGN_OR_RETURN(const std::string word, ReadWord(absl::StrCat("startup/", service)));
  return ParseStartupType(word);
}

absl::Status HostState::WriteStartupType(absl::string_view service, StartupType type) const {
  if (is_java()) {
    const JavaUnit* unit = FindUnitOfService(service);
    if (unit == nullptr || type == StartupType::kManual) {
      return absl::InvalidArgumentError(
          absl::StrCat(service, " cannot be ", StartupTypeName(type), " on the Java stack"));
    }
    ASSIGN_OR_RETURN(const std::string file, Read(kServicesFileName));
    ASSIGN_OR_RETURN(const std::string changed,
                     WithUnitEnabled(file, unit->unit, type == StartupType::kAutomatic));
    return Write(kServicesFileName, changed);
  }
  return Write(absl::StrCat("startup/", service), absl::StrCat(StartupTypeName(type), "\n"));
}

absl::StatusOr<MachineConfig> HostState::ReadMachineConfig() const {
  absl::StatusOr<std::string> text = Read("machine.config");
  if (!text.ok()) return absl::FailedPreconditionError(text.status().message());
  absl::StatusOr<MachineConfig> config = ParseMachineConfig(*text);
  if (!config.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(Path("machine.config"), ": ", config.status().message()));
  }
  return config;
}

std::string HostState::Knob(absl::string_view name, absl::string_view fallback) const {
  const absl::StatusOr<std::string> text = ReadWord(absl::StrCat("knobs/", name));
  return text.ok() ? *text : std::string(fallback);
}

absl::StatusOr<absl::Duration> HostState::KnobDuration(absl::string_view name,
                                                       absl::Duration fallback) const {
  const std::string text = Knob(name, absl::StrCat(absl::ToDoubleSeconds(fallback)));
  double seconds = 0;
  if (!absl::SimpleAtod(text, &seconds) || !(seconds >= 0) || absl::Seconds(seconds) > kKnobMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(Path("knobs/"), name, ": \"", text, "\" is not a number of seconds"));
  }
  return absl::Seconds(seconds);
}

absl::StatusOr<Fault> HostState::ReadFault(absl::string_view name) const {
  const std::string file = absl::StrCat("faults/", name);
  const absl::StatusOr<std::string> text = ReadWord(file);
  if (absl::IsNotFound(text.status())) return Fault{};
  RETURN_IF_ERROR(text.status());
  absl::StatusOr<Fault> fault = ParseFault(*text);
  if (!fault.ok()) return Annotate(fault.status(), Path(file));
  return fault;
}

}  // namespace baton::standin
