#include "deploy/lab/standin/init_host.h"

#include <openssl/sha.h>

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "common/fs/file_system.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "deploy/lab/standin/cache_service.h"
#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/hsconf_template.h"
#include "deploy/lab/standin/reserialize.h"
#include "deploy/lab/standin/secret.h"
#include "deploy/lab/standin/services_file.h"
#include "deploy/lab/standin/socket.h"

namespace baton::standin {
namespace {

constexpr size_t kSerialGroups = 6;
constexpr size_t kSerialGroupBytes = 3;
constexpr uint32_t kScriptMode = 0700;

// The platform's serial follows from the hardware; here from name and address.
std::string SerialOf(const std::string& name, const std::string& address) {
  const std::string text = absl::StrCat("serial ", name, " ", address);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  const std::string letters = absl::AsciiStrToUpper(
      absl::BytesToHexString({reinterpret_cast<const char*>(digest), sizeof(digest)}));
  std::vector<std::string> groups;
  for (size_t i = 0; i < kSerialGroups; ++i) {
    groups.push_back(letters.substr(i * kSerialGroupBytes, kSerialGroupBytes));
  }
  return absl::StrJoin(groups, "-");
}

absl::Status CheckOptions(const InitOptions& options) {
  for (const std::string& address : {options.address, options.controller}) {
    RETURN_IF_ERROR(ParseEndpoint(absl::StrCat(address, ":0")).status());
  }
  RETURN_IF_ERROR(ParseEndpoint(options.database).status());
  if (options.role != "controller" && options.role != "front-end") {
    return absl::InvalidArgumentError("--role is controller or front-end");
  }
  if (options.stack != "dotnet" && options.stack != "java") {
    return absl::InvalidArgumentError("--stack is dotnet or java");
  }
  if (options.stack == "java" && options.cache) {
    return absl::InvalidArgumentError("the Java stack has no --cache");
  }
  if (HostState(options.state).Has("address")) {
    return absl::AlreadyExistsError(absl::StrCat(options.state, " holds a host already"));
  }
  return absl::OkStatus();
}

// The units that the stand-in has no service for are enabled.
absl::Status WriteServicesFile(const HostState& state) {
  std::string file = MakeServicesFile();
  for (const JavaUnit& unit : JavaUnits()) {
    if (!unit.service.empty()) continue;
    ASSIGN_OR_RETURN(file, WithUnitEnabled(file, unit.unit, true));
  }
  return state.Write(kServicesFileName, file);
}

// The platform's commands, as files that run this program.
absl::Status WriteScripts(const HostState& state) {
  std::error_code error;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe", error).string();
  if (error) return PosixError("read /proc/self/exe", error.value());
  const std::string folder = std::filesystem::absolute(state.Path("platform"), error).string();
  if (error) return PosixError(state.folder(), error.value());
  RETURN_IF_ERROR(PosixFileSystem().CreateFolders(folder, kScriptMode));
  const std::string host = std::filesystem::path(folder).parent_path().string();
  const std::pair<absl::string_view, absl::string_view> scripts[] = {
      {"configurationtool.sh", "java-configuration-tool"},
      {"serviceconfigurator.sh", "service-configurator"},
      {"service", "init-script"}};
  for (const auto& [name, command] : scripts) {
    // `service` gets the name of what it is to serve first.
    const absl::string_view shift =
        name == "service" ? "[ \"$1\" = outsystems ] || exit 1\nshift\n" : "";
    RETURN_IF_ERROR(WriteFileAtomically(PosixFileSystem(), absl::StrCat(folder, "/", name),
                                        absl::StrCat("#!/bin/sh\n", shift, "exec '", program, "' ",
                                                     command, " --state '", host, "' \"$@\"\n"),
                                        kScriptMode));
  }
  return absl::OkStatus();
}

absl::Status WriteStartupTypes(const HostState& state, const InitOptions& options) {
  const bool java = options.stack == "java";
  if (java) RETURN_IF_ERROR(WriteServicesFile(state));
  const std::pair<absl::string_view, bool> automatic[] = {
      {"controller", options.role == "controller"},
      {"deployment", options.front_end},
      {"scheduler", options.front_end && !options.passive},
      {"cache", options.cache},
  };
  for (const auto& [service, enabled] : automatic) {
    if (java && FindUnitOfService(service) == nullptr) continue;
    RETURN_IF_ERROR(state.WriteStartupType(
        service, enabled ? StartupType::kAutomatic : StartupType::kDisabled));
  }
  return absl::OkStatus();
}

absl::Status WriteSettings(const HostState& state, const InitOptions& options) {
  const std::string key_file = MakePrivateKeyFile(options.key_seed);
  ASSIGN_OR_RETURN(const std::string key, ParsePrivateKeyFile(key_file));
  const Hsconf plain = MakeHsconf({options.controller, options.address, options.database,
                                   options.application_port, options.stack == "java"});
  ASSIGN_OR_RETURN(const AppliedSettings applied, Reserialize(SerializeHsconf(plain), key));
  RETURN_IF_ERROR(state.Write("private.key", key_file));
  RETURN_IF_ERROR(state.Write("server.hsconf", applied.hsconf));
  RETURN_IF_ERROR(state.Write("machine.config", FormatMachineConfig(applied.machine)));
  return options.cache ? ConfigureCache(state, plain, key) : absl::OkStatus();
}

}  // namespace

absl::Status InitHost(const InitOptions& options) {
  RETURN_IF_ERROR(CheckOptions(options));
  const HostState state(options.state);
  const std::string name = options.name.empty() ? options.address : options.name;
  RETURN_IF_ERROR(WriteSettings(state, options));
  RETURN_IF_ERROR(WriteStartupTypes(state, options));
  if (options.stack == "java") RETURN_IF_ERROR(WriteScripts(state));
  RETURN_IF_ERROR(state.Write("name", absl::StrCat(name, "\n")));
  const std::string serial =
      options.serial.empty() ? SerialOf(name, options.address) : options.serial;
  RETURN_IF_ERROR(state.Write("serial", absl::StrCat(serial, "\n")));
  // Last: its presence says that the folder is complete.
  return state.Write("address", absl::StrCat(options.address, "\n"));
}

}  // namespace baton::standin
