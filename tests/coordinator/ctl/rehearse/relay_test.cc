#include "coordinator/ctl/rehearse/relay.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "absl/time/clock.h"
#include "deploy/lab/standin/socket.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton::rehearse {
namespace {

constexpr char kAddress[] = "127.0.0.1";
constexpr int kPatienceMs = 30'000;

// Waits until there is something to read or to accept.
void Await(const FileDescriptor& socket) {
  pollfd entry{socket.get(), POLLIN, 0};
  ASSERT_EQ(poll(&entry, 1, kPatienceMs), 1);
}

class RelayTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(listener_, standin::ListenTcp({kAddress, 0}));
    ASSERT_OK_AND_ASSIGN(const uint16_t port, standin::PortOf(listener_));
    ASSERT_OK_AND_ASSIGN(relay_, Relay::Open(kAddress, 0, port));
  }

  FileDescriptor Connect() {
    absl::StatusOr<FileDescriptor> socket =
        standin::ConnectTcp({kAddress, relay_->port()}, "", absl::Seconds(30));
    EXPECT_OK(socket.status());
    return socket.ok() ? *std::move(socket) : FileDescriptor();
  }

  FileDescriptor Accept() {
    Await(listener_);
    return FileDescriptor(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  }

  static void Send(const FileDescriptor& socket, char byte) {
    ASSERT_EQ(send(socket.get(), &byte, 1, MSG_NOSIGNAL), 1);
  }

  // The next byte; 0 at the end of the connection, -1 if it was reset.
  static int Receive(const FileDescriptor& socket) {
    Await(socket);
    char byte = 0;
    const ssize_t size = recv(socket.get(), &byte, 1, 0);
    return size == 1 ? byte : static_cast<int>(size);
  }

  FileDescriptor listener_;
  std::unique_ptr<Relay> relay_;
};

TEST_F(RelayTest, CarriesBytesBothWays) {
  const FileDescriptor near = Connect();
  const FileDescriptor far = Accept();
  Send(near, 'a');
  EXPECT_EQ(Receive(far), 'a');
  Send(far, 'b');
  EXPECT_EQ(Receive(near), 'b');
}

TEST_F(RelayTest, EndsTheOtherSideToo) {
  FileDescriptor near = Connect();
  const FileDescriptor far = Accept();
  near.Close();
  EXPECT_EQ(Receive(far), 0);
}

TEST_F(RelayTest, LetsNothingThroughWhileItIsCutAndForgetsConnections) {
  const FileDescriptor near = Connect();
  const FileDescriptor far = Accept();
  const absl::Time begin = absl::Now();
  relay_->CutFor(absl::Milliseconds(200));
  Send(near, 'a');
  EXPECT_EQ(Receive(near), -1);
  EXPECT_EQ(errno, ECONNRESET);
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(200));
  // The byte did not come, the reset did.
  EXPECT_EQ(Receive(far), -1);
  const FileDescriptor again = Connect();
  const FileDescriptor server = Accept();
  Send(again, 'c');
  EXPECT_EQ(Receive(server), 'c');
}

TEST_F(RelayTest, EndsWhileItIsCut) {
  relay_->CutFor(absl::Hours(1));
  relay_.reset();
}

TEST_F(RelayTest, EndsConnectionsToAServerThatIsGone) {
  listener_.Close();
  const FileDescriptor near = Connect();
  EXPECT_LE(Receive(near), 0);
}

TEST(Relay, NamesAPortThatIsTaken) {
  ASSERT_OK_AND_ASSIGN(const FileDescriptor listener, standin::ListenTcp({kAddress, 0}));
  ASSERT_OK_AND_ASSIGN(const uint16_t port, standin::PortOf(listener));
  EXPECT_THAT(Relay::Open(kAddress, port, port).status().ToString(),
              testing::HasSubstr("listen at 127.0.0.1:"));
}

}  // namespace
}  // namespace baton::rehearse
