#include "agent/probes/curl_connection.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agent/probes/curl_handle.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

struct FreeCurlList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, FreeCurlList>;

std::string Bracketed(const std::string& host) {
  return absl::StrContains(host, ':') ? absl::StrCat("[", host, "]") : host;
}

void SetTls(CURL* handle, const CurlTls& tls, const curl_slist* connect_to) {
  curl_easy_setopt(handle, CURLOPT_CONNECT_TO, connect_to);
  curl_easy_setopt(handle, CURLOPT_SSL_ENABLE_ALPN, 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, tls.verify ? 1L : 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, tls.verify ? 2L : 0L);
  if (!tls.ca_file.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, tls.ca_file.c_str());
    // Else the folder of the system's certificates is trusted besides.
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  }
}

absl::Status Gone(CURLcode code) { return absl::UnavailableError(curl_easy_strerror(code)); }

}  // namespace

// The handle refers to both others.
struct CurlConnection::Handles {
  CurlUrl url;
  CurlList connect_to;
  CurlHandle handle;
};

CurlConnection::CurlConnection(std::unique_ptr<Handles> handles, int socket)
    : handles_(std::move(handles)), socket_(socket) {}

CurlConnection::~CurlConnection() = default;

absl::StatusOr<CurlConnection::Attempt> CurlConnection::Open(const std::string& host, int port,
                                                             const std::optional<CurlTls>& tls,
                                                             absl::Duration timeout) {
  // Whatever name the certificate must have, it is `host` that is connected to.
  RETURN_IF_ERROR(MakeCurlUrl("http", host, port, "/").status());
  const std::string name = tls.has_value() && !tls->name.empty() ? tls->name : host;
  auto handles = std::make_unique<Handles>();
  ASSIGN_OR_RETURN(handles->url, MakeCurlUrl(tls.has_value() ? "https" : "http", name, port, "/"));
  handles->connect_to.reset(
      curl_slist_append(nullptr, absl::StrCat("::", Bracketed(host), ":", port).c_str()));
  ASSIGN_OR_RETURN(handles->handle, MakeCurlHandle(handles->url.get(), timeout));
  CURL* handle = handles->handle.get();
  curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
  if (tls.has_value()) SetTls(handle, *tls, handles->connect_to.get());
  Attempt attempt;
  attempt.outcome = PerformCurl(handle);
  if (attempt.outcome.kind != CurlOutcome::Kind::kDone) return attempt;
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket);
  if (socket == CURL_SOCKET_BAD) return absl::UnavailableError("the connection is gone");
  attempt.connection.reset(new CurlConnection(std::move(handles), socket));
  return attempt;
}

absl::StatusOr<size_t> CurlConnection::Send(absl::string_view bytes) {
  size_t sent = 0;
  const CURLcode code = curl_easy_send(handles_->handle.get(), bytes.data(), bytes.size(), &sent);
  if (code == CURLE_AGAIN) return size_t{0};
  if (code != CURLE_OK) return Gone(code);
  return sent;
}

absl::StatusOr<std::optional<size_t>> CurlConnection::Receive(char* buffer, size_t size) {
  size_t received = 0;
  const CURLcode code = curl_easy_recv(handles_->handle.get(), buffer, size, &received);
  if (code == CURLE_AGAIN) return std::optional<size_t>();
  if (code != CURLE_OK) return Gone(code);
  return std::optional<size_t>(received);
}

}  // namespace baton
