#include "common/rpc/grpc_server.h"

#include <grpcpp/create_channel.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/common/rpc/secured_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;

class GrpcServerTest : public SecuredServerTest {
 protected:
  absl::StatusOr<std::unique_ptr<GrpcServer>> StartSecond(const HostPort& listen,
                                                          const std::string& local_socket = "") {
    return GrpcServer::Start({listen, local_socket, policy_}, *credentials_, {second_.get()});
  }

  // Operators may call nothing but GetHost.
  MethodPolicy policy_{{{kGetHost, {Role::kOperator}}, {kStopService, {Role::kCoordinator}}}};
  std::unique_ptr<grpc::Service> second_ = MakeTestService();
};

TEST_F(GrpcServerTest, SaysWhichPortTheSystemChose) {
  EXPECT_GT(server_->port(), 0);
  ASSERT_OK_AND_ASSIGN(const auto second, StartSecond({"127.0.0.1", 0}));
  EXPECT_GT(second->port(), 0);
  EXPECT_NE(second->port(), server_->port());
}

TEST_F(GrpcServerTest, DoesNotShareItsPort) {
  EXPECT_THAT(StartSecond(address()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("listen on " + address().ToString()),
                             HasSubstr("Address already in use (EADDRINUSE)"))));
}

TEST_F(GrpcServerTest, AfterShutdownNobodyAnswers) {
  const auto channel = Connect(coordinator_);
  EXPECT_OK(GetHost(channel));
  server_->Shutdown(absl::Seconds(5));
  server_->Shutdown(absl::ZeroDuration());
  EXPECT_THAT(GetHost(channel), StatusIs(absl::StatusCode::kUnavailable, _));
}

TEST_F(GrpcServerTest, AClientThatWaitsReconnectsToARestartedServer) {
  const auto channel = Connect(coordinator_);
  EXPECT_OK(GetHost(channel));
  const HostPort listen = address();
  server_ = nullptr;
  EXPECT_THAT(GetHost(channel), StatusIs(absl::StatusCode::kUnavailable, _));
  auto restarted = GrpcServer::Start({listen, "", TestPolicy()}, *credentials_, {service_.get()});
  ASSERT_OK(restarted);
  const absl::Time start = absl::Now();
  EXPECT_TRUE(channel->WaitForConnected(gpr_time_from_seconds(20, GPR_TIMESPAN)));
  EXPECT_LT(absl::Now() - start, 2 * kReconnectBackoffMax);
  EXPECT_OK(GetHost(channel));
}

TEST_F(GrpcServerTest, MessagesAreLimitedOnBothSides) {
  const std::string large(kMessageSizeBytesMax + 1, '\n');
  EXPECT_THAT(CallRaw(Connect(coordinator_), kGetHost, large),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("Sent message larger")));
  const auto unlimited = grpc::CreateChannel(
      address().ToString(), Credentials(coordinator_)->ForChannel({Role::kAgent, "fe1"}));
  EXPECT_THAT(CallRaw(unlimited, kGetHost, large),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("Received message larger")));
  EXPECT_OK(GetHost(unlimited));
}

TEST_F(GrpcServerTest, WhoeverReachesTheUnixSocketIsAnOperator) {
  const TempFolder folder;  // 0700, as mkdtemp makes it
  const std::string path = folder / "socket";
  ASSERT_OK_AND_ASSIGN(const auto server, StartSecond({"127.0.0.1", 0}, path));
  const auto channel = MakeLocalChannel(path);
  EXPECT_THAT(GetHost(channel), IsOkAndHolds(Eq("local:root")));
  EXPECT_THAT(CallRaw(channel, kStopService),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("allowed are coordinator")));
  EXPECT_THAT(CallRaw(channel, "/baton.none.v1.None/None"),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("nobody may")));
}

TEST_F(GrpcServerTest, ASocketLeftByADeadServerIsReplaced) {
  const TempFolder folder;
  const std::string path = folder / "socket";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int left = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  close(left);
  ASSERT_OK_AND_ASSIGN(const auto server, StartSecond({"127.0.0.1", 0}, path));
  EXPECT_OK(GetHost(MakeLocalChannel(path)));
}

TEST_F(GrpcServerTest, TheFolderOfTheUnixSocketIsClosedToOthers) {
  const TempFolder folder;
  ASSERT_EQ(chmod(folder.path().c_str(), 0750), 0);
  EXPECT_THAT(StartSecond({"127.0.0.1", 0}, folder / "socket"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("mode 0700")));
  EXPECT_THAT(StartSecond({"127.0.0.1", 0}, folder / "none/socket"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none")));
  EXPECT_THAT(StartSecond({"127.0.0.1", 0}, "socket"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("must be absolute")));
}

}  // namespace
}  // namespace baton
