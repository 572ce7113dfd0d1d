#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agent/probes/curl_transfer.h"

// What everything here that uses libcurl has in common. The only header that shows libcurl's types.
namespace baton {

struct FreeCurlUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeCurlHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using CurlUrl = std::unique_ptr<CURLU, FreeCurlUrl>;
using CurlHandle = std::unique_ptr<CURL, FreeCurlHandle>;

// A handle for one connection to `url`: no proxy, nothing shared with other handles, `timeout` for
// everything together. INTERNAL if libcurl does not initialize, RESOURCE_EXHAUSTED without memory.
absl::StatusOr<CurlHandle> MakeCurlHandle(CURLU* url, absl::Duration timeout);

// `scheme`://`host`:`port``path`; an IPv6 address without brackets. INVALID_ARGUMENT if there is no
// such URL.
absl::StatusOr<CurlUrl> MakeCurlUrl(const std::string& scheme, const std::string& host, int port,
                                    const std::string& path);

// Carries out what the handle is set to and says how it ended.
CurlOutcome PerformCurl(CURL* handle);

}  // namespace baton
