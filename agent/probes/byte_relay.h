#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agent/probes/curl_connection.h"
#include "common/process/file_descriptor.h"

namespace baton {

// Carries bytes between a connection and a socket, both ways, so that a library which wants a plain
// socket can speak over TLS. Keeps the first bytes that the other side sent: they tell what it is.
// Not thread-safe.
class ByteRelay {
 public:
  enum class End {
    kNear,      // the socket was closed
    kFar,       // the other side ended the connection
    kDeadline,  // neither did
  };

  static constexpr size_t kFirstBytesMax = 16;

  explicit ByteRelay(CurlConnection& far) : far_(far) {}

  // Makes the socket and hands the library's end of it out; it does not block. To be called once.
  absl::StatusOr<FileDescriptor> OpenNear();

  // Carries bytes until one of the sides ends or `deadline` has passed, then closes the socket.
  End Run(absl::Time deadline);

  // At most kFirstBytesMax bytes.
  const std::string& first_bytes() const { return first_bytes_; }

 private:
  // False at the end of that side.
  bool CarryOut();
  bool CarryIn();
  bool WriteNear(absl::string_view bytes);

  CurlConnection& far_;
  FileDescriptor near_;
  std::string to_send_;
  std::string first_bytes_;
};

// The first bytes that the other side sends until `deadline`, at most kFirstBytesMax; empty if it
// ends the connection or is silent.
std::string ReceiveFirstBytes(CurlConnection& far, absl::Time deadline);

}  // namespace baton
