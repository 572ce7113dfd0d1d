#include "agent/platform/systemd/bus_error.h"

#include <cerrno>
#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using absl::StatusCode;

struct Row {
  std::string name;
  int error_number;
  StatusCode code;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name << " " << row.error_number; }

class BusErrorTable : public testing::TestWithParam<Row> {};

TEST_P(BusErrorTable, SaysWhatTheCallerCanDo) {
  EXPECT_THAT(BusError(GetParam().name, "the bus' own words", GetParam().error_number),
              StatusIs(GetParam().code, "the bus' own words"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BusErrorTable,
    testing::Values(
        Row{"org.freedesktop.systemd1.NoSuchUnit", ENOENT, StatusCode::kNotFound},
        Row{"org.freedesktop.systemd1.UnitMasked", EIO, StatusCode::kFailedPrecondition},
        Row{"org.freedesktop.systemd1.OnlyByDependency", EIO, StatusCode::kFailedPrecondition},
        Row{"org.freedesktop.systemd1.TransactionIsDestructive", EIO, StatusCode::kUnavailable},
        Row{"org.freedesktop.systemd1.ShuttingDown", EIO, StatusCode::kUnavailable},
        Row{"org.freedesktop.systemd1.Unheard", EIO, StatusCode::kInternal},
        Row{"org.freedesktop.DBus.Error.AccessDenied", EACCES, StatusCode::kPermissionDenied},
        Row{"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", EACCES,
            StatusCode::kPermissionDenied},
        Row{"org.freedesktop.DBus.Error.FileExists", EEXIST, StatusCode::kFailedPrecondition},
        Row{"org.freedesktop.DBus.Error.NoReply", ETIMEDOUT, StatusCode::kDeadlineExceeded},
        Row{"org.freedesktop.DBus.Error.Disconnected", ECONNRESET, StatusCode::kUnavailable},
        Row{"org.freedesktop.DBus.Error.ServiceUnknown", EHOSTUNREACH, StatusCode::kUnavailable},
        Row{"System.Error.ENOTCONN", ENOTCONN, StatusCode::kUnavailable},
        Row{"", ECONNRESET, StatusCode::kUnavailable},
        Row{"", ETIMEDOUT, StatusCode::kDeadlineExceeded}, Row{"", EINVAL, StatusCode::kInternal}));

TEST(BusError, WithoutWordsGivesThoseOfTheNumber) {
  EXPECT_THAT(BusError("", "", ENOTCONN),
              StatusIs(StatusCode::kUnavailable, testing::HasSubstr("ENOTCONN")));
}

}  // namespace
}  // namespace baton
