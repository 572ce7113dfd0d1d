#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// The two early-return macros that newer versions of Abseil ship in absl/status/status_macros.h.
// Named alike so that they can be replaced by those.

// Evaluates an expression that yields a Status and returns it from the calling function unless ok.
#define RETURN_IF_ERROR(expr)                                         \
  do {                                                                \
    if (::absl::Status baton_status_ = (expr); !baton_status_.ok()) { \
      return baton_status_;                                           \
    }                                                                 \
  } while (false)

#define BATON_STATUS_CONCAT_INNER_(a, b) a##b
#define BATON_STATUS_CONCAT_(a, b) BATON_STATUS_CONCAT_INNER_(a, b)

// ASSIGN_OR_RETURN(auto value, Function()): assigns the value of a StatusOr, or returns its status.
#define ASSIGN_OR_RETURN(lhs, expr) \
  BATON_ASSIGN_OR_RETURN_(BATON_STATUS_CONCAT_(baton_statusor_, __LINE__), lhs, expr)

// `lhs` may be a declaration and `statusor` names a variable: neither can be put in parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define BATON_ASSIGN_OR_RETURN_(statusor, lhs, expr) \
  auto statusor = (expr);                            \
  if (!statusor.ok()) {                              \
    return std::move(statusor).status();             \
  }                                                  \
  lhs = std::move(statusor).value()
// NOLINTEND(bugprone-macro-parentheses)
