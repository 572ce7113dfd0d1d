#include "coordinator/ctl/connect.h"

#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton::ctl {
namespace {

using ::testing::HasSubstr;

class ConnectTest : public testing::Test {
 protected:
  absl::StatusOr<Endpoint> Choose() { return ChooseEndpoint(options_, files_, "/people/alice"); }

  FakeFileSystem files_;
  Options options_;
};

TEST_F(ConnectTest, TakesTheSocketOfThisMachineIfThereIsOne) {
  files_.PutFile(kDefaultSocket, "");
  ASSERT_OK_AND_ASSIGN(const Endpoint endpoint, Choose());
  EXPECT_EQ(endpoint.socket, kDefaultSocket);
}

TEST_F(ConnectTest, AnAddressWinsOverTheDefaultSocket) {
  files_.PutFile(kDefaultSocket, "");
  files_.PutFile("/people/alice/.baton/cert.pem", "");
  options_.coordinator = "10.0.0.5:7700";
  ASSERT_OK_AND_ASSIGN(const Endpoint endpoint, Choose());
  EXPECT_EQ(endpoint.socket, "");
  EXPECT_EQ(endpoint.address.ToString(), "10.0.0.5:7700");
}

TEST_F(ConnectTest, FallsBackToThePortOfThisMachine) {
  files_.PutFile("/etc/baton/identity/cert.pem", "");
  ASSERT_OK_AND_ASSIGN(const Endpoint endpoint, Choose());
  EXPECT_EQ(endpoint.address.ToString(), "127.0.0.1:7600");
  EXPECT_EQ(endpoint.identity, "/etc/baton/identity");
}

TEST_F(ConnectTest, PrefersThePersonsIdentity) {
  files_.PutFile("/etc/baton/identity/cert.pem", "");
  files_.PutFile("/people/alice/.baton/cert.pem", "");
  ASSERT_OK_AND_ASSIGN(Endpoint endpoint, Choose());
  EXPECT_EQ(endpoint.identity, "/people/alice/.baton");
  options_.identity = "/elsewhere";
  ASSERT_OK_AND_ASSIGN(endpoint, Choose());
  EXPECT_EQ(endpoint.identity, "/elsewhere");
}

TEST_F(ConnectTest, APortMayBeLeftOut) {
  options_.identity = "/elsewhere";
  options_.coordinator = "ops.example";
  ASSERT_OK_AND_ASSIGN(const Endpoint endpoint, Choose());
  EXPECT_EQ(endpoint.address.ToString(), "ops.example:7600");
}

TEST_F(ConnectTest, RefusesWhatNamesNoPlace) {
  options_.coordinator = "10.0.0.5:x";
  EXPECT_THAT(Choose(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("10.0.0.5:x")));
  options_.socket = "/run/x.sock";
  EXPECT_THAT(Choose(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("exclude")));
}

TEST_F(ConnectTest, SaysWhereIdentitiesAreLookedFor) {
  EXPECT_THAT(Choose(), StatusIs(absl::StatusCode::kUnauthenticated,
                                 HasSubstr("/people/alice/.baton/cert.pem")));
}

}  // namespace
}  // namespace baton::ctl
