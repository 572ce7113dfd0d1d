#include "tests/agent/probes/broker_thread.h"

#include <openssl/pem.h>
#include <sys/socket.h>

#include <csignal>
#include <utility>

#include "agent/probes/tcp_probe.h"
#include "deploy/lab/standin/amqp_handshake.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeSession {
  void operator()(SSL* session) const { SSL_free(session); }
};

// A connection from the server's side, plain or over TLS.
class Line {
 public:
  Line(int socket, SSL_CTX* tls)
      : socket_(socket), session_(tls == nullptr ? nullptr : SSL_new(tls)) {
    if (session_ == nullptr) return;
    SSL_set_fd(session_.get(), socket_);
    up_ = SSL_accept(session_.get()) == 1;
  }

  bool up() const { return up_; }

  int Read(char* buffer, int size) {
    if (session_ != nullptr) return SSL_read(session_.get(), buffer, size);
    return static_cast<int>(recv(socket_, buffer, static_cast<size_t>(size), 0));
  }

  void Write(const std::string& bytes) {
    if (bytes.empty()) return;
    if (session_ != nullptr) {
      SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
    } else {
      send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
  }

 private:
  int socket_;
  std::unique_ptr<SSL, FreeSession> session_;
  bool up_ = true;
};

SSL_CTX* MakeContext(const KeyedCertificate& certificate) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  const std::unique_ptr<BIO, FreeBio> leaf(BIO_new_mem_buf(
      certificate.certificate_pem.data(), static_cast<int>(certificate.certificate_pem.size())));
  X509* parsed = PEM_read_bio_X509(leaf.get(), nullptr, nullptr, nullptr);
  EXPECT_EQ(SSL_CTX_use_certificate(context, parsed), 1);
  X509_free(parsed);
  const std::unique_ptr<BIO, FreeBio> key(
      BIO_new_mem_buf(certificate.key_pem.data(), static_cast<int>(certificate.key_pem.size())));
  EVP_PKEY* parsed_key = PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr);
  EXPECT_EQ(SSL_CTX_use_PrivateKey(context, parsed_key), 1);
  EVP_PKEY_free(parsed_key);
  return context;
}

}  // namespace

BrokerThread::BrokerThread(std::function<Talk()> make_talk, const KeyedCertificate* certificate)
    : make_talk_(std::move(make_talk)),
      tls_(certificate == nullptr ? nullptr : MakeContext(*certificate)) {
  // OpenSSL writes to sockets whose other side may be gone.
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread(&BrokerThread::Serve, this);
}

BrokerThread::~BrokerThread() {
  stopping_ = true;
  EXPECT_OK(ProbeTcp("127.0.0.1", port(), absl::Seconds(30)));  // wakes it up
  thread_.join();
}

void BrokerThread::Serve() {
  while (true) {
    const FileDescriptor connection = listener_.Accept();
    if (stopping_) return;
    Converse(connection.get());
  }
}

void BrokerThread::Converse(int socket) {
  Line line(socket, tls_.get());
  const Talk talk = make_talk_();
  std::string received;
  while (line.up()) {
    std::string reply;
    const bool more = talk(received, reply);
    line.Write(reply);
    if (!more) return;
    char piece[512];
    const int size = line.Read(piece, sizeof(piece));
    if (size <= 0) return;
    received.append(piece, static_cast<size_t>(size));
  }
}

BrokerThread::Talk BrokerTalk(const std::string& virtual_host, const std::string& username,
                              const std::string& password) {
  const auto handshake = std::make_shared<standin::AmqpHandshake>(
      standin::AmqpAccount{virtual_host, username, password});
  return [handshake](std::string& received, std::string& reply) {
    const standin::AmqpHandshake::Step step = handshake->OnData(received);
    reply = step.reply;
    return !step.close;
  };
}

BrokerThread::Talk SaysOnce(const std::string& words, bool then_ends) {
  return [words, then_ends](std::string& received, std::string& reply) {
    if (received.empty()) return true;
    received.clear();
    reply = words;
    return !then_ends;
  };
}

}  // namespace baton
