#include "deploy/lab/standin/service_center.h"

#include "absl/strings/str_cat.h"

#include "common/time/clock.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kMarkerName = "service-center";

}  // namespace

absl::Status MarkServiceCenterDeployed(const HostState& state) {
  return state.Write(
      kMarkerName,
      absl::StrCat("deployed ",
                   absl::FormatTime(absl::RFC3339_sec, SystemClock().Now(), absl::UTCTimeZone()),
                   "\n"));
}

bool IsServiceCenterDeployed(const HostState& state) { return state.Has(kMarkerName); }

}  // namespace baton::standin
