#include "common/status/status.h"

#include <cerrno>

#include "absl/status/statusor.h"
#include "common/status/status_macros.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::StrEq;

TEST(PosixError, EndsWithTheSystemsWordsAndTheNameOfTheNumber) {
  EXPECT_THAT(PosixError("open /etc/baton/farm.yaml", ENOENT),
              StatusIs(absl::StatusCode::kNotFound,
                       StrEq("open /etc/baton/farm.yaml: No such file or directory (ENOENT)")));
}

TEST(PosixError, CodeSaysWhatTheCallerCanDo) {
  EXPECT_EQ(PosixError("", ENOSPC).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(PosixError("", EROFS).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(PosixError("", ECONNREFUSED).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(PosixError("", EIO).code(), absl::StatusCode::kInternal);
}

TEST(PosixError, NamesAnUnknownNumber) {
  EXPECT_THAT(PosixError("read", 9999),
              StatusIs(absl::StatusCode::kInternal, StrEq("read: unknown error (9999)")));
}

TEST(Annotate, GrowsFromTheOutsideInAndKeepsCodeAndPayload) {
  absl::Status inner = absl::UnavailableError("connection refused");
  inner.SetPayload("url", absl::Cord("x"));
  const absl::Status outer = Annotate(inner, "stop service \"scheduler\" on fe2");
  EXPECT_THAT(outer, StatusIs(absl::StatusCode::kUnavailable,
                              StrEq("stop service \"scheduler\" on fe2: connection refused")));
  EXPECT_TRUE(outer.GetPayload("url").has_value());
  EXPECT_OK(Annotate(absl::OkStatus(), "context"));
}

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError("odd");
  return value / 2;
}

absl::StatusOr<int> Quarter(int value) {
  ASSIGN_OR_RETURN(const int half, Half(value));
  return Half(half);
}

TEST(StatusMacros, AssignOrReturnPassesValuesAndErrors) {
  EXPECT_THAT(Quarter(8), IsOkAndHolds(2));
  EXPECT_THAT(Quarter(6), StatusIs(absl::StatusCode::kInvalidArgument, StrEq("odd")));
}

}  // namespace
}  // namespace baton
