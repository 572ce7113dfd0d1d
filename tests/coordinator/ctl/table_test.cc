#include "coordinator/ctl/table.h"

#include "gtest/gtest.h"

namespace baton::ctl {
namespace {

TEST(Table, AlignsColumnsByDisplayWidth) {
  Table table({"HOST", "CITY", "WORDS"});
  table.AddRow({"fe1", "Z\xC3\xBCrich", "first"});
  table.AddRow({"backend", "\xE6\x9D\xB1\xE4\xBA\xAC", "second"});
  EXPECT_EQ(table.Render(Style()),
            "HOST     CITY    WORDS\n"
            "fe1      Z\xC3\xBCrich  first\n"
            "backend  \xE6\x9D\xB1\xE4\xBA\xAC    second\n");
}

TEST(Table, EndsNoLineWithSpaces) {
  Table table;
  table.AddRow({"a", "", ""});
  table.AddRow({"b", "long", ""});
  EXPECT_EQ(table.Render(Style(), "  "), "  a\n  b  long\n");
}

TEST(Table, IsEmptyWithoutRows) { EXPECT_EQ(Table({"HOST"}).Render(Style()), ""); }

TEST(Table, ColoursDoNotCountAsWidth) {
  Style style;
  style.colour = true;
  Table table;
  table.AddRow({Cell("ok", Tone::kGood), "x"});
  table.AddRow({"failed", "y"});
  EXPECT_EQ(table.Render(style), "\x1b[32mok\x1b[0m      x\nfailed  y\n");
}

TEST(Table, CleansWhatHostsSay) {
  Table table;
  table.AddRow({"\x1b[2J", "a\nb"});
  EXPECT_EQ(table.Render(Style()), "?[2J  a b\n");
}

}  // namespace
}  // namespace baton::ctl
