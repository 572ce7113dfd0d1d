#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace baton::standin {

inline constexpr size_t kAmqpFrameBytesMax = 16 << 10;

// Whom a broker lets in, and to what.
struct AmqpAccount {
  std::string virtual_host;
  std::string username;
  std::string password;
};

// The broker's side of opening and closing an AMQP 0-9-1 connection (specification, section 2.2.4):
// protocol header, Start, Tune, Open, Close. It serves nothing else. Pure: bytes in, bytes out.
class AmqpHandshake {
 public:
  struct Step {
    std::string reply;   // to be sent
    bool close = false;  // then close the connection
  };

  explicit AmqpHandshake(AmqpAccount account) : account_(std::move(account)) {}

  // Takes what is complete out of `buffer`. A peer that does not speak AMQP gets the protocol
  // header, as the specification demands, and is closed.
  Step OnData(std::string& buffer);

 private:
  Step OnMethod(absl::string_view payload);
  Step OnStartOk(absl::string_view arguments);
  Step OnOpen(absl::string_view arguments) const;

  AmqpAccount account_;
  bool header_seen_ = false;
  bool authenticated_ = false;
};

}  // namespace baton::standin
