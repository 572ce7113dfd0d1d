#include "coordinator/runtime/ids.h"

#include <random>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace baton {
namespace {

std::string RandomBytes(size_t count) {
  std::random_device device;
  std::string bytes;
  while (bytes.size() < count) bytes.push_back(static_cast<char>(device() & 0xff));
  return bytes;
}

}  // namespace

std::string NewId(absl::string_view prefix, absl::Time now) {
  return absl::StrCat(prefix, "-", absl::FormatTime("%Y%m%dt%H%M%S", now, absl::UTCTimeZone()), "-",
                      absl::BytesToHexString(RandomBytes(3)));
}

std::string RandomHex128() { return absl::BytesToHexString(RandomBytes(16)); }

}  // namespace baton
