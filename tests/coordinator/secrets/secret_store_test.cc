#include "coordinator/secrets/secret_store.h"

#include "absl/strings/str_cat.h"
#include "common/config/config_parser.h"
#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StrEq;

constexpr char kPath[] = "/etc/baton/secrets/cache";

absl::StatusOr<SecretReferences> Parse(const std::string& text) {
  const absl::StatusOr<ConfigNode> node = ParseConfig("farm.yaml", text);
  EXPECT_OK(node.status());
  return ParseSecretReferences(*node);
}

TEST(ParseSecretReferences, ReadsFilesAndVariables) {
  ASSERT_OK_AND_ASSIGN(const SecretReferences file, Parse("cache_password: file:/a/b"));
  EXPECT_EQ(file.at("cache_password").kind, SecretReference::Kind::kFile);
  EXPECT_EQ(file.at("cache_password").place, "/a/b");
  EXPECT_EQ(file.at("cache_password").ToString(), "file:/a/b");
  ASSERT_OK_AND_ASSIGN(const SecretReferences variable, Parse("cache_password: env:CACHE_1"));
  EXPECT_EQ(variable.at("cache_password").kind, SecretReference::Kind::kEnvironment);
  EXPECT_EQ(variable.at("cache_password").ToString(), "env:CACHE_1");
}

TEST(ParseSecretReferences, RefusesWithPlaceAndShowsNoValue) {
  for (const char* value : {"hunter2", "file:hunter2", "file:", "env:hunter-2", "env:2hunter",
                            "env:", "[hunter2]", "FILE:/hunter2"}) {
    EXPECT_THAT(Parse(absl::StrCat("cache_password: '", value, "'")),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("farm.yaml:1:17: cache_password: expected file:PATH"),
                               Not(HasSubstr("hunter")))))
        << value;
  }
  EXPECT_THAT(Parse("cache_passwort: file:/a"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("1:1: there is no secret \"cache_passwort\"; there is: "
                                 "cache_password")));
}

class SecretStoreTest : public testing::Test {
 protected:
  absl::StatusOr<std::string> ResolveFile() { return Resolve("cache_password: file:" + Path()); }

  absl::StatusOr<std::string> Resolve(const std::string& text) {
    references_ = Parse(text).value();
    return SecretStore(
               references_, fs_,
               [this](const std::string& name) { return name == "SET" ? variable_ : std::nullopt; })
        .Resolve("cache_password");
  }

  static std::string Path() { return kPath; }

  FakeFileSystem fs_;
  std::optional<std::string> variable_;
  SecretReferences references_;
};

TEST_F(SecretStoreTest, ReadsAFileAnewEachTime) {
  fs_.PutFile(kPath, "first\n");
  EXPECT_THAT(ResolveFile(), IsOkAndHolds("first"));
  fs_.PutFile(kPath, " second ");
  EXPECT_THAT(ResolveFile(), IsOkAndHolds(" second "));
}

TEST_F(SecretStoreTest, ReadsAVariable) {
  variable_ = "word";
  EXPECT_THAT(Resolve("cache_password: env:SET"), IsOkAndHolds("word"));
  EXPECT_THAT(Resolve("cache_password: env:UNSET"),
              StatusIs(absl::StatusCode::kNotFound,
                       StrEq("secret cache_password (env:UNSET): the Baton coordinator's "
                             "environment has no such variable")));
}

TEST_F(SecretStoreTest, RefusesAFileThatOthersCanRead) {
  for (const uint32_t mode : {0640U, 0604U, 0620U, 0601U, 0666U}) {
    fs_.PutFile(kPath, "hunter2", mode);
    EXPECT_THAT(ResolveFile(),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         AllOf(HasSubstr("others than its owner have access, run: chmod 600"),
                               Not(HasSubstr("hunter2")))))
        << mode;
  }
  fs_.PutFile(kPath, "hunter2", 0400);
  EXPECT_THAT(ResolveFile(), IsOkAndHolds("hunter2"));
}

TEST_F(SecretStoreTest, SaysWhyAFileCannotBeRead) {
  EXPECT_THAT(ResolveFile(),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("secret cache_password (file:/etc/baton/secrets/cache): ")));
  // A run that is refused for a fence is another matter: FAILED_PRECONDITION never comes from here.
  ASSERT_OK(fs_.CreateFolders(kPath, 0700));
  EXPECT_THAT(ResolveFile(),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("is not a regular file")));
}

TEST_F(SecretStoreTest, RefusesWhatNoPasswordCanBe) {
  const std::string rows[] = {"",
                              "\n",
                              "hunter2\n\n",
                              "hunter2\nmore",
                              std::string("hunter2\0", 8),
                              "hunt\xC3\xA9r2",
                              std::string(kSecretBytesMax + 1, 'h')};
  for (const std::string& value : rows) {
    fs_.PutFile(kPath, value);
    EXPECT_THAT(ResolveFile(), Not(IsOk())) << value;
    EXPECT_THAT(ResolveFile().status().message(), Not(HasSubstr("hunt"))) << value;
  }
  fs_.PutFile(kPath, std::string(kSecretBytesMax, 'h'));
  EXPECT_OK(ResolveFile());
}

TEST_F(SecretStoreTest, KnowsOnlyWhatTheFarmFileNames) {
  EXPECT_THAT(SecretStore(references_, fs_, ProcessEnvironment()).Resolve("cache_password"),
              StatusIs(absl::StatusCode::kNotFound, "the farm file has no secret cache_password"));
}

TEST_F(SecretStoreTest, TestsWithoutTellingTheValue) {
  references_ = Parse("cache_password: file:" + Path()).value();
  const SecretStore store(references_, fs_, ProcessEnvironment());
  EXPECT_THAT(store.Test()[0].error(), HasSubstr("No such file"));
  fs_.PutFile(kPath, "hunter2\n");
  ASSERT_EQ(store.Test().size(), 1U);
  EXPECT_EQ(store.Test()[0].ShortDebugString(),
            "name: \"cache_password\" reference: \"file:/etc/baton/secrets/cache\"");
}

TEST_F(SecretStoreTest, GivesTheValuesThatCanBeRead) {
  references_ = Parse("cache_password: file:" + Path()).value();
  const SecretStore store(references_, fs_, ProcessEnvironment());
  EXPECT_THAT(store.Values(), testing::IsEmpty());
  fs_.PutFile(kPath, "hunter2\n");
  EXPECT_THAT(store.Values(), testing::ElementsAre("hunter2"));
}

}  // namespace
}  // namespace baton
