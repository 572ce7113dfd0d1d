#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "deploy/lab/standin/amqp_handshake.h"
#include "deploy/lab/standin/hsconf.h"
#include "deploy/lab/standin/service.h"

namespace baton::standin {

// Writes DIR/cache.config: the port and account that the cache service of this host works with,
// taken from the settings in `hsconf`; `private_key` decrypts the password. INVALID_ARGUMENT if
// they do not fit.
absl::Status ConfigureCache(const HostState& state, const Hsconf& hsconf,
                            absl::string_view private_key);

// RabbitMQ as far as a connection test sees it: the AMQP handshake, with account and virtual host
// checked.
class CacheService : public Service {
 public:
  explicit CacheService(const ServiceContext& context) : context_(context) {}

  // FAILED_PRECONDITION if ConfigureCache never ran on this host.
  absl::Status Initialize() override;
  void Heartbeat() override {}

 private:
  void OnData(StreamServer::ConnectionId id, std::string& buffer);

  ServiceContext context_;
  AmqpAccount account_;
  std::map<StreamServer::ConnectionId, AmqpHandshake> handshakes_;
  std::unique_ptr<StreamServer> server_;
};

}  // namespace baton::standin
