#pragma once

#include <string>

#include "absl/time/time.h"
#include "common/process/file_descriptor.h"

namespace baton {

// Who logs in, and to what.
struct AmqpAccount {
  std::string virtual_host;
  std::string username;
  std::string password;
};

// How a login ended, free of librabbitmq's types.
struct AmqpLogin {
  enum class Kind {
    kOpened,
    kClosed,   // the broker closed the connection with `code` and `words`
    kNoPlain,  // it does not offer the login mechanism PLAIN
    kTimedOut,
    kFailed,  // anything else: the connection ended, or what came is not AMQP 0-9-1
  };
  Kind kind = Kind::kFailed;
  int code = 0;
  std::string words;
};

// Logs in over a connected socket, opens the virtual host and closes the connection again. The
// socket must not block. Returns within `timeout`.
AmqpLogin LogInToAmqp(FileDescriptor socket, const AmqpAccount& account, absl::Duration timeout);

}  // namespace baton
