#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace baton {

// Words of a line of a script.

// The words from `from` on, as they stood; empty if there are fewer.
std::string Rest(const std::vector<std::string>& words, size_t from);

// "hosts=3" of the words: the value behind the name, else `fallback`.
std::string Option(const std::vector<std::string>& words, absl::string_view name,
                   absl::string_view fallback);

// The number that a word is. Fails the test if it is none.
int Number(const std::string& word);

}  // namespace baton
