#include <string>

#include "absl/strings/str_cat.h"
#include "common/pki/identity.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tests/coordinator/ctl/ctl_world.h"
#include "tests/coordinator/ctl/farm_fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

// Serials are random, so this is no transcript. Errors are in tests/transcripts/ctl/pki.txt.
class PkiCommandsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(Pki("init --farm prod"), EndsWith("exit 0\n")); }

  std::string Pki(const std::string& words) {
    return world_.Run(absl::StrCat("baton pki ", words, " --dir ", folder_.path()));
  }

  google::protobuf::Struct PkiJson(const std::string& words) {
    const std::string answer = Pki(words + " --format json");
    google::protobuf::Struct fields;
    const auto status =
        google::protobuf::util::JsonStringToMessage(answer.substr(0, answer.find('\n')), &fields);
    EXPECT_TRUE(status.ok()) << answer;
    return fields;
  }

  TempFolder folder_;
  CtlWorld world_;
};

TEST_F(PkiCommandsTest, IssuesAnIdentityThatLoads) {
  EXPECT_THAT(Pki("issue agent fe1 --host 10.0.0.11 --days 30"),
              AllOf(HasSubstr("baton://prod/agent/fe1 serial "),
                    HasSubstr("valid until 2026-02-01T"), EndsWith("exit 0\n")));
  ASSERT_OK_AND_ASSIGN(const Identity identity,
                       LoadIdentity(PosixFileSystem(), folder_ / "issued/fe1", {}, FixtureNow()));
  EXPECT_THAT(identity.certificate.hosts, testing::ElementsAre("10.0.0.11"));
}

TEST_F(PkiCommandsTest, RenewsRevokesAndShows) {
  Pki("issue operator alice");
  const std::string first = PkiJson("show")
                                .fields()
                                .at("certificates")
                                .list_value()
                                .values(0)
                                .struct_value()
                                .fields()
                                .at("serial")
                                .string_value();
  EXPECT_THAT(Pki("renew alice"), EndsWith("exit 0\n"));
  EXPECT_THAT(Pki("revoke " + first), AllOf(HasSubstr("revoked " + first), EndsWith("exit 0\n")));
  EXPECT_THAT(Pki("revoke " + first), HasSubstr("revoked before already"));
  EXPECT_THAT(Pki("show"), AllOf(HasSubstr(first), HasSubstr("revoked"), HasSubstr("valid")));
  EXPECT_THAT(Pki("renew bob"), EndsWith("exit 1\n"));
}

TEST_F(PkiCommandsTest, AnswersInJson) {
  const google::protobuf::Struct fields = PkiJson("issue viewer bob");
  EXPECT_EQ(fields.fields().at("uri").string_value(), "baton://prod/viewer/bob");
  EXPECT_EQ(fields.fields().at("identity").string_value(), folder_ / "issued/bob");
}

}  // namespace
}  // namespace baton
