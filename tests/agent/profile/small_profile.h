#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "agent/profile/profile_parser.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {

// A profile with one of each.
inline constexpr char kSmall[] = R"(name: small
variables: {home: /opt}
services:
- service: controller
  unit: ${home}.service
  ports: [1, {setting: S/P, default: 2}]
configuration:
  path: ${home}/server.hsconf
  settings: {controller.host: S/H, cache.host: C/H}
  create_missing: [cache.host]
  version: O/V
tools:
- tool: install-license
  command: ['${home}/tool', '${argument.password}', '${argument.file}', '${argument.file}']
  parameters: [{name: file, kind: file}, {name: password, kind: secret}]
  timeout: 1m
)";

inline absl::StatusOr<Profile> Resolve(absl::string_view text) {
  return ResolveProfile("p.yaml", text, {});
}

// What a row changes in kSmall, and what comes of it.
struct Refusal {
  const char* from;
  const char* to;
  std::string message;
};

inline void ExpectRefused(const Refusal& row) {
  ASSERT_THAT(kSmall, testing::HasSubstr(row.from));
  EXPECT_THAT(Resolve(absl::StrReplaceAll(kSmall, {{row.from, row.to}})),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::StrEq("p.yaml:" + row.message)))
      << row.to;
}

}  // namespace baton
