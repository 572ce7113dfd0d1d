#include "common/config/config_node.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/config/config_parser.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::StrEq;

// The node of `text` when it is the value of the key `k`.
ConfigNode ValueOf(absl::string_view text) {
  const absl::StatusOr<ConfigNode> document = ParseConfig("f", absl::StrCat("k: ", text, "\n"));
  EXPECT_OK(document);
  return document->Map()->front().value;
}

absl::Status TextStatus(const ConfigNode& node) { return node.Text().status(); }
absl::Status IntegerStatus(const ConfigNode& node) { return node.Integer(1, 10).status(); }
absl::Status BoolStatus(const ConfigNode& node) { return node.Bool().status(); }
absl::Status DurationStatus(const ConfigNode& node) {
  return node.Duration(absl::Seconds(1), absl::Hours(1)).status();
}
absl::Status TimeStatus(const ConfigNode& node) { return node.Time().status(); }
absl::Status ListStatus(const ConfigNode& node) { return node.List().status(); }
absl::Status MapStatus(const ConfigNode& node) { return node.Map().status(); }

struct Refusal {
  absl::Status (*get)(const ConfigNode&);
  std::string text;
  std::string message;
};

TEST(ConfigNode, GettersRefuseWithPlacePathAndValue) {
  const std::string span = "expected a time span like 30s or 15m, from 1s to 1h, got ";
  const std::string number = "expected a number from 1 to 10, got ";
  const std::vector<Refusal> rows = {
      {TextStatus, "", "f:1:1: k: expected text, got nothing"},
      {TextStatus, "''", "f:1:4: k: expected text, got \"\""},
      {TextStatus, "[1]", "f:1:4: k: expected text, got a list"},
      {TextStatus, "{a: 1}", "f:1:4: k: expected text, got a map"},
      {TextStatus, "\"a\\nb\"",
       "f:1:4: k: expected text on one line without control characters, got \"a\\nb\""},
      {TextStatus, std::string(5000, 'x'), "f:1:4: k: expected at most 4096 bytes, got 5000"},
      {IntegerStatus, "0", "f:1:4: k: " + number + "\"0\""},
      {IntegerStatus, "11", "f:1:4: k: " + number + "\"11\""},
      {IntegerStatus, "1.5", "f:1:4: k: " + number + "\"1.5\""},
      {IntegerStatus, "99999999999999999999", "f:1:4: k: " + number + "\"99999999999999999999\""},
      {IntegerStatus, "", "f:1:1: k: " + number + "nothing"},
      {BoolStatus, "yes", "f:1:4: k: expected true or false, got \"yes\""},
      {BoolStatus, "True", "f:1:4: k: expected true or false, got \"True\""},
      {DurationStatus, "30", "f:1:4: k: " + span + "\"30\""},
      {DurationStatus, "500ms", "f:1:4: k: " + span + "\"500ms\""},
      {DurationStatus, "inf", "f:1:4: k: " + span + "\"inf\""},
      {DurationStatus, "-5s", "f:1:4: k: " + span + "\"-5s\""},
      {TimeStatus, "yesterday",
       "f:1:4: k: expected a time like 2024-05-01 or 2024-05-01T10:00:00Z, got \"yesterday\""},
      {ListStatus, "a", "f:1:4: k: expected a list, got \"a\""},
      {MapStatus, "[a]", "f:1:4: k: expected a map, got a list"},
      {BoolStatus, std::string(70, 'x'),
       "f:1:4: k: expected true or false, got \"" + std::string(60, 'x') + "\"..."},
  };
  for (const Refusal& row : rows) {
    EXPECT_THAT(row.get(ValueOf(row.text)),
                StatusIs(absl::StatusCode::kInvalidArgument, StrEq(row.message)));
  }
}

TEST(ConfigNode, GettersReturnValues) {
  EXPECT_THAT(ValueOf("a b").Text(), IsOkAndHolds(std::string("a b")));
  EXPECT_THAT(ValueOf("10").Integer(-10, 10), IsOkAndHolds(10));
  EXPECT_THAT(ValueOf("-4").Integer(-10, 10), IsOkAndHolds(-4));
  EXPECT_THAT(ValueOf("false").Bool(), IsOkAndHolds(false));
  EXPECT_THAT(ValueOf("1h30m").Duration(absl::ZeroDuration(), absl::Hours(2)),
              IsOkAndHolds(absl::Minutes(90)));
  const absl::Time day = absl::FromCivil(absl::CivilDay(2024, 5, 1), absl::UTCTimeZone());
  EXPECT_THAT(ValueOf("2024-05-01").Time(), IsOkAndHolds(day));
  EXPECT_THAT(ValueOf("2024-05-01T02:00:00+02:00").Time(), IsOkAndHolds(day));
}

TEST(ConfigNode, PathsLeadThroughListsAndMaps) {
  ASSERT_OK_AND_ASSIGN(const ConfigNode document,
                       ParseConfig("farm.yaml", "hosts:\n- name: fe1\n- name: fe2\n  port: x\n"));
  const ConfigNode hosts = document.Map()->front().value;
  const ConfigNode port = hosts.List()->back().Map()->back().value;
  EXPECT_EQ(port.path(), "hosts[1].port");
  EXPECT_EQ(port.line(), 4);
  EXPECT_EQ(port.Integer(1, 2).status().message(),
            "farm.yaml:4:9: hosts[1].port: expected a number from 1 to 2, got \"x\"");
  EXPECT_EQ(hosts.List()->back().KeyError("port", "not now").message(),
            "farm.yaml:4:3: hosts[1]: not now");
}

}  // namespace
}  // namespace baton
