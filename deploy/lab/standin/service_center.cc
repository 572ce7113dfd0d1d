#include "deploy/lab/standin/service_center.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/hash/sha256.h"
#include "common/time/clock.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kMarkerName = "service-center";

}  // namespace

std::string LoginDigest(const ServiceCenterLogin& login) {
  return absl::BytesToHexString(
      Sha256(absl::StrCat(login.user, std::string(1, '\0'), login.password)));
}

ServiceCenterLogin ParseLogin(absl::string_view line) {
  const std::pair<absl::string_view, absl::string_view> words =
      absl::StrSplit(absl::StripAsciiWhitespace(line), absl::MaxSplits(' ', 1));
  return {std::string(words.first), std::string(words.second)};
}

absl::Status MarkServiceCenterDeployed(const HostState& state) {
  return state.Write(
      kMarkerName,
      absl::StrCat("deployed ",
                   absl::FormatTime(absl::RFC3339_sec, SystemClock().Now(), absl::UTCTimeZone()),
                   "\n"));
}

bool IsServiceCenterDeployed(const HostState& state) { return state.Has(kMarkerName); }

}  // namespace baton::standin
