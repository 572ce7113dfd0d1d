#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "agent/profile/proven.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// How the startup type of a service is set where the platform has an init script.
enum class StartupTypesBy {
  kConfigurator,  // the vendor's interactive tool
  kServicesFile,  // an edit of the file that the init script reads
};

// One unit of the init script. There may be more than the profile has services: the configurator
// asks for all of them.
struct InitScriptUnit {
  std::string unit;    // "CONTROLLER": for the init script, and in its file
  std::string title;   // "OutSystems Scheduler Service": in lines of `status`
  std::string prompt;  // in the configurator's question for it, as in DialogRule
};

// The vendor's interactive tool that enables and disables services.
struct ConfiguratorSpec {
  std::vector<std::string> command;
  std::string working_directory;
  std::string enable = "Y";  // answers
  std::string disable = "N";
  absl::Duration silence_timeout = absl::Minutes(2);
  absl::Duration timeout = absl::Minutes(10);  // of the whole dialog
};

// The platform's own init script and what belongs to it (the Java stack).
struct InitScriptSpec {
  std::vector<std::string> command;           // followed by start, stop or status, and a unit
  absl::Duration timeout = absl::Minutes(2);  // of one call
  std::string services_file;                  // what it reads: UNIT="ENABLED"
  std::map<std::string, plan::v1::RunState> status_words;  // behind the titles
  StartupTypesBy startup_types_by = StartupTypesBy::kConfigurator;
  std::vector<InitScriptUnit> units;
  ConfiguratorSpec configurator;
  Proven proven = Proven::kSimulated;

  // The entry of that unit; nullptr if there is none.
  const InitScriptUnit* Find(const std::string& unit) const;
};

}  // namespace baton
