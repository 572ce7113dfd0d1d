#include "deploy/lab/standin/database.h"

#include <iostream>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/status/status_macros.h"
#include "common/time/clock.h"
#include "deploy/lab/standin/service_center.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kSavedName = "database";
constexpr absl::string_view kLoginName = "service-center-login";
constexpr absl::string_view kEventsName = "events.log";
constexpr size_t kSessionsMax = 512;

uint64_t CountLines(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  uint64_t lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  return lines;
}

}  // namespace

absl::Status Database::Start(const Endpoint& endpoint) {
  const absl::StatusOr<std::string> saved = state_.Read(kSavedName);
  if (saved.ok()) {
    RETURN_IF_ERROR(core_.Load(*saved));
    saved_ = *saved;
  } else if (!absl::IsNotFound(saved.status())) {
    return saved.status();
  }
  if (!state_.Has(kEventsName)) RETURN_IF_ERROR(state_.Write(kEventsName, ""));
  sequence_ = CountLines(state_.Path(kEventsName));
  events_.open(state_.Path(kEventsName), std::ios::app | std::ios::binary);

  ASSIGN_OR_RETURN(FileDescriptor listener, ListenTcp(endpoint));
  ASSIGN_OR_RETURN(const uint16_t port, PortOf(listener));
  StreamServer::Limits limits;
  limits.connections_max = kSessionsMax;
  limits.idle_max = kSessionSilenceMax;
  StreamServer::Callbacks callbacks;
  callbacks.on_data = [this](StreamServer::ConnectionId id, std::string& buffer) {
    OnData(id, buffer);
  };
  callbacks.on_close = [this](StreamServer::ConnectionId id, StreamServer::CloseReason reason) {
    core_.OnClosed(id, reason == StreamServer::CloseReason::kSilence);
    Flush();
  };
  server_ = std::make_unique<StreamServer>(loop_, std::move(listener), limits, callbacks);
  std::cout << "listening " << Endpoint{endpoint.address, port}.ToString() << std::endl;
  return absl::OkStatus();
}

void Database::OnData(StreamServer::ConnectionId id, std::string& buffer) {
  while (std::optional<std::string> line = TakeLine(buffer)) {
    if (absl::StartsWith(*line, "hello ")) {
      // Everything that older sessions said, and every end of theirs, that arrived before this
      // hello is read in the same round: only what comes later proves that they overlap.
      loop_.After(absl::ZeroDuration(), [this, id, text = *std::move(line)] { Answer(id, text); });
    } else {
      Answer(id, *line);
    }
  }
}

void Database::Answer(StreamServer::ConnectionId id, const std::string& line) {
  if (absl::StartsWith(line, "login ")) ReadLogin();
  const std::string answer = core_.OnLine(id, line);
  Flush();
  server_->Send(id, absl::StrCat(answer, "\n"));
}

void Database::ReadLogin() {
  const std::string line = state_.ReadWord(kLoginName).value_or(std::string(kDefaultLogin));
  core_.SetLogin(LoginDigest(ParseLogin(line)));
}

void Database::Flush() {
  for (const std::string& event : core_.TakeEvents()) {
    events_ << ++sequence_ << ' '
            << absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", SystemClock().Now(), absl::UTCTimeZone())
            << ' ' << event << '\n';
  }
  events_.flush();
  const std::string saved = core_.Save();
  if (saved == saved_) return;
  saved_ = saved;
  const absl::Status written = state_.Write(kSavedName, saved_);
  if (!written.ok()) std::cerr << written << std::endl;
}

}  // namespace baton::standin
