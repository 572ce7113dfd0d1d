#include "tests/coordinator/engine/script_words.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace baton {

std::string Rest(const std::vector<std::string>& words, size_t from) {
  if (words.size() <= from) return "";
  return absl::StrJoin(words.begin() + static_cast<ptrdiff_t>(from), words.end(), " ");
}

std::string Option(const std::vector<std::string>& words, absl::string_view name,
                   absl::string_view fallback) {
  for (const std::string& word : words) {
    const std::vector<std::string> parts = absl::StrSplit(word, absl::MaxSplits('=', 1));
    if (parts.size() == 2 && parts[0] == name) return parts[1];
  }
  return std::string(fallback);
}

int Number(const std::string& word) {
  int number = 0;
  EXPECT_TRUE(absl::SimpleAtoi(word, &number)) << word;
  return number;
}

}  // namespace baton
