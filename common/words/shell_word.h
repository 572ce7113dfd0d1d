#pragma once

#include <string>

namespace baton {

// The word, in quotes if a shell would not take it as it stands.
std::string ShellWord(const std::string& word);

}  // namespace baton
