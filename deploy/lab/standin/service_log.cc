#include "deploy/lab/standin/service_log.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/time/time.h"

#include "common/time/clock.h"

namespace baton::standin {

void ServiceLog::Write(absl::string_view level, absl::string_view words) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), error);
  const std::uintmax_t size_bytes = std::filesystem::file_size(path_, error);
  if (!error && size_bytes > static_cast<std::uintmax_t>(kServiceLogBytesMax)) {
    std::filesystem::rename(path_, path_ + ".1", error);
  }
  std::ofstream file(path_, std::ios::app | std::ios::binary);
  file << absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", SystemClock().Now(), absl::UTCTimeZone()) << ' '
       << level << ' ' << words << '\n';
}

}  // namespace baton::standin
