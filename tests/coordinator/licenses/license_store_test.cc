#include "coordinator/licenses/license_store.h"

#include <string>
#include <vector>

#include "common/hash/sha256.h"
#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kPath[] = "/etc/baton/licenses/b.lic";

class LicenseStoreTest : public testing::Test {
 protected:
  FakeFileSystem fs_;
  const std::vector<FarmLicense> licenses_ = {{"BBBB", kPath}, {"CCCC", "/etc/baton/c.lic"}};
  const LicenseStore store_{licenses_, fs_};
};

TEST_F(LicenseStoreTest, SaysOfEachLicenseWhetherItLiesReady) {
  fs_.PutFile(kPath, "a license");
  const std::vector<plan::v1::StagedLicense> found = store_.Look();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].serial(), "BBBB");
  EXPECT_EQ(found[0].path(), kPath);
  EXPECT_EQ(found[0].digest(), Sha256("a license"));
  EXPECT_EQ(found[0].error(), "");
  EXPECT_EQ(found[1].serial(), "CCCC");
  EXPECT_EQ(found[1].digest(), "");
  EXPECT_THAT(found[1].error(), HasSubstr("/etc/baton/c.lic"));
}

TEST_F(LicenseStoreTest, ReadsWhatWasPlannedAndNothingElse) {
  fs_.PutFile(kPath, "a license");
  const plan::v1::StagedLicense planned = store_.Look()[0];
  EXPECT_THAT(store_.Read(planned), IsOkAndHolds("a license"));
  fs_.PutFile(kPath, "another one");
  EXPECT_THAT(store_.Read(planned),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("license for serial BBBB: /etc/baton/licenses/b.lic is "
                                       "another file than the plan rests on"),
                             HasSubstr("--retry"))));
  fs_.PutFile(kPath, "");
  EXPECT_THAT(store_.Read(planned),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("b.lic is empty")));
  ASSERT_OK(fs_.Remove(kPath));
  EXPECT_THAT(store_.Read(planned),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("license for serial BBBB: ")));
}

// What the system answers must not be taken for the answer of an agent that holds another claim.
TEST_F(LicenseStoreTest, HasNoErrorThatLooksLikeAFence) {
  plan::v1::StagedLicense folder;
  folder.set_path("/etc/baton/licenses");
  fs_.PutFile(kPath, "a license");
  EXPECT_THAT(store_.Read(folder), StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("")));
  fs_.PutFile(kPath, std::string(kLicenseBytesMax + 1, 'x'));
  plan::v1::StagedLicense large;
  large.set_path(kPath);
  EXPECT_THAT(store_.Read(large), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(kPath)));
  fs_.PutFile(kPath, std::string(kLicenseBytesMax, 'x'));
  EXPECT_EQ(store_.Look()[0].error(), "");
}

}  // namespace
}  // namespace baton
