#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace baton {

// No more of an answer's body and of its headers is read.
inline constexpr size_t kHttpBodyBytesMax = 64 << 10;
inline constexpr size_t kHttpHeaderBytesMax = 64 << 10;

struct HttpQuestion {
  std::string host;  // a name or an address, IPv6 without brackets
  int port = 80;
  std::string path = "/";  // begins with one '/', may have a query
  absl::Duration timeout;
};

struct HttpAnswer {
  int status_code = 0;
  std::string body;           // its first kHttpBodyBytesMax bytes
  bool body_complete = true;  // false if there was more
};

// Sends one GET over plain HTTP and reads the answer, whatever its status code. Redirects are an
// answer like any other. Returns within `timeout`, name resolution included. INVALID_ARGUMENT for a
// question that cannot be asked, NOT_FOUND if the name does not resolve, UNAVAILABLE if the port
// refuses, the connection breaks or what answers does not speak HTTP, DEADLINE_EXCEEDED if there is
// no complete answer in time, OUT_OF_RANGE for too many headers. Thread-safe; proxies of the
// environment are not used.
absl::StatusOr<HttpAnswer> ProbeHttp(const HttpQuestion& question);

// Whether an answer shows that the page is up: status code 200, and `text` in the body that was
// read. Pure.
bool ShowsPage(const HttpAnswer& answer, absl::string_view text);

}  // namespace baton
