#pragma once

namespace baton {

// The version of this build, "0.1.0"; the same for all programs.
const char* Version();

}  // namespace baton
