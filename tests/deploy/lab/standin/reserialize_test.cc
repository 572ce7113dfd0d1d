#include "deploy/lab/standin/reserialize.h"

#include <ostream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "deploy/lab/standin/hsconf_template.h"
#include "deploy/lab/standin/secret.h"
#include "tests/support/status_matchers.h"

namespace baton::standin {
namespace {

using testing::AllOf;
using testing::Eq;
using testing::HasSubstr;
using testing::Ne;
using testing::Not;
using testing::StartsWith;

constexpr absl::string_view kCache = "CacheInvalidationConfiguration";

class ReserializeTest : public testing::Test {
 protected:
  std::string Template() const {
    return SerializeHsconf(MakeHsconf({"10.0.0.11", "10.0.0.12", "10.0.0.10:1433", 8080}));
  }

  std::string Applied(const std::string& hsconf) const {
    const absl::StatusOr<AppliedSettings> applied = Reserialize(hsconf, key_);
    EXPECT_OK(applied);
    return applied.ok() ? applied->hsconf : "";
  }

  const std::string key_ = ParsePrivateKeyFile(MakePrivateKeyFile(7)).value();
};

TEST_F(ReserializeTest, EncryptsPlainSecretsThatTheKeyOpensAgain) {
  ASSERT_OK_AND_ASSIGN(const Hsconf after, ParseHsconf(Applied(Template())));
  const HsconfKey* password = after.FindSection(kCache)->Find("ServicePassword");
  EXPECT_EQ(AttributeOf(password->attributes, "encrypted"), "true");
  EXPECT_THAT(password->value, AllOf(StartsWith("$2$"), Not(HasSubstr("standin-cache"))));
  EXPECT_THAT(DecryptSecret(key_, password->value), IsOkAndHolds(Eq("standin-cache")));
}

TEST_F(ReserializeTest, EncryptsTheSameSecretDifferentlyEachTime) {
  EXPECT_THAT(Applied(Template()), Ne(Applied(Template())));
}

TEST_F(ReserializeTest, LeavesWhatItWroteItselfAlone) {
  const std::string once = Applied(Template());
  EXPECT_EQ(Applied(once), once);
}

TEST_F(ReserializeTest, RefusesSecretsOfAnotherPrivateKey) {
  const std::string other_key = ParsePrivateKeyFile(MakePrivateKeyFile(8)).value();
  EXPECT_THAT(Reserialize(Applied(Template()), other_key),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("AdminPassword"), HasSubstr("private.key"))));
}

TEST_F(ReserializeTest, NormalisesLayoutAndAttributeOrderButNoValue) {
  std::string odd = absl::StrReplaceAll(
      Template(), {{"\r\n", "\n"},
                   {"  ", "\t"},
                   {"<RuntimeAdvancedSettings encrypted=\"false\" />",
                    "<RuntimeAdvancedSettings encrypted='false'></RuntimeAdvancedSettings>"},
                   {"<AdminUser encrypted=\"false\">OSADMIN<",
                    "<!-- ours --><AdminUser z='1' encrypted='false'>A &amp; B &lt;<"}});
  const std::string after = Applied(odd);
  EXPECT_THAT(after, StartsWith("\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"));
  EXPECT_THAT(after, HasSubstr("    <RuntimeAdvancedSettings encrypted=\"false\" />\r\n"));
  EXPECT_THAT(after,
              HasSubstr("    <AdminUser encrypted=\"false\" z=\"1\">A &amp; B &lt;</AdminUser>"));
  EXPECT_THAT(after, Not(HasSubstr("ours")));
}

TEST_F(ReserializeTest, MovesTheAdministratorsPasswordOutOfTheFile) {
  const std::string with_password = absl::StrReplaceAll(
      Template(), {{"<WeeksToKeep>",
                    "<PlatformServerAdminPassword>x</PlatformServerAdminPassword>"
                    "<WeeksToKeep>"}});
  EXPECT_THAT(Applied(with_password), Not(HasSubstr("PlatformServerAdminPassword")));
}

TEST_F(ReserializeTest, ExtractsWhatServicesRunWithAndKeepsItThroughMachineConfig) {
  ASSERT_OK_AND_ASSIGN(const AppliedSettings applied, Reserialize(Template(), key_));
  ASSERT_OK_AND_ASSIGN(const MachineConfig read,
                       ParseMachineConfig(FormatMachineConfig(applied.machine)));
  EXPECT_EQ(read.controller_host, "10.0.0.11");
  EXPECT_EQ(read.controller_rest_port, 12100);
  EXPECT_EQ(read.scheduler_port, 12002);
  EXPECT_EQ(read.application_port, 8080);
  EXPECT_EQ(read.database, "10.0.0.10:1433");
  EXPECT_EQ(read.outgoing_address, "10.0.0.12");
  EXPECT_EQ(read.connection_string, applied.machine.connection_string);
}

struct BadSetting {
  std::string what;
  std::string from;
  std::string to;
  std::string complaint;
};
void PrintTo(const BadSetting& row, std::ostream* out) { *out << row.what; }

class InvalidSetting : public ReserializeTest, public testing::WithParamInterface<BadSetting> {};

TEST_P(InvalidSetting, AbortsTheApply) {
  const std::string bad = absl::StrReplaceAll(Template(), {{GetParam().from, GetParam().to}});
  ASSERT_NE(bad, Template());
  EXPECT_THAT(Reserialize(bad, key_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().complaint)));
}

INSTANTIATE_TEST_SUITE_P(
    All, InvalidSetting,
    testing::Values(
        BadSetting{"NoController", ">10.0.0.11</Comp", "></Comp", "CompilerServerHostname"},
        BadSetting{"BlankInController", ">10.0.0.11</Comp", ">a b</Comp", "CompilerServerHostname"},
        BadSetting{"NoPort", ">12000<", ">port<", "CompilerServerPort"},
        BadSetting{"PortTooLarge", ">12102<", ">70000<", "SchedulerRESTPort"},
        BadSetting{"NoCatalog", ">outsystems<", "><", "Catalog"},
        BadSetting{"NotWellFormed", "</ServiceHost>", "</Host>", "mismatched tag"},
        BadSetting{"DocumentType", "<EnvironmentConfiguration>",
                   "<!DOCTYPE a><EnvironmentConfiguration>", "document type"},
        BadSetting{"OtherRoot", "EnvironmentConfiguration>", "Configuration>", "root element"},
        BadSetting{"TooDeep", "<WeeksToKeep>4", "<WeeksToKeep><a>4</a>", "nested too deeply"}),
    [](const testing::TestParamInfo<BadSetting>& row) { return row.param.what; });

}  // namespace
}  // namespace baton::standin
