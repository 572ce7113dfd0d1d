#include "common/rpc/grpc_auth_processor.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/common/rpc/secured_server.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::StrEq;

constexpr absl::StatusCode kDenied = absl::StatusCode::kPermissionDenied;

using GrpcAuthProcessorTest = SecuredServerTest;

TEST_F(GrpcAuthProcessorTest, HandlersSeeWhoCalls) {
  EXPECT_THAT(GetHost(Connect(pki_.MakeIdentity(Role::kViewer, "vera"))),
              IsOkAndHolds(Eq("viewer:vera")));
  EXPECT_THAT(CallRaw(Connect(coordinator_), kStopService),
              StatusIs(absl::StatusCode::kAborted, StrEq("busy, coordinator:main")));
}

struct Denial {
  Role role;
  std::string method;
  std::string complaint;
};

TEST_F(GrpcAuthProcessorTest, RolesOpenMethods) {
  const std::vector<Denial> denials = {
      {Role::kOperator, kGetHost, "allowed are coordinator, viewer"},
      {Role::kViewer, kStopService, "allowed are coordinator"},
      {Role::kAgent, kStopService, "allowed are coordinator"},
      {Role::kViewer, kHealthCheck, "allowed are coordinator, operator"},
      {Role::kViewer, kReflectionInfo, "allowed are coordinator, operator"},
      {Role::kCoordinator, "/baton.none.v1.None/None", "nobody may"},
  };
  for (const Denial& denial : denials) {
    EXPECT_THAT(CallRaw(Connect(pki_.MakeIdentity(denial.role, "pat")), denial.method),
                StatusIs(kDenied, AllOf(HasSubstr(std::string(RoleName(denial.role)) +
                                                  ":pat may not call " + denial.method),
                                        HasSubstr(denial.complaint))));
  }
}

TEST_F(GrpcAuthProcessorTest, HealthAndReflectionAnswerThoseWhoMayAsk) {
  const auto channel = Connect(pki_.MakeIdentity(Role::kOperator, "alice"));
  EXPECT_THAT(CallRaw(channel, kHealthCheck), IsOkAndHolds(StrEq("\x08\x01")));  // SERVING
  EXPECT_OK(CallRaw(channel, kReflectionInfo));
}

TEST_F(GrpcAuthProcessorTest, AMethodThatDoesNotExistIsNotOpenEither) {
  EXPECT_THAT(CallRaw(Connect(coordinator_), "/baton.agent.v1.Agent/None"),
              StatusIs(absl::StatusCode::kUnimplemented, StrEq("")));
}

TEST_F(GrpcAuthProcessorTest, RefusesAnotherFarmThoughTheAuthoritySignedIt) {
  const std::string folder = pki_.MakeIdentity(Role::kCoordinator, "main", {"prod"});
  // The client asks for an agent of its own farm and would refuse first.
  pki_.Replace(folder, {"lab", Role::kCoordinator, "main"});
  const auto credentials = Credentials(folder);
  pki_.Replace(folder, {"prod", Role::kCoordinator, "main"});
  const GrpcCredentials stranger(PosixFileSystem(), clock_, credentials->identity());
  EXPECT_THAT(GetHost(MakeChannel(address(), stranger, {Role::kAgent, "fe1"})),
              StatusIs(kDenied, HasSubstr("is of farm \"prod\", this is farm \"lab\"")));
}

TEST_F(GrpcAuthProcessorTest, RevocationTakesEffectOnTheNextCallOfAConnection) {
  const auto channel = Connect(coordinator_);
  const auto bystander = Connect(pki_.MakeIdentity(Role::kViewer, "vera"));
  EXPECT_OK(GetHost(channel));
  TestPki::Revoke(folder_, coordinator_);
  EXPECT_THAT(GetHost(channel),
              StatusIs(kDenied, HasSubstr("certificate " + TestPki::SerialOf(coordinator_) +
                                          " is revoked")));
  EXPECT_THAT(CallRaw(channel, kHealthCheck), StatusIs(kDenied, HasSubstr("is revoked")));
  EXPECT_OK(GetHost(bystander));
}

TEST_F(GrpcAuthProcessorTest, RefusesEverybodyWhileTheListIsMalformed) {
  const auto channel = Connect(coordinator_);
  EXPECT_OK(GetHost(channel));
  const std::string path = IdentityFiles(folder_).revoked;
  ASSERT_OK(WriteFileAtomically(PosixFileSystem(), path, "revoked: [", 0644));
  EXPECT_THAT(GetHost(channel),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("every certificate is refused"), HasSubstr(path))));
  ASSERT_OK(PosixFileSystem().Remove(path));
  EXPECT_OK(GetHost(channel));
}

TEST_F(GrpcAuthProcessorTest, RefusesACertificateThatExpiresWhileConnected) {
  const auto channel = Connect(coordinator_);
  EXPECT_OK(GetHost(channel));
  clock_.Jump(absl::Hours(2));
  EXPECT_THAT(GetHost(channel),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("certificate expired at")));
}

}  // namespace
}  // namespace baton
