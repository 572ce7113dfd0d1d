#include "deploy/lab/standin/web_service.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/status/status_macros.h"
#include "deploy/lab/standin/service_center.h"

namespace baton::standin {
namespace {

constexpr size_t kRequestBytesMax = 8 << 10;
constexpr absl::Duration kRequestTimeout = absl::Seconds(5);

std::string Response(absl::string_view status, absl::string_view body) {
  return absl::StrCat("HTTP/1.1 ", status,
                      "\r\nContent-Type: text/html\r\nContent-Length: ", body.size(),
                      "\r\nConnection: close\r\n\r\n", body);
}

}  // namespace

absl::Status WebService::Initialize() {
  ASSIGN_OR_RETURN(FileDescriptor listener,
                   ListenTcp({context_.host.address, context_.config.application_port}));
  StreamServer::Limits limits;
  limits.buffer_bytes_max = kRequestBytesMax;
  limits.idle_max = kRequestTimeout;
  StreamServer::Callbacks callbacks;
  callbacks.on_data = [this](StreamServer::ConnectionId id, std::string& buffer) {
    OnData(id, buffer);
  };
  server_ = std::make_unique<StreamServer>(context_.loop, std::move(listener), limits,
                                           std::move(callbacks));
  return absl::OkStatus();
}

void WebService::OnData(StreamServer::ConnectionId id, std::string& buffer) {
  if (!absl::StrContains(buffer, "\r\n\r\n")) return;
  server_->Send(id, ResponseTo(buffer));
  server_->Close(id);
}

std::string WebService::ResponseTo(absl::string_view request) const {
  const absl::string_view path = context_.state.is_java() ? kJavaPingPath : kPingPath;
  if (absl::StartsWith(request, absl::StrCat("GET ", path, " HTTP/1.")) &&
      IsServiceCenterDeployed(context_.state)) {
    return Response("200 OK", absl::StrCat("<html><body>", kPingText, "</body></html>\n"));
  }
  return Response("404 Not Found", "<html><body>Not found</body></html>\n");
}

}  // namespace baton::standin
