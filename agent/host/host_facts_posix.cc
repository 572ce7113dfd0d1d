#include <sys/statvfs.h>
#include <unistd.h>

#include <climits>
#include <ctime>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "agent/host/host_facts.h"
#include "common/fs/file_system.h"
#include "common/hostinfo/interfaces.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

constexpr uint64_t kSmallFileBytesMax = 64 << 10;

std::string ReadLineOf(const std::string& path) {
  const absl::StatusOr<std::string> text = PosixFileSystem().ReadFile(path, kSmallFileBytesMax);
  return text.ok() ? std::string(absl::StripAsciiWhitespace(*text)) : "";
}

std::string OperatingSystem() {
  for (absl::string_view line : absl::StrSplit(ReadLineOf("/etc/os-release"), '\n')) {
    if (!absl::ConsumePrefix(&line, "PRETTY_NAME=")) continue;
    return std::string(absl::StripSuffix(absl::StripPrefix(line, "\""), "\""));
  }
  return "";
}

std::string Hostname() {
  char name[HOST_NAME_MAX + 1] = "";
  return gethostname(name, sizeof name) == 0 ? name : "";
}

uint64_t FreeBytes(const std::string& folder) {
  struct statvfs info = {};
  if (statvfs(folder.c_str(), &info) != 0) return 0;
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

int32_t UtcOffsetSeconds(absl::Time now) {
  const time_t seconds = absl::ToTimeT(now);
  tm local = {};
  localtime_r(&seconds, &local);
  return static_cast<int32_t>(local.tm_gmtoff);
}

}  // namespace

plan::v1::HostFacts ReadHostFacts(const std::string& state_folder,
                                  const std::string& configuration_folder, absl::Time now) {
  plan::v1::HostFacts facts;
  facts.set_hostname(Hostname());
  facts.set_operating_system(OperatingSystem());
  facts.set_boot_id(ReadLineOf("/proc/sys/kernel/random/boot_id"));
  *facts.mutable_clock_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  facts.set_utc_offset_seconds(UtcOffsetSeconds(now));
  for (std::string& address : InterfaceAddresses()) facts.add_addresses(std::move(address));
  facts.set_state_free_bytes(FreeBytes(state_folder));
  facts.set_configuration_free_bytes(FreeBytes(configuration_folder));
  facts.set_privileged(geteuid() == 0);
  return facts;
}

}  // namespace baton
