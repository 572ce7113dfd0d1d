#include "common/words/shell_word.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace baton {
namespace {

bool IsPlain(const std::string& word) {
  constexpr absl::string_view kPlain = "-_./:,=@%+";
  if (word.empty()) return false;
  for (const char c : word) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
        kPlain.find(c) == absl::string_view::npos) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string ShellWord(const std::string& word) {
  if (IsPlain(word)) return word;
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

}  // namespace baton
