#include "coordinator/ctl/message.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace baton::ctl {
namespace {

std::vector<std::string> NextFor(const absl::Status& status, const Style& style) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return {"see whether it runs, on its machine: systemctl status baton-coordinator",
              "name another one: --coordinator HOST:PORT or --socket PATH"};
    case absl::StatusCode::kUnauthenticated:
      return {"name your identity folder: --identity DIR"};
    case absl::StatusCode::kPermissionDenied:
      return {"use an operator's identity; one is made by: baton pki issue operator NAME"};
    case absl::StatusCode::kAborted:
      return {absl::StrCat(style.program, " status")};
    case absl::StatusCode::kDataLoss:
      return {"do not write to it; copy the Baton coordinator's state folder, then see its log"};
    default:
      return {};
  }
}

absl::string_view KindOf(ExitCode code) {
  switch (code) {
    case ExitCode::kRefused:
      return "refused: ";
    case ExitCode::kUnknown:
      return "outcome unknown: ";
    default:
      return "error: ";
  }
}

}  // namespace

std::string RenderMessage(const Message& message, const Style& style) {
  std::string text =
      absl::StrCat(Paint(KindOf(message.exit_code), Tone::kBad, style), Clean(message.what), "\n");
  if (!message.why.empty()) absl::StrAppend(&text, "why: ", Clean(message.why), "\n");
  for (const std::string& next : message.next) absl::StrAppend(&text, "next: ", next, "\n");
  return text;
}

Message Explain(const absl::Status& status, const Style& style) {
  return {ExitCodeOf(status), std::string(status.message()), "", NextFor(status, style)};
}

Message OutcomeUnknown(const absl::Status& status, std::vector<std::string> next) {
  return {ExitCode::kUnknown, std::string(status.message()),
          "the Baton coordinator may have done what was asked; a run goes on when nobody watches",
          std::move(next)};
}

}  // namespace baton::ctl
