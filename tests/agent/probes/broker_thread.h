#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "common/pki/certificate.h"
#include "tests/agent/probes/local_listener.h"

namespace baton {

// What stands behind a port for an AMQP probe to knock at: answers one connection after the other
// from a thread of its own.
class BrokerThread {
 public:
  // Takes what was received, appends what is to be sent to `reply`; false to end the connection.
  // Called with "" when the connection begins.
  using Talk = std::function<bool(std::string& received, std::string& reply)>;

  // `make_talk` is called for each connection. With a certificate it speaks TLS.
  explicit BrokerThread(std::function<Talk()> make_talk,
                        const KeyedCertificate* certificate = nullptr);
  ~BrokerThread();
  BrokerThread(const BrokerThread&) = delete;
  BrokerThread& operator=(const BrokerThread&) = delete;

  int port() const { return listener_.port(); }

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  void Serve();
  void Converse(int socket);

  LocalListener listener_{8};
  std::function<Talk()> make_talk_;
  std::unique_ptr<SSL_CTX, FreeContext> tls_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // joined by the destructor
};

// Conversations.
BrokerThread::Talk BrokerTalk(const std::string& virtual_host, const std::string& username,
                              const std::string& password);
BrokerThread::Talk SaysOnce(const std::string& words, bool then_ends);

}  // namespace baton
