#include "common/pki/revocation_list.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(RevokedSerials, AreReadHoweverPeopleWriteThem) {
  EXPECT_THAT(
      ParseRevokedSerials("revoked.yaml", "revoked: [4A:0f, \"00ff\", 12345678901234567890]"),
      IsOkAndHolds(ElementsAre("12345678901234567890", "4a0f", "ff")));
  EXPECT_THAT(ParseRevokedSerials("revoked.yaml", "revoked: []"), IsOkAndHolds(IsEmpty()));
}

TEST(RevokedSerials, TravelThroughTheFile) {
  const std::set<std::string> serials = {"1e10", "7f", "99"};
  EXPECT_THAT(ParseRevokedSerials("revoked.yaml", FormatRevokedSerials(serials)),
              IsOkAndHolds(serials));
  EXPECT_THAT(ParseRevokedSerials("revoked.yaml", FormatRevokedSerials({})),
              IsOkAndHolds(IsEmpty()));
}

TEST(RevokedSerials, EverythingElseIsMalformed) {
  const std::vector<std::string> cases = {"",
                                          "[]",
                                          "revoked:",
                                          "revoked: 7f",
                                          "revoked: [[7f]]",
                                          "revoked: [",
                                          "revoked: [g]",
                                          "revoked: [\"\"]",
                                          "revokd: [7f]",
                                          "revoked: [0]",
                                          "plain text",
                                          "revoked: [7f]\nmore: [1]",
                                          "revoked: [" + std::string(41, '1') + "]"};
  for (const std::string& text : cases) {
    EXPECT_EQ(ParseRevokedSerials("revoked.yaml", text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

class RevocationListTest : public testing::Test {
 protected:
  void Write(absl::string_view text) {
    ASSERT_OK(WriteFileAtomically(PosixFileSystem(), path_, text, 0644));
  }

  TempFolder folder_;
  std::string path_ = folder_ / "revoked.yaml";
  RevocationList list_{PosixFileSystem(), path_};
};

TEST_F(RevocationListTest, NoFileRevokesNothing) { EXPECT_OK(list_.Check("7f")); }

TEST_F(RevocationListTest, HonoursEachEditAtOnce) {
  Write("revoked: [7e]");
  EXPECT_OK(list_.Check("7f"));
  Write("revoked: [7f]");  // same size, perhaps the same time stamp
  EXPECT_THAT(list_.Check("7f"), StatusIs(absl::StatusCode::kPermissionDenied,
                                          HasSubstr("certificate 7f is revoked")));
  EXPECT_OK(list_.Check("7e"));
  ASSERT_OK(PosixFileSystem().Remove(path_));
  EXPECT_OK(list_.Check("7f"));
}

TEST_F(RevocationListTest, RefusesEverybodyWhileTheFileIsMalformed) {
  Write("revoked: [7f]");
  EXPECT_OK(list_.Check("7e"));
  for (const char* text : {"revoked: [7f", ""}) {
    Write(text);
    EXPECT_THAT(list_.Check("7e"),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr("every certificate is refused"), HasSubstr(path_))));
  }
  Write("revoked: [7f]");
  EXPECT_OK(list_.Check("7e"));
}

TEST_F(RevocationListTest, RefusesEverybodyWhenTheFileIsTooLarge) {
  Write("revoked: []" + std::string(kRevokedSizeBytesMax, ' '));
  EXPECT_THAT(list_.Check("7f"), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(path_)));
}

}  // namespace
}  // namespace baton
