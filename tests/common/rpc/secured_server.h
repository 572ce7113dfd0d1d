#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/pki/identity.h"
#include "common/rpc/grpc_channel.h"
#include "common/rpc/grpc_credentials.h"
#include "common/rpc/grpc_server.h"
#include "common/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/test_pki.h"

namespace baton {

// The services under test, by the paths that gRPC calls them by.
inline constexpr char kGetHost[] = "/baton.agent.v1.Agent/GetHost";
inline constexpr char kStopService[] = "/baton.agent.v1.Agent/StopService";
inline constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
inline constexpr char kReflectionInfo[] =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

// The time of this machine plus what a test adds to it.
class JumpingClock : public Clock {
 public:
  absl::Time Now() override { return absl::Now() + jump_; }
  absl::Duration Monotonic() override { return SystemClock().Monotonic(); }
  void Jump(absl::Duration duration) { jump_ += duration; }

 private:
  absl::Duration jump_ = absl::ZeroDuration();
};

// An agent on loopback with an identity of `pki_` and a policy: the Baton coordinator may call
// everything, viewers GetHost, operators health and reflection. GetHost answers with a host named
// like the caller, "operator:alice".
class SecuredServerTest : public testing::Test {
 protected:
  SecuredServerTest();
  ~SecuredServerTest() override;

  // Credentials of an identity folder. An expired one is loaded as of a time when it was not.
  std::unique_ptr<GrpcCredentials> Credentials(const std::string& folder);

  // A new connection to the server for the identity in `folder`, which expects agent "fe1".
  std::shared_ptr<grpc::Channel> Connect(const std::string& folder) {
    return Connect(folder, {Role::kAgent, "fe1"});
  }
  std::shared_ptr<grpc::Channel> Connect(const std::string& folder, const ExpectedPeer& expected);

  // Calls GetHost; the answer is the name of the host.
  static absl::StatusOr<std::string> GetHost(const std::shared_ptr<grpc::Channel>& channel);

  // Calls any method, unary or streaming, with one message of these bytes and returns those of the
  // first message of the answer.
  static absl::StatusOr<std::string> CallRaw(const std::shared_ptr<grpc::Channel>& channel,
                                             const std::string& path,
                                             const std::string& message = "");

  HostPort address() const { return {"127.0.0.1", static_cast<uint16_t>(server_->port())}; }

  TestPki pki_;
  JumpingClock clock_;
  std::string folder_ = pki_.MakeIdentity(Role::kAgent, "fe1");
  std::string coordinator_ = pki_.MakeIdentity(Role::kCoordinator, "main");
  std::unique_ptr<GrpcCredentials> credentials_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<GrpcServer> server_;
};

// The policy and the service of SecuredServerTest, for tests that start servers themselves.
MethodPolicy TestPolicy();
std::unique_ptr<grpc::Service> MakeTestService();

}  // namespace baton
