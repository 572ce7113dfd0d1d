#include "agent/probes/http_probe.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agent/probes/curl_transfer.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

// Keeps the beginning of an answer.
class AnswerReader : public CurlReceiver {
 public:
  bool AddHeader(absl::string_view bytes) override {
    header_bytes_ += bytes.size();
    return header_bytes_ <= kHttpHeaderBytesMax;
  }

  bool AddBody(absl::string_view bytes) override {
    const size_t room = kHttpBodyBytesMax - body_.size();
    body_.append(bytes.data(), std::min(room, bytes.size()));
    body_complete_ = bytes.size() <= room;
    return body_complete_;
  }

  bool too_many_headers() const { return header_bytes_ > kHttpHeaderBytesMax; }

  HttpAnswer TakeAnswer(int status_code) && {
    return {status_code, std::move(body_), body_complete_};
  }

 private:
  size_t header_bytes_ = 0;
  std::string body_;
  bool body_complete_ = true;
};

absl::Status StatusOf(const CurlOutcome& outcome, const AnswerReader& reader) {
  switch (outcome.kind) {
    case CurlOutcome::Kind::kDone:
      return absl::OkStatus();
    case CurlOutcome::Kind::kStopped:
      return reader.too_many_headers() ? absl::OutOfRangeError("too many headers")
                                       : absl::OkStatus();
    case CurlOutcome::Kind::kNotResolved:
      return absl::NotFoundError(outcome.words);
    case CurlOutcome::Kind::kTimedOut:
      return absl::DeadlineExceededError(outcome.words);
    case CurlOutcome::Kind::kNotConnected:
      return absl::UnavailableError(PosixError("connect", outcome.error_number).message());
    case CurlOutcome::Kind::kNotTrusted:
    case CurlOutcome::Kind::kNoTls:
    case CurlOutcome::Kind::kFailed:
      break;
  }
  return absl::UnavailableError(outcome.words);
}

absl::StatusOr<HttpAnswer> Ask(const HttpQuestion& question) {
  AnswerReader reader;
  ASSIGN_OR_RETURN(const CurlOutcome outcome,
                   RunCurl(question.host, question.port, question.path, question.timeout, &reader));
  RETURN_IF_ERROR(StatusOf(outcome, reader));
  return std::move(reader).TakeAnswer(outcome.status_code);
}

}  // namespace

absl::StatusOr<HttpAnswer> ProbeHttp(const HttpQuestion& question) {
  absl::StatusOr<HttpAnswer> answer = Ask(question);
  if (answer.ok()) return answer;
  return Annotate(answer.status(),
                  absl::StrCat("get http://", question.host, ":", question.port, question.path));
}

bool ShowsPage(const HttpAnswer& answer, absl::string_view text) {
  constexpr int kOk = 200;
  return answer.status_code == kOk && absl::StrContains(answer.body, text);
}

}  // namespace baton
