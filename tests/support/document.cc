#include "tests/support/document.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace baton {

void ExpectDocumented(const std::string& path, absl::string_view name, absl::string_view text) {
  std::stringstream content;
  content << std::ifstream(path).rdbuf();
  std::string document = content.str();
  const std::string begin = absl::StrCat("<!-- begin ", name, " -->\n");
  const std::string end = absl::StrCat("<!-- end ", name, " -->\n");
  const size_t mark = document.find(begin);
  ASSERT_NE(mark, std::string::npos) << path << " has no line " << begin;
  const size_t first = mark + begin.size();
  const size_t last = document.find(end, first);
  ASSERT_NE(last, std::string::npos) << path << " has no line " << end;
  if (std::getenv("BATON_REWRITE_TRANSCRIPTS") != nullptr) {
    document.replace(first, last - first, std::string(text));
    std::ofstream(path) << document;
    return;
  }
  EXPECT_EQ(document.substr(first, last - first), text) << path << ", " << name;
}

}  // namespace baton
