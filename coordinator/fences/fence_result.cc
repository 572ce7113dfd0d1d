#include "coordinator/fences/fence_runner.h"

namespace baton {
namespace {

// What `status` of a fence agent ends with when the host is off.
constexpr int kOffCode = 2;

}  // namespace

bool IsOff(const journal::v1::FenceResult& result) {
  const journal::v1::HookResult& status = result.status();
  return status.exit_code() == kOffCode && status.signal() == 0 && !status.timed_out();
}

}  // namespace baton
