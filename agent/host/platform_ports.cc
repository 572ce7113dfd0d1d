#include "agent/host/platform_ports.h"

#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace baton {

absl::StatusOr<uint16_t> ResolvePort(const ProfilePort& port,
                                     const ConfigurationDocument* document) {
  if (port.setting.empty() || document == nullptr) return port.number;
  const absl::StatusOr<ConfigurationDocument::Value> value = document->Find(port.setting);
  if (absl::IsNotFound(value.status())) return port.number;
  if (!value.ok()) return value.status();
  uint32_t number = 0;
  if (!absl::SimpleAtoi(value->value, &number) || number == 0 ||
      number > std::numeric_limits<uint16_t>::max()) {
    return absl::FailedPreconditionError(
        absl::StrCat(port.setting, ": \"", value->value, "\" is not a port"));
  }
  return static_cast<uint16_t>(number);
}

std::vector<uint16_t> ResolvePorts(const ServiceSpec& service,
                                   const ConfigurationDocument* document) {
  std::vector<uint16_t> ports;
  for (const ProfilePort& port : service.ports) {
    const absl::StatusOr<uint16_t> number = ResolvePort(port, document);
    if (number.ok() && *number != 0) ports.push_back(*number);
  }
  return ports;
}

}  // namespace baton
