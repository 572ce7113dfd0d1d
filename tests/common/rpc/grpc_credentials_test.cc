#include "common/rpc/grpc_credentials.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <string>

#include "baton/agent/v1/agent.grpc.pb.h"
#include "common/pki/certificate_info.h"
#include "gmock/gmock.h"
#include "tests/common/rpc/secured_server.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::_;
using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::HasSubstr;

constexpr absl::StatusCode kUnavailable = absl::StatusCode::kUnavailable;
constexpr absl::Duration kPatience = absl::Seconds(30);

class GrpcCredentialsTest : public SecuredServerTest {
 protected:
  // Tries until `done()`, while the watched files are read again. Each try makes a connection.
  template <typename Done>
  static bool Eventually(Done done) {
    const absl::Time end = absl::Now() + kPatience;
    while (absl::Now() < end) {
      if (done()) return true;
    }
    return false;
  }

  // All that a client learns when the server refuses its certificate: TLS 1.3 lets it talk first.
  static auto ClosedByTheServer() {
    return AnyOf(HasSubstr("Socket closed"), HasSubstr("Connection reset by peer"),
                 HasSubstr("Broken pipe"));
  }

  // The serial that the server shows to a new connection.
  static std::string ServerSerial(const std::shared_ptr<grpc::Channel>& channel);
};

// The whole of what is needed to be accepted; every other test takes one thing away.
TEST_F(GrpcCredentialsTest, AcceptsACertificateOfTheFarm) {
  EXPECT_THAT(GetHost(Connect(coordinator_)), IsOkAndHolds(Eq("coordinator:main")));
}

TEST_F(GrpcCredentialsTest, RefusesAClientWithoutACertificate) {
  const auto authority =
      PosixFileSystem().ReadFile(IdentityFiles(coordinator_).authority, 1'000'000);
  ASSERT_OK(authority);
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(
      std::make_shared<grpc::experimental::StaticDataCertificateProvider>(*authority));
  options.watch_root_certs();
  options.set_check_call_host(false);
  options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  EXPECT_THAT(GetHost(grpc::CreateChannel(address().ToString(),
                                          grpc::experimental::TlsCredentials(options))),
              StatusIs(kUnavailable, ClosedByTheServer()));
}

TEST_F(GrpcCredentialsTest, RefusesAPlaintextClient) {
  EXPECT_THAT(
      GetHost(grpc::CreateChannel(address().ToString(), grpc::InsecureChannelCredentials())),
      StatusIs(kUnavailable, ClosedByTheServer()));
}

TEST_F(GrpcCredentialsTest, RefusesAForeignAuthority) {
  TestPki foreign;
  const std::string folder = foreign.MakeIdentity(Role::kCoordinator, "main");
  // Our authority in its folder: the client trusts the server, so it is the server that refuses.
  const auto authority =
      PosixFileSystem().ReadFile(IdentityFiles(coordinator_).authority, 1'000'000);
  ASSERT_OK(authority);
  const auto credentials = Credentials(folder);
  ASSERT_OK(
      WriteFileAtomically(PosixFileSystem(), IdentityFiles(folder).authority, *authority, 0644));
  const Identity identity = credentials->identity();
  const GrpcCredentials mixed(PosixFileSystem(), clock_, identity);
  EXPECT_THAT(GetHost(MakeChannel(address(), mixed, {Role::kAgent, "fe1"})),
              StatusIs(kUnavailable, ClosedByTheServer()));
}

TEST_F(GrpcCredentialsTest, RefusesAnExpiredClient) {
  const std::string expired =
      pki_.MakeIdentity(Role::kCoordinator, "main", {"", absl::Now() - absl::Minutes(1)});
  EXPECT_THAT(GetHost(Connect(expired)), StatusIs(kUnavailable, ClosedByTheServer()));
}

TEST_F(GrpcCredentialsTest, ClientRefusesAForeignServer) {
  TestPki foreign;
  EXPECT_THAT(GetHost(Connect(foreign.MakeIdentity(Role::kCoordinator, "main"))),
              StatusIs(kUnavailable, HasSubstr("certificate verify failed")));
}

TEST_F(GrpcCredentialsTest, ClientRefusesAnAgentOfAnotherName) {
  EXPECT_THAT(GetHost(Connect(coordinator_, {Role::kAgent, "fe2"})),
              StatusIs(kUnavailable,
                       HasSubstr("expected baton://lab/agent/fe2: this is baton://lab/agent/fe1")));
  EXPECT_OK(GetHost(Connect(coordinator_, {Role::kAgent, std::nullopt})));
}

TEST_F(GrpcCredentialsTest, ClientRefusesAServerOfAnotherRole) {
  EXPECT_THAT(
      GetHost(Connect(coordinator_, {Role::kCoordinator, std::nullopt})),
      StatusIs(kUnavailable,
               HasSubstr("expected baton://lab/coordinator/*: this is baton://lab/agent/fe1")));
}

TEST_F(GrpcCredentialsTest, ClientRefusesAServerOfAnotherFarm) {
  pki_.Replace(folder_, {"prod", Role::kAgent, "fe1"});
  server_ = nullptr;
  credentials_ = Credentials(folder_);
  auto server =
      GrpcServer::Start({{"127.0.0.1", 0}, "", TestPolicy()}, *credentials_, {service_.get()});
  ASSERT_OK(server);
  server_ = *std::move(server);
  EXPECT_THAT(
      GetHost(Connect(coordinator_)),
      StatusIs(kUnavailable,
               HasSubstr("expected baton://lab/agent/fe1: this is baton://prod/agent/fe1")));
}

TEST_F(GrpcCredentialsTest, ClientRefusesARevokedServer) {
  TestPki::Revoke(coordinator_, folder_);
  EXPECT_THAT(GetHost(Connect(coordinator_)),
              StatusIs(kUnavailable,
                       HasSubstr("certificate " + TestPki::SerialOf(folder_) + " is revoked")));
}

std::string GrpcCredentialsTest::ServerSerial(const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = agent::v1::Agent::NewStub(channel);
  grpc::ClientContext context;
  plan::v1::Host host;
  if (!stub->GetHost(&context, {}, &host).ok()) return "";
  const auto pem = context.auth_context()->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (pem.size() != 1) return "";
  const auto info = InspectCertificate(absl::string_view(pem[0].data(), pem[0].size()));
  return info.ok() ? info->serial : "";
}

TEST_F(GrpcCredentialsTest, ServerShowsARenewedCertificateWithoutRestart) {
  const auto old_connection = Connect(coordinator_);
  EXPECT_EQ(ServerSerial(old_connection), TestPki::SerialOf(folder_));
  pki_.Replace(folder_, {"lab", Role::kAgent, "fe1"});
  const std::string renewed = TestPki::SerialOf(folder_);
  EXPECT_TRUE(Eventually([&] { return ServerSerial(Connect(coordinator_)) == renewed; }));
  EXPECT_OK(GetHost(old_connection));
}

TEST_F(GrpcCredentialsTest, ClientShowsARenewedCertificateWithoutRestart) {
  const auto credentials = Credentials(coordinator_);
  const auto call = [&] {
    return GetHost(MakeChannel(address(), *credentials, {Role::kAgent, "fe1"}));
  };
  EXPECT_OK(call());
  TestPki::Revoke(folder_, coordinator_);
  EXPECT_THAT(call(), StatusIs(absl::StatusCode::kPermissionDenied, _));
  pki_.Replace(coordinator_, {"lab", Role::kCoordinator, "main"});
  EXPECT_TRUE(Eventually([&] { return call().ok(); }));
}

}  // namespace
}  // namespace baton
