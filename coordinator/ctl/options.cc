#include "coordinator/ctl/options.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace baton::ctl {

std::string ProgramWords(const Options& options) {
  std::string words = "baton";
  const auto add = [&words](absl::string_view option, const std::string& value) {
    if (!value.empty()) absl::StrAppend(&words, " ", option, " ", ShellWord(value));
  };
  add("--coordinator", options.coordinator);
  add("--socket", options.socket);
  add("--identity", options.identity);
  return words;
}

}  // namespace baton::ctl
