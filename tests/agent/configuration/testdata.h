#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "agent/configuration/document.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton {

// A complete file as the platform writes it: "server-windows.hsconf" has a byte order mark and
// CRLF, "server-linux.hsconf" neither of them and no declaration.
inline std::string ReadTestdata(absl::string_view name) {
  std::ifstream file(absl::StrCat(CONFIGURATION_TESTDATA, "/", name), std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Parses bytes that are known to be well-formed.
inline ConfigurationDocument ParseDocument(std::string bytes) {
  absl::StatusOr<ConfigurationDocument> document = ConfigurationDocument::Parse(std::move(bytes));
  EXPECT_OK(document);
  return *std::move(document);
}

}  // namespace baton
