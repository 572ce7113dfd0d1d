#include "common/rpc/listen_failure.h"

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

TEST(DiagnoseListenFailure, EndsWithTheSystemsWords) {
  // 192.0.2.0/24 is set aside for documentation: no machine has it.
  EXPECT_THAT(DiagnoseListenFailure({"192.0.2.1", 7601}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("listen on 192.0.2.1:7601: Cannot assign requested address")));
}

TEST(DiagnoseListenFailure, IsNeverOk) {
  EXPECT_THAT(DiagnoseListenFailure({"127.0.0.1", 0}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("possible now")));
}

}  // namespace
}  // namespace baton
