#include "agent/probes/curl_transfer.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr int kPortMax = 65535;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeTransfer {
  void operator()(CURL* transfer) const { curl_easy_cleanup(transfer); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;
using Transfer = std::unique_ptr<CURL, FreeTransfer>;

// libcurl wants this once, before anything else.
bool InitializeCurl() {
  static const bool ok = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ok;
}

absl::StatusOr<Url> MakeUrl(const std::string& host, int port, const std::string& path) {
  // "//other/path" would be another host.
  if (!absl::StartsWith(path, "/") || absl::StartsWith(path, "//")) {
    return absl::InvalidArgumentError(
        absl::StrCat("path \"", path, "\" does not begin with one /"));
  }
  if (port < 1 || port > kPortMax) {
    return absl::InvalidArgumentError(absl::StrCat("there is no port ", port));
  }
  Url url(curl_url());
  if (url == nullptr) return absl::ResourceExhaustedError("libcurl has no memory");
  const bool address_6 = absl::StrContains(host, ':');
  const std::string part = address_6 ? absl::StrCat("[", host, "]") : host;
  CURLUcode code = curl_url_set(url.get(), CURLUPART_SCHEME, "http", 0);
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

// libcurl checks no types here: each option wants exactly the type that its page documents.
void SetOptions(CURL* transfer, CURLU* url, absl::Duration timeout, CurlReceiver* receiver) {
  const long timeout_ms =
      static_cast<long>(std::max<int64_t>(absl::ToInt64Milliseconds(timeout), 1));
  curl_easy_setopt(transfer, CURLOPT_CURLU, url);
  curl_easy_setopt(transfer, CURLOPT_TIMEOUT_MS, timeout_ms);
  curl_easy_setopt(transfer, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
  curl_easy_setopt(transfer, CURLOPT_NOSIGNAL, 1L);
  // Without it, the end waits for a resolver that still hangs after the time-out.
  curl_easy_setopt(transfer, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(transfer, CURLOPT_PROXY, "");
  curl_easy_setopt(transfer, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(transfer, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(transfer, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(transfer, CURLOPT_FORBID_REUSE, 1L);
  if (receiver == nullptr) {
    curl_easy_setopt(transfer, CURLOPT_CONNECT_ONLY, 1L);
    return;
  }
  curl_easy_setopt(transfer, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(transfer, CURLOPT_HEADERDATA, receiver);
  curl_easy_setopt(transfer, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(transfer, CURLOPT_WRITEDATA, receiver);
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
    default:
      return CurlOutcome::Kind::kFailed;
  }
}

}  // namespace

absl::StatusOr<CurlOutcome> RunCurl(const std::string& host, int port, const std::string& path,
                                    absl::Duration timeout, CurlReceiver* receiver) {
  if (!InitializeCurl()) return absl::InternalError("libcurl does not initialize");
  ASSIGN_OR_RETURN(const Url url, MakeUrl(host, port, path));
  const Transfer transfer(curl_easy_init());
  if (transfer == nullptr) return absl::ResourceExhaustedError("libcurl has no memory");
  char words[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(transfer.get(), CURLOPT_ERRORBUFFER, words);
  SetOptions(transfer.get(), url.get(), timeout, receiver);

  const CURLcode code = curl_easy_perform(transfer.get());
  CurlOutcome outcome;
  outcome.kind = KindOf(code);
  outcome.words = words[0] == '\0' ? curl_easy_strerror(code) : words;
  long error_number = 0;
  long status_code = 0;
  curl_easy_getinfo(transfer.get(), CURLINFO_OS_ERRNO, &error_number);
  curl_easy_getinfo(transfer.get(), CURLINFO_RESPONSE_CODE, &status_code);
  outcome.error_number = static_cast<int>(error_number);
  outcome.status_code = static_cast<int>(status_code);
  return outcome;
}

}  // namespace baton
