#include "agent/tools/tool_words.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace baton {
namespace {

constexpr size_t kLastLineBytesMax = 300;

}  // namespace

std::string LastOutputLine(absl::string_view output) {
  std::string last;
  for (const absl::string_view line : absl::StrSplit(output, absl::ByAnyChar("\r\n"))) {
    const absl::string_view words = absl::StripAsciiWhitespace(line);
    if (!words.empty()) last = std::string(words.substr(0, kLastLineBytesMax));
  }
  for (char& c : last) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return last;
}

std::string ExitWords(const ToolExit& exit) {
  if (!exit.start_error.empty()) return exit.start_error;
  if (exit.timed_out) return "its time ran out and it was ended";
  if (exit.killed) return "it was ended on request";
  if (exit.signal != 0) return absl::StrCat("ended by signal ", exit.signal);
  return absl::StrCat("exit code ", exit.exit_code);
}

absl::Status ExitStatus(const ToolExit& exit, absl::string_view output) {
  if (exit.succeeded) return absl::OkStatus();
  const std::string line = LastOutputLine(output);
  const std::string words = absl::StrCat(ExitWords(exit), line.empty() ? "" : ": ", line);
  return exit.timed_out ? absl::DeadlineExceededError(words) : absl::InternalError(words);
}

}  // namespace baton
