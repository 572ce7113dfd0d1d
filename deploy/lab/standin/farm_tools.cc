#include "deploy/lab/standin/farm_tools.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/fs/file_system.h"
#include "common/status/status_macros.h"
#include "deploy/lab/standin/farm_tool.h"
#include "deploy/lab/standin/restart_services.h"
#include "deploy/lab/standin/service_center.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kInstallName = "install-service-center";
constexpr absl::string_view kRepublishName = "republish";
constexpr uint64_t kLicenseBytesMax = 1 << 20;

// Where a tool runs: who the host is, and with what settings.
struct Place {
  HostFacts host;
  MachineConfig machine;
};

absl::StatusOr<Place> ReadPlace(const HostState& state) {
  Place place;
  ASSIGN_OR_RETURN(place.host, ReadHostFacts(state));
  ASSIGN_OR_RETURN(place.machine, state.ReadMachineConfig());
  return place;
}

absl::Status Record(absl::string_view event, const Place& place, Session& database) {
  return database.Call(absl::StrCat("record ", event, " ", place.host.name)).status();
}

absl::Status InstallServiceCenter(const HostState& state, ToolProgress& progress) {
  ASSIGN_OR_RETURN(const Place place, ReadPlace(state));
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> database,
                   OpenToolSession(place.host, place.machine.database, kInstallName, progress));
  progress.Next();
  RETURN_IF_ERROR(Compile(place.host, place.machine, kServiceCenterModule));
  progress.Next();
  RETURN_IF_ERROR(DeployToServers(state, place.host, *database, kServiceCenterModule, progress));
  // A Deployment Controller without front-end has no Deployment Service; Service Center is there
  // all the same.
  RETURN_IF_ERROR(MarkServiceCenterDeployed(state));
  RETURN_IF_ERROR(Record("service-center-install", place, *database));
  progress.Finish();
  progress.KeepAlive({});
  return absl::OkStatus();
}

absl::Status ApplySettings(const HostState& state, ToolProgress& progress) {
  ASSIGN_OR_RETURN(const Place place, ReadPlace(state));
  RETURN_IF_ERROR(RestartServices(state, progress));
  if (place.machine.controller_host != place.host.address) return absl::OkStatus();
  ASSIGN_OR_RETURN(Session database,
                   DatabaseSession(place.host, place.machine.database,
                                   absl::StrCat("hello service apply-settings ", place.host.name)));
  RETURN_IF_ERROR(database.Open());
  return Record("apply-settings", place, database);
}

absl::Status IssuedToAnother(absl::string_view serial) {
  return absl::FailedPreconditionError(
      absl::StrCat("The license found is not valid for this server because it was issued to a "
                   "server with serial number ",
                   serial));
}

absl::Status CheckLicense(Session& database) {
  ASSIGN_OR_RETURN(const std::string answer, database.Call("license"));
  const std::vector<std::string> serials = absl::StrSplit(answer, ' ');
  if (serials.size() == 2 && serials[0] == serials[1]) return absl::OkStatus();
  return IssuedToAnother(serials[0]);
}

// The session answers with an error for another account.
absl::Status LogIn(const ServiceCenterLogin& login, Session& database) {
  return database.Call(absl::StrCat("login ", LoginDigest(login))).status();
}

absl::Status Republish(const HostState& state, const ServiceCenterLogin& login,
                       ToolProgress& progress) {
  ASSIGN_OR_RETURN(const Place place, ReadPlace(state));
  if (!IsServiceCenterDeployed(state)) {
    return absl::FailedPreconditionError("Service Center does not answer on this server.");
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> database,
                   OpenToolSession(place.host, place.machine.database, kRepublishName, progress));
  RETURN_IF_ERROR(LogIn(login, *database));
  progress.Next();
  RETURN_IF_ERROR(CheckLicense(*database));
  RETURN_IF_ERROR(Compile(place.host, place.machine, "Factory"));
  progress.Next();
  RETURN_IF_ERROR(DeployToServers(state, place.host, *database, "Factory", progress));
  RETURN_IF_ERROR(Record("republish", place, *database));
  progress.Finish();
  progress.KeepAlive({});
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadLicenseSerial(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string text, PosixFileSystem().ReadFile(file, kLicenseBytesMax));
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::ConsumePrefix(&line, "serial=")) {
      return std::string(absl::StripAsciiWhitespace(line));
    }
  }
  return absl::InvalidArgumentError("The license file is not valid.");
}

absl::Status InstallLicense(const HostState& state, const std::string& file,
                            const ServiceCenterLogin& login, ToolProgress& progress) {
  ASSIGN_OR_RETURN(const Place place, ReadPlace(state));
  ASSIGN_OR_RETURN(const std::string serial, ReadLicenseSerial(file));
  if (!IsServiceCenterDeployed(state)) {
    return absl::FailedPreconditionError("The Service Center application must be running.");
  }
  ASSIGN_OR_RETURN(Session database, DatabaseSession(place.host, place.machine.database,
                                                     absl::StrCat("hello service install-license ",
                                                                  place.host.name)));
  RETURN_IF_ERROR(database.Open());
  RETURN_IF_ERROR(LogIn(login, database));
  progress.Next();
  if (serial != place.host.serial) return IssuedToAnother(serial);
  return database.Call(absl::StrCat("set-license ", serial, " ", place.host.name)).status();
}

}  // namespace

Tool InstallServiceCenterTool(const HostState& state) {
  return {std::string(kInstallName),
          {"Connecting to the Deployment Controller Service...", "Compiling Service Center...",
           "Service Center installed successfully."},
          [&state](ToolProgress& progress) { return InstallServiceCenter(state, progress); }};
}

Tool ApplySettingsTool(const HostState& state) {
  return {"apply-settings", {}, [&state](ToolProgress& progress) {
            return ApplySettings(state, progress);
          }};
}

Tool RepublishTool(const HostState& state, ServiceCenterLogin login) {
  return {std::string(kRepublishName),
          {"Validating license...", "Compiling all modules...", "Factory published successfully."},
          [&state, login = std::move(login)](ToolProgress& progress) {
            return Republish(state, login, progress);
          }};
}

Tool InstallLicenseTool(const HostState& state, std::string file, ServiceCenterLogin login) {
  return {"install-license",
          {"Checking license...", "License uploaded successfully."},
          [&state, file = std::move(file), login = std::move(login)](ToolProgress& progress) {
            return InstallLicense(state, file, login, progress);
          }};
}

}  // namespace baton::standin
