#include "agent/configuration/splice.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/agent/configuration/testdata.h"

namespace baton {
namespace {

TEST(ApplySplices, ReplacesInsertsAndKeepsTheRest) {
  EXPECT_EQ(ApplySplices("abcdef", {}), "abcdef");
  EXPECT_EQ(ApplySplices("abcdef", {{{0, 1}, "X"}, {{3, 3}, "Y"}, {{5, 6}, ""}}), "XbcYde");
}

TEST(EscapeXml, NeverNeedsCdata) {
  EXPECT_EQ(EscapeXml("a<b>&\"']]>"), "a&lt;b&gt;&amp;\"']]&gt;");
}

struct Row {
  const char* before;  // the content of section S
  const char* after;   // with key K set to "1 & 2"
};

TEST(SpliceValue, WritesIntoEveryShapeOfKey) {
  const std::vector<Row> rows = {
      {"<K>old</K>", "<K>1 &amp; 2</K>"},
      {"<K></K>", "<K>1 &amp; 2</K>"},
      {"<K/>", "<K>1 &amp; 2</K>"},
      {"<K  a = '/' />", "<K  a = '/'>1 &amp; 2</K>"},
      {"<K\n a=\"x>\" >old</K\n>", "<K\n a=\"x>\" >1 &amp; 2</K\n>"},
      {"<K><![CDATA[old]]></K>", "<K>1 &amp; 2</K>"},
      {"<K><![CDATA[old]]> more</K>", "<K>1 &amp; 2</K>"},
      {"<K>a<!-- why -->b<?pi?></K>", "<K>1 &amp; 2<!-- why --><?pi?></K>"},
      {"<K encrypted=\"true\">$2$x</K>", "<K encrypted=\"false\">1 &amp; 2</K>"},
      {"<K a='1' encrypted='True' b='2'/>", "<K a='1' encrypted='false' b='2'>1 &amp; 2</K>"},
      {"<K encrypted=\"false\">x</K>", "<K encrypted=\"false\">1 &amp; 2</K>"},
      {"<!-- <K/> --><K>old</K><!-- <K/> -->", "<!-- <K/> --><K>1 &amp; 2</K><!-- <K/> -->"},
      // Already the value: not a byte changes, however it is written.
      {"<K><![CDATA[1 & 2]]></K>", "<K><![CDATA[1 & 2]]></K>"},
      {"<K>1 &#38; 2</K>", "<K>1 &#38; 2</K>"},
      // Ciphertext that looks like the value is still ciphertext.
      {"<K encrypted='true'>1 &amp; 2</K>", "<K encrypted='false'>1 &amp; 2</K>"},
  };
  for (const Row& row : rows) {
    const ConfigurationDocument document =
        ParseDocument(absl::StrCat("<R><S>", row.before, "</S></R>"));
    const ConfigurationKey& key = document.tree().sections[0].keys[0];
    EXPECT_EQ(ApplySplices(document.bytes(), SpliceValue(document.bytes(), key, "1 & 2")),
              absl::StrCat("<R><S>", row.after, "</S></R>"))
        << row.before;
  }
}

TEST(SpliceNewKey, TakesTheLayoutOfItsNeighbours) {
  const std::vector<Row> rows = {
      {"<R>\n  <S>\n    <A/>\n  </S>\n</R>", "<R>\n  <S>\n    <A/>\n    <K>v</K>\n  </S>\n</R>"},
      {"<R>\r\n\t<S>\r\n\t\t<A/>\r\n\t</S>\r\n</R>",
       "<R>\r\n\t<S>\r\n\t\t<A/>\r\n\t\t<K>v</K>\r\n\t</S>\r\n</R>"},
      {"<R>\n  <S>\n    <A/> <!-- of A -->\n  </S>\n</R>",
       "<R>\n  <S>\n    <A/> <!-- of A -->\n    <K>v</K>\n  </S>\n</R>"},
      {"<R><S><A/></S></R>", "<R><S><A/><K>v</K></S></R>"},
      {"<R><S/></R>", "<R><S><K>v</K></S></R>"},
      {"<R><S></S></R>", "<R><S><K>v</K></S></R>"},
      {"<R>\n  <S />\n</R>", "<R>\n  <S>\n    <K>v</K>\n  </S>\n</R>"},
      {"<R>\r\n\t<S a='1'></S>\r\n</R>", "<R>\r\n\t<S a='1'>\r\n\t\t<K>v</K>\r\n\t</S>\r\n</R>"},
      {"<R>\n  <S>\n  </S>\n</R>", "<R>\n  <S>\n    <K>v</K>\n  </S>\n</R>"},
      {"<R>\n<S/>\n</R>", "<R>\n<S>\n  <K>v</K>\n</S>\n</R>"},
  };
  for (const Row& row : rows) {
    const ConfigurationDocument document = ParseDocument(row.before);
    const Splice splice = SpliceNewKey(document.bytes(), document.tree().sections[0], "K", "v");
    EXPECT_EQ(ApplySplices(document.bytes(), {splice}), row.after) << row.before;
  }
}

TEST(SpliceNewSection, TakesTheLayoutOfItsNeighbours) {
  const std::vector<Row> rows = {
      {"<R>\n  <A/>\n</R>\n", "<R>\n  <A/>\n  <S>\n    <K>v</K>\n  </S>\n</R>\n"},
      {"<R>\r\n\t<A/>\r\n</R>", "<R>\r\n\t<A/>\r\n\t<S>\r\n\t\t<K>v</K>\r\n\t</S>\r\n</R>"},
      {"<R><A/></R>", "<R><A/><S><K>v</K></S></R>"},
      {"<R/>", "<R><S><K>v</K></S></R>"},
      {"<?xml version='1.0'?>\n<R />",
       "<?xml version='1.0'?>\n<R>\n  <S>\n    <K>v</K>\n  </S>\n</R>"},
  };
  for (const Row& row : rows) {
    const ConfigurationDocument document = ParseDocument(row.before);
    const Splice splice = SpliceNewSection(document.bytes(), document.tree(), "S", "K", "v");
    EXPECT_EQ(ApplySplices(document.bytes(), {splice}), row.after) << row.before;
  }
}

}  // namespace
}  // namespace baton
