#include "agent/probes/curl_handle.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace baton {
namespace {

constexpr int kPortMax = 65535;

// libcurl wants this once, before anything else.
bool InitializeCurl() {
  static const bool ok = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ok;
}

CurlOutcome::Kind KindOf(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return CurlOutcome::Kind::kDone;
    case CURLE_COULDNT_RESOLVE_HOST:
      return CurlOutcome::Kind::kNotResolved;
    case CURLE_COULDNT_CONNECT:
      return CurlOutcome::Kind::kNotConnected;
    case CURLE_OPERATION_TIMEDOUT:
      return CurlOutcome::Kind::kTimedOut;
    case CURLE_WRITE_ERROR:
      return CurlOutcome::Kind::kStopped;
    case CURLE_PEER_FAILED_VERIFICATION:
      return CurlOutcome::Kind::kNotTrusted;
    case CURLE_SSL_CONNECT_ERROR:
      return CurlOutcome::Kind::kNoTls;
    default:
      return CurlOutcome::Kind::kFailed;
  }
}

}  // namespace

absl::StatusOr<CurlUrl> MakeCurlUrl(const std::string& scheme, const std::string& host, int port,
                                    const std::string& path) {
  // "//other/path" would be another host.
  if (!absl::StartsWith(path, "/") || absl::StartsWith(path, "//")) {
    return absl::InvalidArgumentError(
        absl::StrCat("path \"", path, "\" does not begin with one /"));
  }
  if (port < 1 || port > kPortMax) {
    return absl::InvalidArgumentError(absl::StrCat("there is no port ", port));
  }
  CurlUrl url(curl_url());
  if (url == nullptr) return absl::ResourceExhaustedError("libcurl has no memory");
  const bool address_6 = absl::StrContains(host, ':');
  const std::string part = address_6 ? absl::StrCat("[", host, "]") : host;
  CURLUcode code = curl_url_set(url.get(), CURLUPART_SCHEME, scheme.c_str(), 0);
  if (code == CURLUE_OK) code = curl_url_set(url.get(), CURLUPART_HOST, part.c_str(), 0);
  if (code == CURLUE_OK) {
    code = curl_url_set(url.get(), CURLUPART_PORT, absl::StrCat(port).c_str(), 0);
  }
  if (code == CURLUE_OK) code = curl_url_set(url.get(), CURLUPART_URL, path.c_str(), 0);
  if (code != CURLUE_OK) {
    return absl::InvalidArgumentError(
        absl::StrCat("host \"", host, "\" or path \"", path, "\": ", curl_url_strerror(code)));
  }
  return url;
}

// libcurl checks no types here: each option wants exactly the type that its page documents.
absl::StatusOr<CurlHandle> MakeCurlHandle(CURLU* url, absl::Duration timeout) {
  if (!InitializeCurl()) return absl::InternalError("libcurl does not initialize");
  CurlHandle owner(curl_easy_init());
  CURL* handle = owner.get();
  if (handle == nullptr) return absl::ResourceExhaustedError("libcurl has no memory");
  const long timeout_ms =
      static_cast<long>(std::max<int64_t>(absl::ToInt64Milliseconds(timeout), 1));
  curl_easy_setopt(handle, CURLOPT_CURLU, url);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, timeout_ms);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  // Without it, the end waits for a resolver that still hangs after the time-out.
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
  return owner;
}

CurlOutcome PerformCurl(CURL* handle) {
  char words[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, words);
  const CURLcode code = curl_easy_perform(handle);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
  CurlOutcome outcome;
  outcome.kind = KindOf(code);
  outcome.words = words[0] == '\0' ? curl_easy_strerror(code) : words;
  long error_number = 0;
  long status_code = 0;
  curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &error_number);
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status_code);
  outcome.error_number = static_cast<int>(error_number);
  outcome.status_code = static_cast<int>(status_code);
  return outcome;
}

}  // namespace baton
