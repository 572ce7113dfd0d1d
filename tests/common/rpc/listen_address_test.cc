#include "common/rpc/listen_address.h"

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

TEST(CheckListenAddress, WantsHostAndPort) {
  for (const char* good : {"127.0.0.1:0", "fe1.example:7601", "[::1]:65535"}) {
    EXPECT_OK(CheckListenAddress(good)) << good;
  }
  for (const char* bad :
       {"", "fe1", ":7601", "fe1:", "fe1:65536", "fe1:-1", "::1:7601", "fe1:http"}) {
    EXPECT_THAT(CheckListenAddress(bad),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("must be HOST:PORT")));
  }
}

TEST(DiagnoseListenFailure, EndsWithTheSystemsWords) {
  // 192.0.2.0/24 is set aside for documentation: no machine has it.
  const absl::Status status = DiagnoseListenFailure("192.0.2.1:7601");
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("listen on 192.0.2.1:7601: Cannot assign requested address"));
}

TEST(DiagnoseListenFailure, IsNeverOk) {
  EXPECT_THAT(DiagnoseListenFailure("127.0.0.1:0"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("possible now")));
}

}  // namespace
}  // namespace baton
