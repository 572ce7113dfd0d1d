#include "deploy/lab/standin/line_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"
#include "deploy/lab/standin/stream_server.h"

namespace baton::standin {

absl::Status LineClient::Connect(const Endpoint& endpoint, const std::string& source) {
  peer_ = endpoint.ToString();
  ASSIGN_OR_RETURN(socket_, ConnectTcp(endpoint, source, kConnectTimeout));
  return absl::OkStatus();
}

absl::Status LineClient::ConnectToUnixSocket(const std::string& path) {
  peer_ = path;
  ASSIGN_OR_RETURN(socket_, ConnectUnix(path));
  return absl::OkStatus();
}

absl::Status LineClient::Lost(absl::string_view why) {
  socket_.Close();
  return absl::UnavailableError(absl::StrCat(peer_, ": ", why));
}

absl::StatusOr<std::string> LineClient::Ask(absl::string_view line, absl::Duration timeout) {
  if (!connected()) return Lost("not connected");
  const std::string request = absl::StrCat(line, "\n");
  if (send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return Lost("the connection is broken");
  }
  const absl::Duration deadline = SystemClock().Monotonic() + timeout;
  std::string buffer;
  while (buffer.size() < kLineBytesMax) {
    const absl::Duration left = deadline - SystemClock().Monotonic();
    pollfd entry{socket_.get(), POLLIN, 0};
    const int wait_ms = static_cast<int>(std::max<int64_t>(0, absl::ToInt64Milliseconds(left)));
    if (poll(&entry, 1, wait_ms) == 0) return Lost("no answer in time");
    char bytes[1024];
    const ssize_t size = read(socket_.get(), bytes, sizeof(bytes));
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size <= 0) return Lost("the peer closed the connection");
    buffer.append(bytes, static_cast<size_t>(size));
    if (std::optional<std::string> answer = TakeLine(buffer)) return *std::move(answer);
  }
  return Lost("the answer is too long");
}

absl::StatusOr<std::string> LineClient::Call(absl::string_view line, absl::Duration timeout) {
  ASSIGN_OR_RETURN(const std::string answer, Ask(line, timeout));
  if (answer == "ok") return std::string();
  if (absl::StartsWith(answer, "ok ")) return answer.substr(3);
  return absl::FailedPreconditionError(absl::StripPrefix(answer, "error "));
}

}  // namespace baton::standin
