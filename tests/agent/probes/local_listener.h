#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <vector>

#include "common/process/file_descriptor.h"
#include "gtest/gtest.h"

namespace baton {

// A listening socket on a free port of 127.0.0.1.
class LocalListener {
 public:
  explicit LocalListener(int backlog = 1)
      : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = Address(0);
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    socklen_t size = sizeof(address);
    EXPECT_EQ(getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(listen(socket_.get(), backlog), 0);
    port_ = ntohs(address.sin_port);
  }

  int port() const { return port_; }

  // Waits for a connection.
  FileDescriptor Accept() const {
    return FileDescriptor(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }

  // Leaves no room for connections that nobody accepts: further ones get no answer.
  void FillBacklog() {
    for (int i = 0; i < kFillers; ++i) {
      FileDescriptor filler(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      const sockaddr_in address = Address(port_);
      // Those that find room connect at once, the last ones wait.
      const int result =
          connect(filler.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
      EXPECT_TRUE(result == 0 || errno == EINPROGRESS);
      fillers_.push_back(std::move(filler));
    }
  }

  // From now on the port refuses.
  void Close() { socket_.Close(); }

 private:
  static constexpr int kFillers = 8;

  static sockaddr_in Address(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  FileDescriptor socket_;
  int port_ = 0;
  std::vector<FileDescriptor> fillers_;
};

}  // namespace baton
