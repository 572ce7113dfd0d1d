#include "common/pki/pki_store.h"

#include <string>
#include <utility>

#include "common/pki/certificate_info.h"
#include "common/pki/identity.h"
#include "common/pki/revocation_list.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class PkiStoreTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_OK(store_.Init("prod")); }

  absl::StatusOr<Identity> Load(absl::string_view name) {
    return LoadIdentity(fs_, store_.IdentityFolder(name), {}, clock_.Now());
  }
  absl::Status Revoked(absl::string_view in, absl::string_view serial) {
    RevocationList list(fs_, IdentityFiles(store_.IdentityFolder(in)).revoked);
    return list.Check(serial);
  }

  FileSystem& fs_ = PosixFileSystem();
  Clock& clock_ = SystemClock();
  TempFolder temp_;
  std::string folder_ = temp_ / "pki";
  PkiStore store_{fs_, clock_, folder_};
};

TEST_F(PkiStoreTest, KeysAreForTheirOwnerOnly) {
  ASSERT_OK(store_.Issue(Role::kOperator, "alice", {}));
  for (const std::string& path : {folder_ + "/ca-key.pem", folder_ + "/issued/alice/key.pem"}) {
    ASSERT_OK_AND_ASSIGN(const FileInfo info, fs_.Describe(path));
    EXPECT_EQ(info.mode, 0600U) << path;
  }
  ASSERT_OK_AND_ASSIGN(const FileInfo info, fs_.Describe(folder_));
  EXPECT_EQ(info.mode, 0700U);
}

TEST_F(PkiStoreTest, AnAuthorityIsNeverOverwritten) {
  EXPECT_THAT(store_.Init("prod"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("ca-key.pem")));
}

TEST_F(PkiStoreTest, IssuesIdentitiesThatLoad) {
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate issued,
                       store_.Issue(Role::kAgent, "fe1", {"fe1.example", "10.0.0.1"}));
  ASSERT_OK_AND_ASSIGN(const Identity identity, Load("fe1"));
  EXPECT_EQ(identity.name, (PeerName{"prod", Role::kAgent, "fe1"}));
  EXPECT_EQ(identity.certificate.serial, issued.serial);
  EXPECT_THAT(identity.certificate.hosts, ElementsAre("fe1.example", "10.0.0.1"));
}

TEST_F(PkiStoreTest, ANameIsIssuedOnce) {
  ASSERT_OK(store_.Issue(Role::kAgent, "fe1", {}));
  EXPECT_THAT(store_.Issue(Role::kOperator, "fe1", {}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("issued before, as agent")));
  EXPECT_THAT(store_.Renew("fe2"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no certificate was issued")));
}

TEST_F(PkiStoreTest, RenewsWithANewKeyAndTheSameNames) {
  ASSERT_OK(store_.Issue(Role::kAgent, "fe1", {"fe1.example"}));
  ASSERT_OK_AND_ASSIGN(const Identity before, Load("fe1"));
  ASSERT_OK_AND_ASSIGN(const std::string key, fs_.ReadFile(before.files.key, 10'000));
  ASSERT_OK(store_.Renew("fe1", absl::Hours(24)));
  ASSERT_OK_AND_ASSIGN(const Identity after, Load("fe1"));
  EXPECT_EQ(after.name, before.name);
  EXPECT_EQ(after.certificate.hosts, before.certificate.hosts);
  EXPECT_NE(after.certificate.serial, before.certificate.serial);
  EXPECT_LT(after.certificate.not_after, before.certificate.not_after);
  ASSERT_OK_AND_ASSIGN(const std::string new_key, fs_.ReadFile(after.files.key, 10'000));
  EXPECT_NE(new_key, key);
}

TEST_F(PkiStoreTest, RevokesEveryCertificateOfANameInEveryIdentityFolder) {
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate first, store_.Issue(Role::kOperator, "alice", {}));
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate second, store_.Renew("alice"));
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate agent, store_.Issue(Role::kAgent, "fe1", {}));
  EXPECT_THAT(store_.Revoke("alice"),
              IsOkAndHolds(UnorderedElementsAre(first.serial, second.serial)));
  EXPECT_THAT(Revoked("fe1", first.serial),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr(first.serial)));
  EXPECT_THAT(Revoked("fe1", second.serial),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr(second.serial)));
  EXPECT_OK(Revoked("fe1", agent.serial));
  EXPECT_THAT(store_.Revoke("alice"), IsOkAndHolds(IsEmpty()));
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate later, store_.Issue(Role::kViewer, "bob", {}));
  EXPECT_THAT(Revoked("bob", first.serial),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr(first.serial)));
  EXPECT_OK(Revoked("bob", later.serial));
}

TEST_F(PkiStoreTest, RevokesOneSerialHoweverItIsWritten) {
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate old, store_.Issue(Role::kAgent, "fe1", {}));
  ASSERT_OK_AND_ASSIGN(const IssuedCertificate renewed, store_.Renew("fe1"));
  EXPECT_THAT(store_.Revoke("00:" + old.serial), IsOkAndHolds(ElementsAre(old.serial)));
  EXPECT_THAT(store_.Show(),
              IsOkAndHolds(ElementsAre(AllOf(Field(&IssuedCertificate::serial, old.serial),
                                             Field(&IssuedCertificate::revoked, true)),
                                       AllOf(Field(&IssuedCertificate::serial, renewed.serial),
                                             Field(&IssuedCertificate::revoked, false)))));
  EXPECT_THAT(store_.Revoke("carol"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("carol")));
}

TEST_F(PkiStoreTest, DoesNotNeedAnIdentityFolderThatWasMovedAway) {
  ASSERT_OK(store_.Issue(Role::kAgent, "fe1", {"fe1.example"}));
  ASSERT_OK(fs_.Rename(store_.IdentityFolder("fe1"), temp_ / "moved"));
  EXPECT_THAT(store_.Revoke("fe1"), IsOkAndHolds(SizeIs(1)));
  ASSERT_OK(store_.Renew("fe1"));
  ASSERT_OK_AND_ASSIGN(const Identity identity, Load("fe1"));
  EXPECT_THAT(identity.certificate.hosts, ElementsAre("fe1.example"));
}

TEST_F(PkiStoreTest, SaysWhereItsIndexIsDamaged) {
  ASSERT_OK(WriteFileAtomically(fs_, folder_ + "/index", "farm prod\nnonsense\n", 0644));
  EXPECT_THAT(store_.Show(), StatusIs(absl::StatusCode::kInvalidArgument,
                                      AllOf(HasSubstr("/index"), HasSubstr("nonsense"))));
}

}  // namespace
}  // namespace baton
