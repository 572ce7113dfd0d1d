#include "common/rpc/grpc_status.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::EndsWith;
using ::testing::StrEq;

TEST(GrpcStatus, EveryCodeCrossesInBothDirections) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "stop service: fe1");
    const grpc::Status crossed = ToGrpcStatus(status);
    EXPECT_EQ(crossed.error_code(), code);
    EXPECT_EQ(FromGrpcStatus(crossed), status);
  }
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_OK(FromGrpcStatus(grpc::Status::OK));
}

TEST(GrpcStatus, NumbersThatAreNoCodeAreUnknown) {
  for (const int code : {-1, 17}) {
    EXPECT_THAT(FromGrpcStatus({static_cast<grpc::StatusCode>(code), "odd"}),
                StatusIs(absl::StatusCode::kUnknown, StrEq("odd")));
  }
}

TEST(GrpcStatus, PayloadsStayBehind) {
  absl::Status status = absl::AbortedError("busy");
  status.SetPayload("url", absl::Cord("secret"));
  EXPECT_TRUE(ToGrpcStatus(status).error_details().empty());
}

TEST(GrpcStatus, LongMessagesAreCutBetweenCharacters) {
  const std::string fits(kStatusMessageSizeMax, 'x');
  EXPECT_EQ(ToGrpcStatus(absl::InternalError(fits)).error_message(), fits);
  std::string umlauts;
  for (size_t i = 0; i < kStatusMessageSizeMax; ++i) umlauts += "\xc3\xa4";
  for (const char* start : {"", "x"}) {
    const std::string cut =
        ToGrpcStatus(absl::InternalError(absl::StrCat(start, umlauts))).error_message();
    EXPECT_LE(cut.size(), kStatusMessageSizeMax);
    EXPECT_GE(cut.size(), kStatusMessageSizeMax - 1);
    EXPECT_THAT(cut, EndsWith("\xc3\xa4 ... (cut)"));
  }
}

}  // namespace
}  // namespace baton
