#include "tests/bench/process_usage.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton::bench {
namespace {

constexpr double kKibPerMib = 1024;

// Reads the lines "Rss:  123 kB".
absl::Status ReadMemory(const std::string& path, ProcessUsage& usage) {
  std::ifstream file(path);
  if (!file.is_open()) return PosixError(absl::StrCat("open ", path), errno);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    double kib = 0;
    words >> name >> kib;
    if (name == "Rss:") usage.resident_mib = kib / kKibPerMib;
    if (name == "Pss:") usage.proportional_mib = kib / kKibPerMib;
    if (name == "Anonymous:") usage.anonymous_mib = kib / kKibPerMib;
  }
  return usage.resident_mib > 0 ? absl::OkStatus()
                                : absl::DataLossError(absl::StrCat(path, " has no line Rss"));
}

}  // namespace

absl::StatusOr<ProcessUsage> ReadProcessUsage(int64_t pid) {
  const std::string folder = absl::StrCat("/proc/", pid);
  ProcessUsage usage;
  RETURN_IF_ERROR(ReadMemory(folder + "/smaps_rollup", usage));
  std::error_code error;
  for (const auto& thread : std::filesystem::directory_iterator(folder + "/task", error)) {
    // Nanoseconds, where the ticks of stat would show nothing of a process that idles.
    std::ifstream file(thread.path() / "schedstat");
    int64_t nanoseconds = 0;
    file >> nanoseconds;
    usage.cpu += absl::Nanoseconds(nanoseconds);
    ++usage.threads;
  }
  if (error) return PosixError(absl::StrCat("list ", folder, "/task"), error.value());
  return usage;
}

}  // namespace baton::bench
