#include "agent/probes/curl_transfer.h"

#include "agent/probes/curl_handle.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

size_t OnHeader(char* data, size_t size, size_t count, void* receiver) {
  const bool more =
      static_cast<CurlReceiver*>(receiver)->AddHeader(absl::string_view(data, size * count));
  return more ? size * count : 0;
}

size_t OnBody(char* data, size_t size, size_t count, void* receiver) {
  const bool more =
      static_cast<CurlReceiver*>(receiver)->AddBody(absl::string_view(data, size * count));
  return more ? size * count : 0;
}

}  // namespace

absl::StatusOr<CurlOutcome> RunCurl(const std::string& host, int port, const std::string& path,
                                    absl::Duration timeout, CurlReceiver* receiver) {
  ASSIGN_OR_RETURN(const CurlUrl url, MakeCurlUrl("http", host, port, path));
  ASSIGN_OR_RETURN(const CurlHandle handle, MakeCurlHandle(url.get(), timeout));
  if (receiver == nullptr) {
    curl_easy_setopt(handle.get(), CURLOPT_CONNECT_ONLY, 1L);
  } else {
    curl_easy_setopt(handle.get(), CURLOPT_HEADERFUNCTION, OnHeader);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, receiver);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, OnBody);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, receiver);
  }
  return PerformCurl(handle.get());
}

}  // namespace baton
