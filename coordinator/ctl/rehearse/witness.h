#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/fs/file_system.h"
#include "coordinator/ctl/rehearse/lab_layout.h"

namespace baton::rehearse {

// What a service of a lab host was seen to do. The words are those of the stand-in.
struct SeenService {
  std::string state;         // as its service manager says: "running"
  std::string startup_type;  // as it lies on disk: "disabled"
  std::string ports;         // "open", "closed" or "half open"
};

// A lab host as it was seen without asking Baton.
struct SeenHost {
  std::string settings;         // the bytes of server.hsconf
  std::string controller_host;  // the setting, out of those bytes
  std::string cache_host;       // the same
  std::map<std::string, SeenService> services;
  bool ping_page = false;  // Service Center's page says that the platform runs
};

// A lab as it was seen without asking Baton.
struct SeenFarm {
  std::map<std::string, SeenHost> hosts;
  std::vector<std::string> events;  // of the database, without number and time
  std::vector<std::string> leaks;   // Baton's own files that hold a password
};

// A service of the stand-in and its ports.
struct LabService {
  absl::string_view name;
  std::vector<uint16_t> ports;
};
const std::vector<LabService>& LabServices(LabStack stack);

// The startup type of a service in the text of an os.services.conf, in the words of the stand-in.
// NOT_FOUND if it has none.
absl::StatusOr<std::string> ReadUnitType(absl::string_view file, absl::string_view service);

// Looks at everything: files, ports, service managers, pages. It shares no code with the agents, so
// that it can be a witness against them. Errors of whatever cannot be seen.
absl::StatusOr<SeenFarm> LookAtFarm(FileSystem& fs, const LabLayout& layout);

// The value of an element of server.hsconf, the only one of its name. NOT_FOUND if there is none.
absl::StatusOr<std::string> ReadElement(absl::string_view settings, absl::string_view element);

// The settings with another value in an element that ReadElement finds.
std::string WithElement(absl::string_view settings, absl::string_view element,
                        absl::string_view value);

// The settings without an element that ReadElement finds, its attributes included.
std::string WithoutElement(absl::string_view settings, absl::string_view element);

inline constexpr absl::string_view kControllerHostElement = "CompilerServerHostname";
inline constexpr absl::string_view kCacheHostElement = "ServiceHost";
inline constexpr absl::string_view kCachePasswordElement = "ServicePassword";

}  // namespace baton::rehearse
