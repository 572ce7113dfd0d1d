#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace baton {

// `prefix`-20261123t071501-4f2a81: sorts by time, and two coordinators never make the same.
std::string NewId(absl::string_view prefix, absl::Time now);

// 128 random bits in hexadecimal.
std::string RandomHex128();

}  // namespace baton
