#pragma once

#include "coordinator/fences/fence_runner.h"

namespace baton {

// Of a version that runs no fence agents: everything is UNIMPLEMENTED. Thread-safe.
class NoFenceRunner : public FenceRunner {
 public:
  absl::Status Monitor(const plan::v1::FenceOff& /*fence*/, absl::Duration /*timeout*/) override {
    return Unsupported();
  }
  absl::StatusOr<bool> IsOn(const plan::v1::FenceOff& /*fence*/,
                            absl::Duration /*timeout*/) override {
    return Unsupported();
  }
  void CutOff(const plan::v1::FenceOff& /*fence*/, absl::Duration /*timeout*/,
              OnEnd on_end) override {
    on_end(Unsupported());
  }

 private:
  static absl::Status Unsupported() {
    return absl::UnimplementedError("this version runs no fence agents");
  }
};

}  // namespace baton
