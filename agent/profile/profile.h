#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "agent/dialog/dialog_spec.h"
#include "agent/profile/init_script_spec.h"
#include "agent/profile/proven.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// A port: a number, or what the platform's configuration file says.
struct ProfilePort {
  std::string setting;  // "Section/Key"; empty when `number` is all there is
  uint16_t number = 0;  // where the file has no such key, too
};

// What shows that a service that runs does its work.
enum class InitializedBy {
  kAnyPort,   // one of its ports accepts connections
  kAllPorts,  // all of them do
  kLog,       // a line that holds `log_pattern` was added to `log_path` since it was started
};

// One service of the platform on this host.
struct ServiceSpec {
  plan::v1::Service service = plan::v1::SERVICE_UNSPECIFIED;
  std::string unit;          // its name to the service manager
  std::string display_name;  // what people know it by, for checklists
  std::vector<ProfilePort> ports;
  InitializedBy initialized_by = InitializedBy::kAnyPort;
  std::string log_path;
  std::string log_pattern;
  absl::Duration start_timeout = absl::Minutes(1);       // until it runs
  absl::Duration initialize_timeout = absl::Minutes(5);  // from then until it is initialised
  absl::Duration stop_timeout = absl::Minutes(2);
  bool restarts_with_platform =
      false;                    // restarted by the vendor's Configuration Tool after an apply
  bool farm_exclusive = false;  // at most one may run in the farm
  Proven proven = Proven::kSimulated;
};

// How a database section says where its server is, for one kind of database.
struct DatabaseServerSpec {
  std::string provider;       // the section's ProviderKey: SqlServer
  std::string server;         // key of the server's name, perhaps with its port
  std::string port;           // key of its port; empty if there is none
  uint16_t default_port = 0;  // where neither says one
};

// The platform's configuration file. Keys are written "Section/Key".
struct ConfigurationSpec {
  std::string path;
  std::string private_key;  // the key file that the farm shares; empty for none
  std::map<plan::v1::Setting, std::string> settings;
  std::vector<plan::v1::Setting> create_missing;  // settings that older files lack and may be added
  std::vector<std::string> database_sections;     // must be equal in the whole farm
  std::vector<DatabaseServerSpec> database_servers;
  std::vector<std::string> excluded_from_digest;     // keys that differ from host to host
  std::string version;                               // key of the platform version
  std::map<plan::v1::Setting, std::string> by_hand;  // where people find a setting
  Proven proven = Proven::kSimulated;
};

inline constexpr size_t kToolParametersMax = 16;
inline constexpr size_t kToolParameterNameBytesMax = 40;

// One program of the platform. There is no shell: each element of `command` is one argument.
struct ToolSpec {
  plan::v1::Tool tool = plan::v1::TOOL_UNSPECIFIED;
  std::vector<std::string> command;  // with "${argument.NAME}" where a call's value goes
  std::string program;               // the platform's own, also where another one runs it
  std::vector<plan::v1::ToolParameter> parameters;  // those values; each has a place in `command`
  std::string working_directory;                    // empty for the agent's own
  std::vector<int> success_exit_codes = {0};
  absl::Duration timeout = absl::Minutes(10);
  absl::Duration expected_duration;  // for people, never a limit; zero if nobody knows
  bool repeatable = false;           // may run again when nobody knows whether it ran
  bool farm_exclusive = false;       // at most one may run in the farm at a time
  bool leaves_services = false;      // see ToolCommand
  std::optional<DialogSpec> dialog;  // it asks on a terminal, and is answered so
  std::vector<std::string> by_hand;  // how people do the same, a line each
  Proven proven = Proven::kSimulated;
};

// Where the platform keeps the serial that its license is bound to, besides the tool that prints
// it.
struct SerialSpec {
  std::string file;  // holds the serial alone, on one line
  Proven proven = Proven::kSimulated;
};

// The page that shows that Service Center answers, fetched over HTTP from the host itself.
struct PingSpec {
  std::string path;
  ProfilePort port;
  std::string text;  // must be in the page
  Proven proven = Proven::kSimulated;
};

// Whose certificates a cache that is spoken to over TLS may have.
struct CacheTlsSpec {
  std::string ca_file;  // PEM; the only authorities that are trusted
  Proven proven = Proven::kSimulated;
};

// How people do to services by hand what Baton does; see plan::v1::ServicesByHand.
struct ServicesByHand {
  std::string start;
  std::string stop;
  std::string startup_type;
};

// What the platform is on a host, with every variable replaced. Command lines and paths never leave
// the host: the wire has abstract names only.
struct Profile {
  std::string name;
  std::vector<ServiceSpec> services;  // in platform order: the order to start them in
  ConfigurationSpec configuration;
  std::vector<ToolSpec> tools;
  std::optional<SerialSpec>
      serial;  // unset: the tool `read-serial` is all there is, if it is there
  std::optional<PingSpec> service_center_ping;
  std::optional<CacheTlsSpec> cache_tls;      // unset: the authorities that the system trusts
  std::optional<InitScriptSpec> init_script;  // for the backend `outsystems-java`
  ServicesByHand services_by_hand;
  std::string digest;  // SHA-256 of CanonicalText, 32 bytes

  // The entry of that kind; nullptr if the host has none.
  const ServiceSpec* Find(plan::v1::Service service) const;
  const ToolSpec* Find(plan::v1::Tool tool) const;
};

// Longest change of a service's startup type where an init script has to do with it; else zero, for
// that takes no more than a moment.
absl::Duration StartupTypeTimeout(const Profile& profile, const ServiceSpec& service);

// The weakest proof among the profile's entries: as a whole it is proven no better.
Proven WeakestProof(const Profile& profile);

// `simulated`, `lab` or `real`.
std::string Word(Proven proven);

// Everything in the profile that has an effect, in a fixed order, one value a line: what is for
// checklists alone is left out. Equal texts are equal profiles. Agents and plans compare digests of
// it: a new field goes in only where it is set, so that profiles without it keep their digest.
std::string CanonicalText(const Profile& profile);

}  // namespace baton
