#include "coordinator/procedure/participation.h"

#include <algorithm>

namespace baton {

Participation Participants::Of(absl::string_view host) const {
  if (FindLost(host) != nullptr) return Participation::kLost;
  const FarmHost* file = file_.Find(host);
  const bool left_out = file != nullptr && file->maintenance.has_value();
  return left_out ? Participation::kInMaintenance : Participation::kWorkedOn;
}

const plan::v1::LostHost* Participants::FindLost(absl::string_view host) const {
  const auto& lost = request_.lost();
  const auto found =
      std::find_if(lost.begin(), lost.end(),
                   [host](const plan::v1::LostHost& entry) { return entry.host() == host; });
  return found == lost.end() ? nullptr : &*found;
}

std::vector<std::string> Participants::WorkedOn() const {
  std::vector<std::string> hosts = Hosts(Participation::kWorkedOn);
  const auto to = std::find(hosts.begin(), hosts.end(), request_.to());
  if (to != hosts.end()) std::rotate(hosts.begin(), to, to + 1);
  return hosts;
}

std::vector<std::string> Participants::Hosts(Participation participation) const {
  std::vector<std::string> hosts;
  for (const FarmHost& host : file_.hosts) {
    if (Of(host.name) == participation) hosts.push_back(host.name);
  }
  return hosts;
}

}  // namespace baton
