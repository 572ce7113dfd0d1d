#include "common/config/address.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/config/config_parser.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::StrEq;

TEST(IsAddress, AcceptsAddressesAndHostNames) {
  for (const char* text :
       {"10.0.0.11", "0.0.0.0", "255.255.255.255", "::", "::1", "fe80::1",
        "1:2:3:4:5:6:7::", "2001:DB8:0:0:8:800:200C:417A", "1::", "::ffff:10.0.0.1", "fe1",
        "FE1.corp.example", "os_fe-1", "4you", "10.0.0.11.nip.io"}) {
    EXPECT_TRUE(IsAddress(text)) << text;
  }
}

TEST(IsAddress, RefusesEverythingElse) {
  for (const char* text : {"",
                           "10.0.0",
                           "10.0.0.300",
                           "10.0.0.1.2",
                           "010.0.0.1",
                           "fe1.",
                           ".fe1",
                           "-fe1",
                           "fe1-",
                           "fe 1",
                           "fe1:7601",
                           "[::1]",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "1:2:3:4::5:6:7:8",
                           ":1",
                           "12345::",
                           "::10.0.0.1:1",
                           "http://fe1",
                           "f\xc3\xa9"}) {
    EXPECT_FALSE(IsAddress(text)) << text;
  }
  EXPECT_TRUE(IsAddress(std::string(63, 'a')));
  EXPECT_FALSE(IsAddress(std::string(64, 'a')));
  std::string longest = "a";
  while (longest.size() < 253) longest += ".a";
  EXPECT_TRUE(IsAddress(longest));
  EXPECT_FALSE(IsAddress(longest + "a"));
}

TEST(CanonicalAddress, IsOneSpelling) {
  EXPECT_EQ(CanonicalAddress("FE1.Corp"), "fe1.corp");
  EXPECT_EQ(CanonicalAddress("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(CanonicalAddress("::1"), CanonicalAddress("0:0:0::0001"));
  EXPECT_EQ(CanonicalAddress("FE80::A"), "fe80:0:0:0:0:0:0:a");
  EXPECT_EQ(CanonicalAddress("::ffff:10.0.0.1"), CanonicalAddress("::ffff:a00:1"));
}

TEST(IsLoopbackAddress, KnowsTheMachineItself) {
  for (const char* text :
       {"localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.9.9.9", "::1"}) {
    EXPECT_TRUE(IsLoopbackAddress(text)) << text;
  }
  for (const char* text : {"localhost.corp", "128.0.0.1", "::2", "fe1"}) {
    EXPECT_FALSE(IsLoopbackAddress(text)) << text;
  }
}

TEST(HostPort, PutsBracketsAroundIpv6) {
  EXPECT_EQ((HostPort{"fe1", 7601}.ToString()), "fe1:7601");
  EXPECT_EQ((HostPort{"::1", 7601}.ToString()), "[::1]:7601");
}

absl::StatusOr<ConfigNode> Quoted(absl::string_view text) {
  return ParseConfig("farm.yaml", absl::StrCat("'", text, "'"));
}

TEST(HostAndPort, ReadsBothParts) {
  const struct {
    const char* text;
    const char* host;
    int port;
  } kRows[] = {{"fe1:7601", "fe1", 7601},
               {"10.0.0.1:1", "10.0.0.1", 1},
               {"[2001:db8::1]:65535", "2001:db8::1", 65535}};
  for (const auto& row : kRows) {
    ASSERT_OK_AND_ASSIGN(const ConfigNode node, Quoted(row.text));
    ASSERT_OK_AND_ASSIGN(const HostPort address, config::HostAndPort(node));
    EXPECT_EQ(address.host, row.host);
    EXPECT_EQ(address.port, row.port);
  }
}

TEST(HostAndPort, RefusesWithPlaceAndValue) {
  for (const char* text : {"fe2", "fe2:", "fe2:0", "fe2:65536", "fe2:+1", "fe2:x", ":7601",
                           "::1:7601", "[fe2]:7601", "[::1]", "[::1]7601", "[::1", "fe2:1:2"}) {
    ASSERT_OK_AND_ASSIGN(const ConfigNode node, Quoted(text));
    EXPECT_THAT(
        config::HostAndPort(node),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 StrEq(absl::StrCat("farm.yaml:1:1: expected HOST:PORT, got \"", text, "\""))));
  }
}

TEST(HostAndMaybePort, FillsInThePort) {
  ASSERT_OK_AND_ASSIGN(const ConfigNode bare, Quoted("[::1]"));
  ASSERT_OK_AND_ASSIGN(const HostPort address, config::HostAndMaybePort(bare, 7601));
  EXPECT_EQ(address.ToString(), "[::1]:7601");
  ASSERT_OK_AND_ASSIGN(const ConfigNode wrong, Quoted("fe2:"));
  EXPECT_THAT(config::HostAndMaybePort(wrong, 7601),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("farm.yaml:1:1: expected HOST:PORT or HOST, got \"fe2:\"")));
}

TEST(Name, IsLowerCaseAndShort) {
  for (const std::string& text : {std::string("fe1"), std::string("1.a-b"), std::string(63, 'a')}) {
    ASSERT_OK_AND_ASSIGN(const ConfigNode node, Quoted(text));
    EXPECT_THAT(config::Name(node), IsOkAndHolds(text));
  }
  for (const std::string& text : {std::string("FE1"), std::string("-a"), std::string(".a"),
                                  std::string("a_b"), std::string("a/b"), std::string(64, 'a')}) {
    ASSERT_OK_AND_ASSIGN(const ConfigNode node, Quoted(text));
    EXPECT_THAT(config::Name(node),
                StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("expected a name")))
        << text;
  }
}

}  // namespace
}  // namespace baton
