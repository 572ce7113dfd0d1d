#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace baton {

// How an attempt of libcurl ended, free of libcurl's types.
struct CurlOutcome {
  enum class Kind {
    kDone,
    kNotResolved,   // the name has no address
    kNotConnected,  // `error_number` says why
    kTimedOut,
    kStopped,     // a receiver did not want more
    kNotTrusted,  // its certificate is not trusted, or not for the name
    kNoTls,       // the TLS handshake came to nothing
    kFailed,      // anything else, in `words`
  };
  Kind kind = Kind::kFailed;
  int error_number = 0;
  std::string words;  // libcurl's
  int status_code = 0;
};

// Takes received bytes; false to end the transfer.
class CurlReceiver {
 public:
  virtual ~CurlReceiver() = default;
  virtual bool AddHeader(absl::string_view bytes) = 0;
  virtual bool AddBody(absl::string_view bytes) = 0;
};

// One attempt to reach http://`host`:`port``path`. Without a receiver the connection is opened and
// closed and nothing is sent. INVALID_ARGUMENT if there is no such URL, RESOURCE_EXHAUSTED if
// libcurl has no memory. Thread-safe.
absl::StatusOr<CurlOutcome> RunCurl(const std::string& host, int port, const std::string& path,
                                    absl::Duration timeout, CurlReceiver* receiver);

}  // namespace baton
