#include "agent/configuration/document.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/agent/configuration/testdata.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Ne;
using Value = ConfigurationDocument::Value;

auto PlainValue(const std::string& value) {
  return IsOkAndHolds(AllOf(Field(&Value::value, Eq(value)), Field(&Value::encrypted, Eq(false))));
}

class RealisticFile : public testing::TestWithParam<const char*> {};

TEST_P(RealisticFile, GivesSectionsAndValues) {
  const ConfigurationDocument document = ParseDocument(ReadTestdata(GetParam()));
  EXPECT_THAT(
      document.SectionNames(),
      ElementsAre("PlatformDatabaseConfiguration", "LoggingDatabaseConfiguration",
                  "SessionDatabaseConfiguration", "ServiceConfiguration", "ServerConfiguration",
                  "NetworkConfiguration", "CacheInvalidationConfiguration", "OtherConfigurations",
                  "ExtensionPointConfigurations"));
  EXPECT_THAT(document.Find("ServiceConfiguration/CompilerServerHostname"),
              PlainValue("10.0.0.11"));
  EXPECT_THAT(document.Find("ServerConfiguration/ApplicationServerPort"), PlainValue("80"));
  EXPECT_THAT(document.Find("CacheInvalidationConfiguration/VirtualHost"),
              PlainValue("/outsystems"));
  EXPECT_THAT(document.Find("OtherConfigurations/InstallationDir"),
              PlainValue("C:\\Program Files\\OutSystems\\Platform Server\\"));
  EXPECT_THAT(document.Find("CacheInvalidationConfiguration/TlsServerCanonicalName"),
              PlainValue(""));
  EXPECT_THAT(document.Find("PlatformDatabaseConfiguration/AdminPassword"),
              IsOkAndHolds(Field(&Value::encrypted, Eq(true))));
}

TEST_P(RealisticFile, NamesWhatIsMissing) {
  const ConfigurationDocument document = ParseDocument(ReadTestdata(GetParam()));
  EXPECT_THAT(document.Find("NoSection/Key"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("section \"NoSection\"")));
  // Letter case counts.
  EXPECT_THAT(document.Find("ServiceConfiguration/compilerserverhostname"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("\"ServiceConfiguration/compilerserverhostname\"")));
}

TEST_P(RealisticFile, ElementRangesCoverTheirTags) {
  const ConfigurationDocument document = ParseDocument(ReadTestdata(GetParam()));
  for (const ConfigurationSection& section : document.tree().sections) {
    for (const ConfigurationKey& key : section.keys) {
      const ConfigurationElement& element = key.element;
      const std::string text =
          document.bytes().substr(element.bytes.begin, element.bytes.end - element.bytes.begin);
      EXPECT_THAT(text, testing::StartsWith("<" + element.name));
      EXPECT_THAT(text, testing::EndsWith("</" + element.name + ">"));
      EXPECT_EQ(key.value, document.bytes().substr(element.content.begin,
                                                   element.content.end - element.content.begin));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, RealisticFile,
                         testing::Values("server-windows.hsconf", "server-linux.hsconf"));

struct ValueRow {
  const char* key;  // the whole element <K>
  const char* value;
  bool encrypted = false;
};

TEST(ConfigurationDocument, DecodesValues) {
  const std::vector<ValueRow> rows = {
      {"<K>plain</K>", "plain"},
      {"<K/>", ""},
      {"<K a='/'/>", ""},
      {"<K a='/'>x</K>", "x"},
      {"<K></K>", ""},
      {"<K> two  blanks </K>", " two  blanks "},
      {"<K>a &amp; b &lt;c&gt; &quot;d&quot; &apos;e&apos;</K>", "a & b <c> \"d\" 'e'"},
      {"<K>a&#10;b&#x20AC;</K>", "a\nb\xE2\x82\xAC"},
      {"<K>a\r\nb\rc</K>", "a\nb\nc"},
      {"<K><![CDATA[<a> & ]] ]]>tail</K>", "<a> & ]] tail"},
      {"<K>a<!-- > ' \" -->b<?pi x?>c</K>", "abc"},
      {"<K\n  x = \"a > b\"\n\tencrypted = 'true' >c</K >", "c", true},
      {"<K encrypted=\"true\" x='encrypted=\"false\"'>c</K>", "c", true},
      {"<K encrypted=\" True \">c</K>", "c", true},
      {"<K encrypted=\"false\">c</K>", "c"},
      {"<K encrypted=\"\">c</K>", "c"},
      {"<K Encrypted=\"true\">c</K>", "c"},
      {"<K encrypted=\"&#116;rue\"/>", "", true},
      {"<K>\xC3\xA9\xF0\x9F\x98\x80</K>", "\xC3\xA9\xF0\x9F\x98\x80"},
  };
  for (const ValueRow& row : rows) {
    for (const char* mark : {"", "\xEF\xBB\xBF"}) {
      const ConfigurationDocument document =
          ParseDocument(absl::StrCat(mark, "<R><S>", row.key, "</S></R>"));
      EXPECT_THAT(document.Find("S/K"),
                  IsOkAndHolds(AllOf(Field(&Value::value, Eq(row.value)),
                                     Field(&Value::encrypted, Eq(row.encrypted)))))
          << row.key;
    }
  }
}

struct RefusedRow {
  std::string bytes;
  const char* message;
};

TEST(ConfigurationDocument, RefusesWithLineAndColumn) {
  const std::string billion_laughs =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;\">]>\n"
      "<R><S><K>&b;</K></S></R>";
  const std::string utf16("\xFF\xFE<\0R\0/\0>\0", 10);
  const std::vector<RefusedRow> rows = {
      {"", "line 1, column 1: no element found"},
      {"plain text", "line 1, column 1: syntax error"},
      {"<R>", "line 1, column 4: no element found"},
      {"<R>\n<S></R>", "line 2, column 6: mismatched tag"},
      {"<R></R><R></R>", "line 1, column 8: junk after document element"},
      {"<R><S a='1' a='2'/></R>", "column 13: duplicate attribute"},
      {"<R><S a=1/></R>", "not well-formed"},
      {"<R><S><K>&nbsp;</K></S></R>", "column 10: undefined entity"},
      {"<R><S><K>&#0;</K></S></R>", "reference to invalid character number"},
      {"<R><S><K>]]></K></S></R>", "not well-formed"},
      {"<R><S><K>\xC3(</K></S></R>", "not well-formed"},
      {std::string("<R>\0</R>", 8), "line 1, column 4: not well-formed"},
      {"<!DOCTYPE R><R/>", "line 1, column 12: a DOCTYPE is not accepted"},
      {"<!DOCTYPE R SYSTEM \"file:///etc/passwd\"><R/>", "a DOCTYPE is not accepted"},
      {billion_laughs, "line 2, column 16: a DOCTYPE is not accepted"},
      {"<?xml version='1.0' encoding='utf-16'?><R/>", "declares the encoding \"utf-16\""},
      {"<?xml version='1.0' encoding='ISO-8859-1'?><R/>", "declares the encoding \"ISO-8859-1\""},
      {utf16, "the file is UTF-16"},
      {utf16.substr(2), "the file is UTF-16"},
      {std::string("\xFE\xFF\0<\0R\0/\0>", 10), "the file is UTF-16"},
  };
  for (const RefusedRow& row : rows) {
    EXPECT_THAT(ConfigurationDocument::Parse(row.bytes),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(row.message)))
        << row.bytes;
  }
}

std::string Repeat(absl::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) absl::StrAppend(&out, text);
  return out;
}

// A document whose innermost element is `depth` elements deep.
std::string Nested(int depth) { return Repeat("<N>", depth) + Repeat("</N>", depth); }

TEST(ConfigurationDocument, AcceptsFilesUpToItsLimits) {
  EXPECT_OK(ConfigurationDocument::Parse(Nested(kConfigurationDepthMax)));
  EXPECT_THAT(ConfigurationDocument::Parse(Nested(kConfigurationDepthMax + 1)),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("deeper than 16")));

  const std::string keys = Repeat("<K/>", kConfigurationKeysMax);
  EXPECT_OK(ConfigurationDocument::Parse(absl::StrCat("<R><S>", keys, "</S></R>")));
  EXPECT_THAT(ConfigurationDocument::Parse(absl::StrCat("<R><S>", keys, "</S><T><K/></T></R>")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("more than 10000 keys")));

  const std::string sections = Repeat("<S/>", kConfigurationSectionsMax);
  EXPECT_OK(ConfigurationDocument::Parse(absl::StrCat("<R>", sections, "</R>")));
  EXPECT_THAT(
      ConfigurationDocument::Parse(absl::StrCat("<R>", sections, "<S/></R>")),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("more than 1000 sections")));

  const std::string padding(kConfigurationBytesMax - 4, ' ');
  EXPECT_OK(ConfigurationDocument::Parse("<R/>" + padding));
  EXPECT_THAT(ConfigurationDocument::Parse("<R/>" + padding + " "),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("the limit is 16777216")));
}

TEST(ConfigurationDocument, NamesWhatIsAmbiguousOnlyWhenAsked) {
  const ConfigurationDocument document =
      ParseDocument("<R><S><K>1</K><L>2</L><K>3</K></S><T><K>4</K></T><T/></R>");
  EXPECT_THAT(document.Find("S/L"), PlainValue("2"));
  EXPECT_THAT(document.Find("S/K"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("\"S/K\" occurs more")));
  EXPECT_THAT(document.Find("T/K"), StatusIs(absl::StatusCode::kFailedPrecondition,
                                             HasSubstr("section \"T\" occurs more")));
  EXPECT_THAT(document.ComparableDigest("S", {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("\"S/K\" occurs more")));
  EXPECT_OK(document.ComparableDigest("S", {"S/K"}));
}

TEST(ConfigurationDocument, RefusesPathsAndKeysThatAreNoValues) {
  const ConfigurationDocument document = ParseDocument("<R><S><K>1<X/></K></S></R>");
  EXPECT_THAT(document.Find("S/K"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("\"S/K\" holds elements")));
  for (const char* path : {"", "S", "/", "S/", "/K", "S/K/X"}) {
    EXPECT_THAT(document.Find(path),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Section/Key")))
        << path;
  }
}

std::string Digest(absl::string_view section, const std::vector<std::string>& excluded = {}) {
  const auto digest =
      ParseDocument(absl::StrCat("<R>", section, "</R>")).ComparableDigest("S", excluded);
  EXPECT_OK(digest);
  return digest.value_or("");
}

TEST(ComparableDigest, IgnoresHowTheFileIsWritten) {
  const std::string digest = Digest("<S p='1' q='2'><A>x &gt; y</A><B></B></S>");
  EXPECT_EQ(digest.size(), 32);
  for (const char* same : {
           "<S q=\"2\"  p=\"1\">\r\n  <B/>\r\n  <!-- why --><A><![CDATA[x > y]]></A>\r\n</S>",
           "<S p='1' q='2'><A encrypted='false'>x &#62; y</A><B encrypted='false'/></S>",
       }) {
    EXPECT_EQ(Digest(same), digest) << same;
  }
}

TEST(ComparableDigest, TellsContentsApart) {
  const std::string digest = Digest("<S p='1'><A>x</A><B>y</B></S>");
  for (const char* other : {
           "<S p='2'><A>x</A><B>y</B></S>",
           "<S><A>x</A><B>y</B></S>",
           "<S p='1'><A>X</A><B>y</B></S>",
           "<S p='1'><a>x</a><B>y</B></S>",
           "<S p='1'><A>x </A><B>y</B></S>",
           "<S p='1'><A>x</A></S>",
           "<S p='1'><A>x</A><B>y</B><C/></S>",
           "<S p='1'><A>y</A><B>x</B></S>",
           "<S p='1'><A>x</A><B encrypted='true'>y</B></S>",
           "<S><p>1</p><A>x</A><B>y</B></S>",
       }) {
    EXPECT_THAT(Digest(other), Ne(digest)) << other;
  }
  EXPECT_THAT(Digest("<S><A>x<X a='1'/></A></S>"), Ne(Digest("<S><A>x<X a='2'/></A></S>")));
  EXPECT_THAT(Digest("<S><A><X>1</X></A></S>"), Ne(Digest("<S><A><X/>1</A></S>")));
}

TEST(ComparableDigest, OfAnEncryptedValueOnlyItsPresenceCounts) {
  EXPECT_EQ(Digest("<S><P encrypted='true'>$2$one</P></S>"),
            Digest("<S><P encrypted='true'>$2$two</P></S>"));
  EXPECT_THAT(Digest("<S><P encrypted='true'>$2$one</P></S>"), Ne(Digest("<S/>")));
}

TEST(ComparableDigest, LeavesOutExcludedKeys) {
  EXPECT_EQ(Digest("<S><A>1</A><B>x</B></S>", {"S/A", "T/B"}),
            Digest("<S><A>2</A><B>x</B></S>", {"S/A"}));
  EXPECT_EQ(Digest("<S><A>1</A><B>x</B></S>", {"S/A"}), Digest("<S><B>x</B></S>"));
  EXPECT_THAT(ParseDocument("<R/>").ComparableDigest("S", {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("section \"S\"")));
}

TEST(ComparableDigest, IsTheSameForBothRealisticFiles) {
  const ConfigurationDocument first = ParseDocument(ReadTestdata("server-windows.hsconf"));
  const ConfigurationDocument second = ParseDocument(ReadTestdata("server-linux.hsconf"));
  for (const std::string& section : first.SectionNames()) {
    EXPECT_EQ(first.ComparableDigest(section, {}).value(),
              second.ComparableDigest(section, {}).value())
        << section;
  }
}

}  // namespace
}  // namespace baton
