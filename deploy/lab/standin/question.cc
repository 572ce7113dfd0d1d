#include "deploy/lab/standin/question.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "common/status/status_macros.h"

namespace baton::standin {

absl::StatusOr<std::string> Ask(std::istream& in, std::ostream& out, absl::string_view question) {
  out << question << " " << std::flush;
  std::string answer;
  if (!std::getline(in, answer)) return absl::UnavailableError("the terminal is gone");
  return std::string(absl::StripAsciiWhitespace(answer));
}

absl::StatusOr<bool> AskYesOrNo(std::istream& in, std::ostream& out, absl::string_view question) {
  while (true) {
    ASSIGN_OR_RETURN(const std::string answer, Ask(in, out, absl::StrCat(question, " (Y/N):")));
    const std::string letter = absl::AsciiStrToUpper(answer);
    if (letter == "Y" || letter == "N") return letter == "Y";
    out << "Please reply Y or N." << std::endl;
  }
}

absl::Status AskTheUnexpected(const Fault& fault, std::istream& in, std::ostream& out) {
  if (fault.kind != Fault::Kind::kAsk) return absl::OkStatus();
  return Ask(in, out, "Erase the settings of all other servers? [yes]:").status();
}

}  // namespace baton::standin
