#include "agent/probes/amqp_login.h"

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>

#include <memory>
#include <type_traits>

namespace baton {
namespace {

// The library's own limit until the broker has named one; nothing that a login needs is larger.
constexpr int kFrameBytesMax = 128 << 10;

struct DestroyConnection {
  void operator()(amqp_connection_state_t connection) const { amqp_destroy_connection(connection); }
};
using Connection =
    std::unique_ptr<std::remove_pointer_t<amqp_connection_state_t>, DestroyConnection>;

AmqpLogin ClosedBy(const amqp_method_t& reply) {
  AmqpLogin login;
  if (reply.id != AMQP_CONNECTION_CLOSE_METHOD) {
    login.words = "unexpected method";
    return login;
  }
  const auto* close = static_cast<const amqp_connection_close_t*>(reply.decoded);
  login.kind = AmqpLogin::Kind::kClosed;
  login.code = close->reply_code;
  login.words.assign(static_cast<const char*>(close->reply_text.bytes), close->reply_text.len);
  return login;
}

AmqpLogin FailedWith(int error) {
  AmqpLogin login;
  login.words = amqp_error_string2(error);
  if (error == AMQP_STATUS_TIMEOUT) login.kind = AmqpLogin::Kind::kTimedOut;
  if (error == AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD) login.kind = AmqpLogin::Kind::kNoPlain;
  return login;
}

AmqpLogin ResultOf(const amqp_rpc_reply_t& reply) {
  switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL:
      return {AmqpLogin::Kind::kOpened, 0, ""};
    case AMQP_RESPONSE_SERVER_EXCEPTION:
      return ClosedBy(reply.reply);
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
      return FailedWith(reply.library_error);
    case AMQP_RESPONSE_NONE:
      break;
  }
  return {AmqpLogin::Kind::kFailed, 0, "the connection ended"};
}

}  // namespace

AmqpLogin LogInToAmqp(FileDescriptor socket, const AmqpAccount& account, absl::Duration timeout) {
  const Connection connection(amqp_new_connection());
  amqp_socket_t* transport =
      connection == nullptr ? nullptr : amqp_tcp_socket_new(connection.get());
  if (transport == nullptr) return {AmqpLogin::Kind::kFailed, 0, "librabbitmq has no memory"};
  // The library closes it.
  amqp_tcp_socket_set_sockfd(transport, socket.Release());
  const timeval limit = absl::ToTimeval(timeout);
  amqp_set_handshake_timeout(connection.get(), &limit);
  amqp_set_rpc_timeout(connection.get(), &limit);
  const amqp_rpc_reply_t reply = amqp_login(
      connection.get(), account.virtual_host.c_str(), /*channel_max=*/1, kFrameBytesMax,
      /*heartbeat=*/0, AMQP_SASL_METHOD_PLAIN, account.username.c_str(), account.password.c_str());
  AmqpLogin login = ResultOf(reply);
  if (login.kind == AmqpLogin::Kind::kOpened) {
    amqp_connection_close(connection.get(), AMQP_REPLY_SUCCESS);
  }
  return login;
}

}  // namespace baton
