#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agent/platform/initialization_probe.h"
#include "agent/platform/outsystems_java/script_runner.h"
#include "agent/platform/service_manager.h"
#include "agent/profile/profile.h"
#include "agent/tools/tool_runner.h"
#include "baton/plan/v1/host.pb.h"
#include "common/fs/file_system.h"

namespace baton {

// The services of a host of the Java stack: run states by the platform's init script, startup types
// by its interactive configurator or by an edit of the file that both read. Errors name the unit.
// Thread-safe.
//
// A unit is enabled, which is AUTOMATIC, or disabled; there is no MANUAL. The init script's word
// alone does not make a service stopped or failed: one whose port answers runs, whatever is said
// of it.
class OutsystemsJavaServiceManager : public ServiceManager {
 public:
  // What it works with; `program` is the absolute path of baton-agent, which holds the dialogs.
  struct Parts {
    Profile profile;  // with an init script
    std::string program;
    std::unique_ptr<ToolRunner> scripts;         // with a folder of its own
    std::unique_ptr<InitializationProbe> probe;  // of the same profile
  };
  OutsystemsJavaServiceManager(FileSystem& fs, Parts parts);

  absl::StatusOr<plan::v1::ServiceState> Query(plan::v1::Service service) override;

  // Both wait a few seconds for the script. UNAVAILABLE while one of the other kind is at work.
  absl::Status RequestStart(plan::v1::Service service) override;
  absl::Status RequestStop(plan::v1::Service service) override;

  // Waits for the configurator's end, and DISABLED for the service's, as the vendor's tool stops
  // what it disables. The configurator asks for every unit: others are answered as the file has
  // them, and it is an error if they have changed. FAILED_PRECONDITION for MANUAL, and where the
  // file is not understood: nothing was changed then. INTERNAL if the dialog was stopped, with why:
  // what the configurator had done by then it has done.
  absl::Status SetStartupType(plan::v1::Service service,
                              plan::v1::StartupType startup_type) override;

 private:
  struct Unit {
    std::string name;
    std::string title;
  };
  absl::StatusOr<Unit> UnitOf(plan::v1::Service service) const;
  absl::StatusOr<std::string> ReadServicesFile() const;
  ScriptCall CallOf(absl::string_view verb, const Unit& unit) const;
  // As Query, and NOT_FOUND for a service that is absent.
  absl::StatusOr<plan::v1::ServiceState> QueryPresent(plan::v1::Service service);
  absl::Status DescribeRunState(const Unit& unit, plan::v1::ServiceState& state);
  absl::Status Request(absl::string_view verb, absl::string_view opposite, const Unit& unit);
  absl::Status Change(plan::v1::Service service, const Unit& unit,
                      plan::v1::StartupType startup_type);
  absl::Status ChangeByConfigurator(const Unit& unit, const std::string& before,
                                    const std::string& after);
  absl::Status ChangeByFile(plan::v1::Service service, const Unit& unit, const std::string& after,
                            bool disable);

  FileSystem& fs_;
  const Profile profile_;
  const InitScriptSpec& script_;
  const std::string program_;
  const std::unique_ptr<InitializationProbe> probe_;
  ScriptRunner scripts_;
};

}  // namespace baton
