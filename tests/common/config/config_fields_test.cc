#include "common/config/config_fields.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/config/config_parser.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::StrEq;

enum class Color { kRed, kGreen };

struct Box {
  std::string name;
  uint16_t port = 80;
  bool open = false;
  absl::Duration wait = absl::Seconds(1);
  Color color = Color::kRed;
  std::vector<std::string> parts;
  std::map<std::string, int> sizes;
};

absl::StatusOr<Box> ParseBox(absl::string_view text) {
  ASSIGN_OR_RETURN(const ConfigNode node, ParseConfig("box.yaml", text));
  Box box;
  RETURN_IF_ERROR(config::ReadFields(
      node,
      {config::Required("name", &box.name, config::Text),
       config::Optional("port", &box.port, config::Integer<uint16_t>(1, 65535)),
       config::Optional("open", &box.open, config::Bool),
       config::Optional("wait", &box.wait, config::Duration(absl::Seconds(1), absl::Minutes(5))),
       config::Optional("color", &box.color,
                        config::OneOf<Color>({{"red", Color::kRed}, {"green", Color::kGreen}})),
       config::Optional("parts", &box.parts, config::ListOf(config::Text, 2)),
       config::Optional("sizes", &box.sizes, config::MapOf(config::Integer<int>(0, 9), 2))}));
  return box;
}

TEST(ReadFields, ReadsWhatIsThereAndKeepsTheRest) {
  ASSERT_OK_AND_ASSIGN(const Box box, ParseBox("{name: a, open: true, wait: 2m, color: green, "
                                               "parts: [x, y], sizes: {b: 2, a: 1}}"));
  EXPECT_EQ(box.name, "a");
  EXPECT_EQ(box.port, 80);
  EXPECT_TRUE(box.open);
  EXPECT_EQ(box.wait, absl::Minutes(2));
  EXPECT_EQ(box.color, Color::kGreen);
  EXPECT_THAT(box.parts, ElementsAre("x", "y"));
  EXPECT_THAT(box.sizes, ElementsAre(Pair("a", 1), Pair("b", 2)));
}

TEST(ReadFields, RefusesWithPlace) {
  const struct {
    const char* text;
    const char* message;
  } kRows[] = {
      {"", "1:1: expected a map, got nothing"},
      {"[]", "1:1: expected a map, got a list"},
      {"open: true", "1:1: missing \"name\""},
      {"name: a\nprot: 1", "2:1: unknown key \"prot\"; did you mean \"port\"?"},
      {"name: a\nOpen: 1", "2:1: unknown key \"Open\"; did you mean \"open\"?"},
      {"nam: a", "1:1: unknown key \"nam\"; did you mean \"name\"?"},
      {"name: a\nfurniture: 1",
       "2:1: unknown key \"furniture\"; known here: name, port, open, wait, color, parts, sizes"},
      {"name:", "1:1: name: expected text, got nothing"},
      {"name: a\nport: 0", "2:7: port: expected a number from 1 to 65535, got \"0\""},
      {"name: a\ncolor: blue", "2:8: color: expected one of red, green, got \"blue\""},
      {"name: a\ncolor: [red]", "2:8: color: expected one of red, green, got a list"},
      {"name: a\nparts: [x, [y]]", "2:12: parts[1]: expected text, got a list"},
      {"name: a\nparts: [x, y, z]", "2:8: parts: 3 entries; at most 2"},
      {"name: a\nsizes: {a: 10}", "2:12: sizes.a: expected a number from 0 to 9, got \"10\""},
      {"name: a\nsizes: {a: 1, b: 2, c: 3}", "2:8: sizes: 3 keys; at most 2"},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(ParseBox(row.text), StatusIs(absl::StatusCode::kInvalidArgument,
                                             StrEq(absl::StrCat("box.yaml:", row.message))));
  }
}

}  // namespace
}  // namespace baton
