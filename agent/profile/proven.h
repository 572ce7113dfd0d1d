#pragma once

namespace baton {

// On what something was seen to work, the weakest first.
enum class Proven { kSimulated, kLab, kReal };

}  // namespace baton
