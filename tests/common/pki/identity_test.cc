#include "common/pki/identity.h"

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_pki.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::StatusCode kPrecondition = absl::StatusCode::kFailedPrecondition;

class IdentityTest : public testing::Test {
 protected:
  absl::StatusOr<Identity> Load(const IdentityExpectation& expected = {}) {
    return LoadIdentity(fs_, folder_, expected, absl::Now());
  }
  void Write(const std::string& path, absl::string_view text, uint32_t mode) {
    ASSERT_OK(WriteFileAtomically(fs_, path, text, mode));
  }

  FileSystem& fs_ = PosixFileSystem();
  TestPki pki_;
  std::string folder_ = pki_.MakeIdentity(Role::kAgent, "fe1");
  IdentityFiles files_{folder_};
};

TEST_F(IdentityTest, SaysWhoWeAre) {
  ASSERT_OK_AND_ASSIGN(const Identity identity, Load({"lab", {Role::kAgent}, "fe1"}));
  EXPECT_EQ(identity.name, (PeerName{"lab", Role::kAgent, "fe1"}));
  EXPECT_EQ(identity.certificate.serial, TestPki::SerialOf(folder_));
  EXPECT_EQ(identity.files.key, folder_ + "/key.pem");
}

TEST_F(IdentityTest, NamesTheFileThatIsMissing) {
  for (const std::string& path : {files_.authority, files_.certificate, files_.key}) {
    ASSERT_OK(fs_.Rename(path, path + ".away"));
    EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kNotFound, HasSubstr(path)));
    ASSERT_OK(fs_.Rename(path + ".away", path));
  }
  EXPECT_OK(Load());
}

TEST_F(IdentityTest, RefusesAKeyThatOthersCanRead) {
  ASSERT_OK_AND_ASSIGN(const FileInfo info, fs_.Describe(files_.key));
  for (const uint32_t mode : {0640U, 0604U, 0620U}) {
    ASSERT_OK(fs_.SetOwnerAndMode(files_.key, info.owner, info.group, mode));
    EXPECT_THAT(Load(),
                StatusIs(kPrecondition, AllOf(HasSubstr(files_.key),
                                              HasSubstr("only its owner may have access"))));
  }
  ASSERT_OK(fs_.SetOwnerAndMode(files_.key, info.owner, info.group, 0400));
  EXPECT_OK(Load());
}

TEST_F(IdentityTest, RefusesTheKeyOfAnother) {
  const IdentityFiles other(pki_.MakeIdentity(Role::kAgent, "fe2"));
  ASSERT_OK(fs_.Rename(other.key, files_.key));
  EXPECT_THAT(Load(), StatusIs(kPrecondition, HasSubstr("does not belong to the certificate")));
}

TEST_F(IdentityTest, RefusesAForeignAuthority) {
  TestPki foreign;
  const IdentityFiles other(foreign.MakeIdentity(Role::kAgent, "fe1"));
  ASSERT_OK(fs_.Rename(other.authority, files_.authority));
  EXPECT_THAT(Load(), StatusIs(kPrecondition, HasSubstr("not signed by this authority")));
}

TEST_F(IdentityTest, RefusesWhatWasNotExpected) {
  EXPECT_THAT(Load({"prod", {}, {}}),
              StatusIs(kPrecondition, HasSubstr("for farm \"lab\", not for \"prod\"")));
  EXPECT_THAT(Load({{}, {Role::kOperator, Role::kViewer}, {}}),
              StatusIs(kPrecondition, HasSubstr("role agent, here it must be operator or viewer")));
  EXPECT_THAT(Load({{}, {}, "fe2"}),
              StatusIs(kPrecondition, HasSubstr("for \"fe1\", not for \"fe2\"")));
}

TEST_F(IdentityTest, RefusesAnExpiredCertificate) {
  folder_ = pki_.MakeIdentity(Role::kAgent, "fe1", {"", absl::Now() - absl::Minutes(1)});
  EXPECT_THAT(Load(), StatusIs(kPrecondition, AllOf(HasSubstr("certificate expired at"),
                                                    HasSubstr(folder_ + "/cert.pem"))));
}

TEST_F(IdentityTest, RefusesAMalformedListOfRevokedCertificates) {
  Write(files_.revoked, "revoked: [", 0644);
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(files_.revoked)));
}

}  // namespace
}  // namespace baton
