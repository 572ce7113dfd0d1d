#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/hash/sha256.h"
#include "tests/simulation/machine.h"

namespace baton::simulation {

void SharedDatabase::Connect(const std::string& host) {
  if (std::find(connected_.begin(), connected_.end(), host) != connected_.end()) return;
  connected_.push_back(host);
  if (connected_.size() < 2) return;
  world_.Fail(absl::StrCat("two Deployment Controllers are connected to the database: ",
                           absl::StrJoin(connected_, " and ")));
}

void SharedDatabase::Disconnect(const std::string& host) {
  connected_.erase(std::remove(connected_.begin(), connected_.end(), host), connected_.end());
}

Machine* Site::AtAddress(absl::string_view address) const {
  for (const auto& machine : machines) {
    if (machine->address() == address) return machine.get();
  }
  return nullptr;
}

Machine* Site::Named(absl::string_view name) const {
  for (const auto& machine : machines) {
    if (machine->name() == name) return machine.get();
  }
  return nullptr;
}

std::string ConfigurationText::Digest() const {
  return Sha256(
      absl::StrCat(controller_host, "\n", cache_host, "\n", cache_password, "\n", edition));
}

std::string* ConfigurationText::Find(plan::v1::Setting setting) {
  if (setting == plan::v1::CONTROLLER_HOST) return &controller_host;
  if (setting == plan::v1::CACHE_PASSWORD) return &cache_password;
  return setting == plan::v1::CACHE_HOST ? &cache_host : nullptr;
}

}  // namespace baton::simulation
