#include "agent/host/database_address.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "agent/profile/profile_parser.h"
#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Row {
  const char* text;
  const char* address;  // empty: it cannot be told
};

TEST(ParseDatabaseAddress, ReadsWhatNamesOneServerAndItsPort) {
  const Row rows[] = {
      {"SQL01.corp.example", "SQL01.corp.example:1433"},
      {" 10.0.0.5 ", "10.0.0.5:1433"},
      {"fd00::5", "[fd00::5]:1433"},
      {"[fd00::5]:1500", "[fd00::5]:1500"},
      {"127.0.0.1:41433", "127.0.0.1:41433"},
      {"sql01,1444", "sql01:1444"},
      {"tcp:sql01, 1444", "sql01:1444"},
      {"TCP:sql01", "sql01:1433"},
      {R"(sql01\PROD,1444)", "sql01:1444"},
      {"//ora1:1522/OSPROD", "ora1:1522"},
      {"ora1/OSPROD", "ora1:1433"},
      {"ora1:1522:OSSID", "ora1:1522"},
      {"(DESCRIPTION = (ADDRESS = (PROTOCOL = TCP)(HOST = ora1)(PORT = 1522))"
       "(CONNECT_DATA = (SERVICE_NAME = os)))",
       "ora1:1522"},
      {"(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=ora1))(CONNECT_DATA=(SID=os)))", "ora1:1433"},
  };
  for (const Row& row : rows) {
    const std::optional<HostPort> place = ParseDatabaseAddress(row.text, 1433);
    ASSERT_TRUE(place.has_value()) << row.text;
    EXPECT_EQ(place->ToString(), row.address) << row.text;
  }
}

TEST(ParseDatabaseAddress, LeavesOutWhatCannotBeTold) {
  for (const char* text :
       {"", "(local)", ".", R"(sql01\PROD)", R"(np:\\sql01\pipe\sql\query)", "lpc:sql01", "sql01,x",
        "sql01,0", "sql01,70000", "two words", "(DESCRIPTION=(LOAD_BALANCE=on))",
        "(DESCRIPTION=(ADDRESS_LIST=(ADDRESS=(HOST=ora1)(PORT=1521))"
        "(ADDRESS=(HOST=ora2)(PORT=1521))))"}) {
    EXPECT_FALSE(ParseDatabaseAddress(text, 1433).has_value()) << text;
  }
}

class DatabaseAddressesTest : public testing::Test {
 protected:
  // The databases of a file with these sections, as the profile for .NET reads it.
  static std::vector<std::string> Read(absl::string_view sections) {
    const absl::StatusOr<Profile> profile =
        ResolveProfile("p.yaml", "base: outsystems11-dotnet\n", {});
    EXPECT_OK(profile.status());
    const absl::StatusOr<ConfigurationDocument> document = ConfigurationDocument::Parse(
        absl::StrCat("<EnvironmentConfiguration>", sections, "</EnvironmentConfiguration>"));
    EXPECT_OK(document.status());
    return DatabaseAddresses(*document, profile->configuration);
  }
};

TEST_F(DatabaseAddressesTest, AreThoseOfTheDatabaseSectionsOnce) {
  EXPECT_THAT(Read(R"(<LoggingDatabaseConfiguration ProviderKey="SqlServer">
                        <Server encrypted="false">log01,1444</Server>
                      </LoggingDatabaseConfiguration>
                      <OtherConfigurations><Server>none</Server></OtherConfigurations>
                      <PlatformDatabaseConfiguration ProviderKey="SqlServer">
                        <Server>sql01</Server>
                      </PlatformDatabaseConfiguration>
                      <SessionDatabaseConfiguration ProviderKey="SqlServer">
                        <Server>sql01</Server>
                      </SessionDatabaseConfiguration>)"),
              ElementsAre("log01:1444", "sql01:1433"));
}

TEST_F(DatabaseAddressesTest, HaveTheirPortInAKeyOfItsOwnOnOracle) {
  EXPECT_THAT(Read(R"(<PlatformDatabaseConfiguration ProviderKey="Oracle">
                        <Host>ora1</Host><Port>1522</Port>
                      </PlatformDatabaseConfiguration>
                      <SessionDatabaseConfiguration ProviderKey="Oracle">
                        <Host>ora2</Host>
                      </SessionDatabaseConfiguration>)"),
              ElementsAre("ora1:1522", "ora2:1521"));
}

TEST_F(DatabaseAddressesTest, AreLeftOutWhereTheFileDoesNotTell) {
  EXPECT_THAT(Read(R"(<PlatformDatabaseConfiguration ProviderKey="Oracle">
                        <TNSName>OSPROD</TNSName>
                      </PlatformDatabaseConfiguration>
                      <LoggingDatabaseConfiguration ProviderKey="SqlServer">
                        <Server encrypted="true">$2$abc</Server>
                      </LoggingDatabaseConfiguration>
                      <SessionDatabaseConfiguration ProviderKey="Unheard">
                        <Server>sql01</Server>
                      </SessionDatabaseConfiguration>)"),
              IsEmpty());
}

}  // namespace
}  // namespace baton
