#include "agent/probes/port_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include <atomic>
#include <thread>

#include "agent/probes/tcp_probe.h"
#include "gmock/gmock.h"
#include "tests/agent/probes/local_listener.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

// A port of 127.0.0.1 that was free a moment ago.
uint16_t FreePort() { return static_cast<uint16_t>(LocalListener().port()); }

// Whether a service that does not ask for SO_REUSEADDR gets the port.
bool ServiceCanBind(uint16_t port) {
  const FileDescriptor service(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return bind(service.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

// Listens on a thread of its own until it goes.
class ServingThread {
 public:
  explicit ServingThread(PortListener& listener)
      : thread_([this, &listener] {
          while (!stop_) listener.Serve(absl::Milliseconds(10));
        }) {}
  ~ServingThread() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

TEST(PortListener, AcceptsConnectionsOfOthers) {
  const uint16_t port = FreePort();
  PortListener listener("127.0.0.1");
  ASSERT_OK(listener.Open(port));
  const ServingThread serving(listener);
  for (size_t i = 0; i < 2 * PortListener::kConnectionsMax; ++i) {
    ASSERT_OK_AND_ASSIGN(const TcpAnswer answer, ProbeTcp("127.0.0.1", port, absl::Seconds(30)));
    ASSERT_EQ(answer.verdict, TcpVerdict::kAccepts) << answer.words;
  }
}

TEST(PortListener, LeavesThePortFreeForAService) {
  const uint16_t port = FreePort();
  {
    PortListener listener("127.0.0.1");
    ASSERT_OK(listener.Open(port));
    const ServingThread serving(listener);
    ASSERT_OK_AND_ASSIGN(const TcpAnswer answer, ProbeTcp("127.0.0.1", port, absl::Seconds(30)));
    ASSERT_EQ(answer.verdict, TcpVerdict::kAccepts) << answer.words;
    EXPECT_FALSE(ServiceCanBind(port));
  }
  EXPECT_TRUE(ServiceCanBind(port));
}

TEST(PortListener, SaysWhenAPortIsTaken) {
  const LocalListener other;
  PortListener listener("127.0.0.1");
  const absl::Status status = listener.Open(static_cast<uint16_t>(other.port()));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kAlreadyExists,
                               HasSubstr("Address already in use (EADDRINUSE)")));
}

TEST(PortListener, SaysWhenAnAddressIsNotTheMachines) {
  PortListener listener("192.0.2.1");
  EXPECT_THAT(listener.Open(FreePort()).message(), HasSubstr("listen on 192.0.2.1 port"));
  PortListener nonsense("no such name.invalid");
  EXPECT_THAT(nonsense.Open(1), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no such")));
}

// The time that the calling thread has computed.
absl::Duration ThreadTime() {
  timespec time{};
  EXPECT_EQ(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time), 0);
  return absl::DurationFromTimespec(time);
}

// A process that can have no more descriptors waits for better times, without turning in circles.
TEST(PortListener, WaitsWhereItCannotAccept) {
  const uint16_t port = FreePort();
  PortListener listener("127.0.0.1");
  ASSERT_OK(listener.Open(port));
  const FileDescriptor caller(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(caller.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const absl::Duration start = ThreadTime();
  listener.Serve(absl::Milliseconds(500));
  const absl::Duration computed = ThreadTime() - start;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_LT(computed, absl::Milliseconds(250));
  const ServingThread serving(listener);
  char byte = 0;
  EXPECT_EQ(recv(caller.get(), &byte, 1, 0), -1);  // accepted after all, and cut off
  EXPECT_EQ(errno, ECONNRESET);
}

// A caller that neither speaks nor closes is cut off, and does not hold the listener up.
TEST(PortListener, CutsSilentCallersOff) {
  const uint16_t port = FreePort();
  PortListener listener("127.0.0.1");
  ASSERT_OK(listener.Open(port));
  const FileDescriptor caller(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(caller.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const ServingThread serving(listener);
  char byte = 0;
  EXPECT_EQ(recv(caller.get(), &byte, 1, 0), -1);  // waits for the reset
  EXPECT_EQ(errno, ECONNRESET);
}

}  // namespace
}  // namespace baton
