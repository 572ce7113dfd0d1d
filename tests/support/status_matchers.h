#pragma once

#include <ostream>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"

// Matchers for Status and StatusOr, named like those of newer versions of Abseil
// (absl/status/status_matchers.h) so that they can be replaced by them.

namespace baton {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is ok") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

// StatusIs(absl::StatusCode::kNotFound, HasSubstr("fe1")): code and message of an error.
MATCHER_P2(StatusIs, code, message,
           "has code " + absl::StatusCodeToString(code) + " and a message that " +
               testing::DescribeMatcher<std::string>(message, negation)) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status.ToString();
  return status.code() == code &&
         testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}

// IsOkAndHolds(Eq(3)): the value of an ok StatusOr.
MATCHER_P(IsOkAndHolds, value, "is ok and holds a value that matches") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return testing::ExplainMatchResult(value, *arg, result_listener);
}

}  // namespace baton

#define ASSERT_OK(expr) ASSERT_THAT(expr, ::baton::IsOk())
#define EXPECT_OK(expr) EXPECT_THAT(expr, ::baton::IsOk())

#define BATON_TEST_CONCAT_INNER_(a, b) a##b
#define BATON_TEST_CONCAT_(a, b) BATON_TEST_CONCAT_INNER_(a, b)
// ASSERT_OK_AND_ASSIGN(auto value, Function()): fails the test unless the StatusOr is ok.
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  BATON_ASSERT_OK_AND_ASSIGN_(BATON_TEST_CONCAT_(baton_statusor_, __LINE__), lhs, expr)
// `lhs` may be a declaration and `statusor` names a variable: neither can be put in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define BATON_ASSERT_OK_AND_ASSIGN_(statusor, lhs, expr) \
  auto statusor = (expr);                                \
  ASSERT_THAT(statusor, ::baton::IsOk());                \
  lhs = std::move(statusor).value()
// NOLINTEND(bugprone-macro-parentheses)
