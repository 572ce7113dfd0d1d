#include "agent/configuration/edit.h"

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/hash/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/agent/configuration/testdata.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class RealisticFile : public testing::TestWithParam<const char*> {};

TEST_P(RealisticFile, ChangesOnlyWhatTheEditsAreAbout) {
  const std::string before = ReadTestdata(GetParam());
  const std::vector<Edit> edits = {
      {"ServiceConfiguration/CompilerServerHostname", "10.0.0.12"},
      {"CacheInvalidationConfiguration/ServiceHost", "10.0.0.12"},
      {"CacheInvalidationConfiguration/ServicePassword", "p&<w>"},
      {"CacheInvalidationConfiguration/TlsEnabled", "False"},
  };
  ASSERT_OK_AND_ASSIGN(const std::string after, ApplyEdits(ParseDocument(before), edits));
  const size_t password = before.find("\"true\"", before.find("<ServiceHost")) + 7;
  const std::string ciphertext = before.substr(password, before.find('<', password) - password);
  EXPECT_EQ(after, absl::StrReplaceAll(
                       before, {{"Hostname>10.0.0.11<", "Hostname>10.0.0.12<"},
                                {"<ServiceHost encrypted=\"false\">10.0.0.11<",
                                 "<ServiceHost encrypted=\"false\">10.0.0.12<"},
                                {absl::StrCat("<ServicePassword encrypted=\"true\">", ciphertext),
                                 "<ServicePassword encrypted=\"false\">p&amp;&lt;w&gt;"}}));
}

TEST_P(RealisticFile, AddsWhatIsMissingInTheFilesOwnStyle) {
  const std::string before = ReadTestdata(GetParam());
  const std::vector<Edit> edits = {
      {"ServiceConfiguration/New", "1", true},
      {"Added/First", "2", true},
      {"Added/Second", "3", true},
  };
  ASSERT_OK_AND_ASSIGN(std::string after, ApplyEdits(ParseDocument(before), edits));
  // Which line breaks the additions have is what is left once all others are taken away.
  const bool crlf = before.find("\r\n") != std::string::npos;
  EXPECT_EQ(absl::StrReplaceAll(after, {{"\r\n", ""}}).find('\n') == std::string::npos, crlf);
  after = absl::StrReplaceAll(after, {{"\r\n", "\n"}});
  EXPECT_EQ(
      after,
      absl::StrReplaceAll(
          before, {{"\r\n", "\n"},
                   {"</SupportAsynchronousLog>", "</SupportAsynchronousLog>\n    <New>1</New>"},
                   {"<ExtensionPointConfigurations />",
                    "<ExtensionPointConfigurations />\n  <Added>\n"
                    "    <First>2</First>\n    <Second>3</Second>\n  </Added>"}}));
}

TEST_P(RealisticFile, StaysAsItIsWhereEveryValueIsThere) {
  const ConfigurationDocument document = ParseDocument(ReadTestdata(GetParam()));
  EXPECT_THAT(ApplyEdits(document, {{"ServiceConfiguration/CompilerServerHostname", "10.0.0.11"},
                                    {"CacheInvalidationConfiguration/ServicePort", "5672", true},
                                    {"SessionDatabaseConfiguration/SessionAdvancedSettings", ""}}),
              IsOkAndHolds(document.bytes()));
  EXPECT_THAT(ApplyEdits(document, {}), IsOkAndHolds(document.bytes()));
}

INSTANTIATE_TEST_SUITE_P(Files, RealisticFile,
                         testing::Values("server-windows.hsconf", "server-linux.hsconf"));

struct RefusedRow {
  std::vector<Edit> edits;
  absl::StatusCode code;
  const char* message;
};

TEST(ApplyEdits, RefusesAllWhenOneCannotBeDone) {
  const ConfigurationDocument document =
      ParseDocument("<R><S><A>1</A><D/><D/><N><X/></N></S><T/><T/></R>");
  const auto kInvalid = absl::StatusCode::kInvalidArgument;
  const std::vector<RefusedRow> rows = {
      {{{"S/A", "2"}, {"S/B", "x"}}, absl::StatusCode::kNotFound, "key \"S/B\" does not exist"},
      {{{"U/A", "x"}}, absl::StatusCode::kNotFound, "section \"U\" does not exist"},
      {{{"S/D", "x", true}}, absl::StatusCode::kFailedPrecondition, "\"S/D\" occurs more"},
      {{{"T/A", "x", true}}, absl::StatusCode::kFailedPrecondition, "\"T\" occurs more"},
      {{{"S/N", "x"}}, absl::StatusCode::kFailedPrecondition, "\"S/N\" holds elements"},
      {{{"S", "x"}}, kInvalid, "\"S\" is not of the form"},
      {{{"S/A", "2"}, {"S/A", "3"}}, kInvalid, "two edits of S/A"},
      {{{"S/A", "a\nb"}}, kInvalid, "value for S/A holds a control character"},
      {{{"S/A", "a\tb"}}, kInvalid, "control character"},
      {{{"S/A", std::string("a\0b", 3)}}, kInvalid, "control character"},
      {{{"S/A", "a\x7F"}}, kInvalid, "control character"},
      {{{"S/A", "\xC3("}}, kInvalid, "value for S/A is not UTF-8"},
      {{{"S/A", "\xED\xA0\x80"}}, kInvalid, "not UTF-8"},  // a surrogate
      {{{"S/A", "\xC0\x80"}}, kInvalid, "not UTF-8"},      // an overlong zero
      {{{"S/A", "\xEF\xBF\xBF"}}, kInvalid, "not UTF-8"},  // U+FFFF
      {{{"S/A", std::string(kConfigurationValueBytesMax + 1, 'x')}},
       kInvalid,
       "the limit is 65536"},
      {{{"S/a b", "x", true}}, kInvalid, "cannot create \"a b\""},
      {{{"S/1", "x", true}}, kInvalid, "cannot create \"1\""},
      {{{"U>/A", "x", true}}, kInvalid, "cannot create \"U>\""},
      {{{"U/\xC3\xA9", "x", true}}, kInvalid, "cannot create \"\xC3\xA9\""},
      {std::vector<Edit>(kConfigurationEditsMax + 1), kInvalid, "65 edits; the limit is 64"},
  };
  for (const RefusedRow& row : rows) {
    EXPECT_THAT(ApplyEdits(document, row.edits), StatusIs(row.code, HasSubstr(row.message)))
        << row.message;
  }
}

TEST(ApplyEdits, NeverQuotesAValueInAnError) {
  const ConfigurationDocument document = ParseDocument("<R><S><A>1</A></S></R>");
  for (const Edit& edit :
       {Edit{"S/B", "hunter2"}, Edit{"S/A", "hunter2\n"}, Edit{"S/A", "hunter2\xFF"}}) {
    const auto result = ApplyEdits(document, {edit});
    ASSERT_FALSE(result.ok());
    EXPECT_THAT(std::string(result.status().message()), Not(HasSubstr("hunter2")));
  }
}

TEST(ApplyEdits, AcceptsEveryTextThatXmlCanHold) {
  for (const std::string& value :
       {std::string("&amp;"), std::string("<![CDATA[x]]>"), std::string("]]>"),
        std::string("<!-- -->"), std::string("&#10;"), std::string("  x  "), std::string("\"'"),
        std::string("\xE2\x82\xAC\xF0\x9F\x98\x80"),
        std::string(kConfigurationValueBytesMax, '&')}) {
    ASSERT_OK_AND_ASSIGN(const std::string after,
                         ApplyEdits(ParseDocument("<R><S><A>1</A></S></R>"), {{"S/A", value}}));
    EXPECT_EQ(ParseDocument(after).Find("S/A")->value, value);
  }
}

TEST(ApplyEdits, RefusesToCarryAFileOverItsLimits) {
  const std::string start = "<R><S><K/></S></R>";
  const ConfigurationDocument document =
      ParseDocument(start + std::string(kConfigurationBytesMax - start.size(), ' '));
  EXPECT_THAT(ApplyEdits(document, {{"S/K", "value"}}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("after the edit of S/K"), HasSubstr("16777216"))));
}

TEST(DigestWithoutSecrets, IsTheSameWhateverThePlaintextIs) {
  const auto digest = [](const std::string& key) {
    return DigestWithoutSecrets("<R><S><A>1</A>" + key + "</S></R>", {"S/P", "S/None", "T/None"});
  };
  const std::string blank = digest("<P></P>");
  EXPECT_EQ(blank, Sha256("<R><S><A>1</A><P></P></S></R>"));
  EXPECT_EQ(digest("<P>hunter2</P>"), blank);
  EXPECT_EQ(digest("<P>correct horse</P>"), blank);
  EXPECT_EQ(digest("<P encrypted=\"false\">hunter2</P>"), digest("<P encrypted=\"false\"></P>"));
  // Ciphertext tells nothing, and that it changes is worth seeing.
  EXPECT_NE(digest("<P encrypted=\"true\">$2$a</P>"), digest("<P encrypted=\"true\">$2$b</P>"));
  EXPECT_EQ(DigestWithoutSecrets("<R>", {"S/P"}), Sha256("<R>"));
}

TEST(PlannedDigest, IsTheDigestOfWhatTheEditsGive) {
  EXPECT_THAT(PlannedDigest("<R><S><A>1</A></S></R>", {{"S/A", "2"}}, {}),
              IsOkAndHolds(Sha256("<R><S><A>2</A></S></R>")));
  EXPECT_THAT(PlannedDigest("<R><S><A>1</A></S></R>", {{"S/A", "2"}}, {"S/A"}),
              IsOkAndHolds(Sha256("<R><S><A></A></S></R>")));
  EXPECT_THAT(PlannedDigest("<R>", {}, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no element found")));
}

// Documents built from pieces in all the ways that XML allows, which know where their keys stand.
struct GeneratedKey {
  std::string path;
  std::string value;
  size_t begin = 0;  // of the element
  size_t end = 0;
};

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string Document() {
    line_break_ = Pick({"\n", "\r\n", ""});
    step_ = line_break_.empty() ? "" : Pick({"  ", "\t", " ", ""});
    out_ = Pick({"", "\xEF\xBB\xBF"});
    Add({Pick({"", "<?xml version=\"1.0\" encoding=\"utf-8\"?>", "<?xml version='1.0'?>"}),
         line_break_, Pick({"", "<!-- <S0><K0>no</K0></S0> -->", "<?pi <S0> ?>"}), "<Root",
         Pick({"", " a='>'", "\tb=\"'\" "}), ">"});
    const unsigned sections = Below(4);
    for (unsigned i = 0; i < sections; ++i) Section(absl::StrCat("S", i));
    Add({line_break_, "</Root", Pick({"", " ", line_break_}), ">",
         Pick({"", "\n", "<!-- end -->"})});
    return out_;
  }

  std::string Value() {
    std::string value;
    for (unsigned left = Below(5); left > 0; --left) {
      value += Pick({"a", "Zz9", "&", "<", ">", "]]>", "\"", "'", " ", "&amp;", "\xC3\xA9",
                     "\xF0\x9F\x98\x80", "<![CDATA[", "-->", "10.0.0.12"});
    }
    return value;
  }

  const std::vector<GeneratedKey>& keys() const { return keys_; }
  unsigned Below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

 private:
  struct Text {
    const char* raw;
    const char* value;
  };

  std::string Pick(const std::vector<std::string>& choices) {
    return choices[Below(static_cast<unsigned>(choices.size()))];
  }

  void Add(const std::vector<std::string>& pieces) {
    for (const std::string& piece : pieces) out_ += piece;
  }

  void Section(const std::string& name) {
    Add({line_break_, step_, "<", name, Pick({"", " ProviderKey=\"SqlServer\"", " "})});
    if (Below(8) == 0) return Add({"/>"});
    Add({">"});
    const unsigned keys = Below(5);
    for (unsigned i = 0; i < keys; ++i) {
      Add({line_break_, step_, step_, Pick({"", "", "<!-- before -->"})});
      Key(name, absl::StrCat("K", i));
      Add({Pick({"", "", " <!-- <K0/> -->", "<?pi?>"})});
    }
    Add({Pick({line_break_ + step_, "", " "}), "</", name, ">"});
  }

  void Key(const std::string& section, const std::string& name) {
    static constexpr Text kTexts[] = {{"plain", "plain"},
                                      {"&amp;&lt;", "&<"},
                                      {"&#x41;", "A"},
                                      {"<!-- c > < -->", ""},
                                      {"<![CDATA[<&]]>", "<&"},
                                      {"<?pi > ?>", ""},
                                      {" ", " "},
                                      {"\r\n", "\n"},
                                      {"\xE2\x82\xAC", "\xE2\x82\xAC"},
                                      {">", ">"},
                                      {"$2$eCyB+BDh==", "$2$eCyB+BDh=="}};
    GeneratedKey key{absl::StrCat(section, "/", name), "", out_.size(), 0};
    Add({"<", name, Pick({"", " x='K>'", "\ty = \"a/>\"", " x=''"}),
         Pick({"", " encrypted=\"true\"", " encrypted='false'", "\nencrypted = 'true' "})});
    if (Below(6) == 0) {
      Add({Pick({"/>", " />"})});
    } else {
      Add({">"});
      for (unsigned left = Below(4); left > 0; --left) {
        const Text& text = kTexts[Below(std::size(kTexts))];
        out_ += text.raw;
        key.value += text.value;
      }
      Add({"</", name, Pick({"", " "}), ">"});
    }
    key.end = out_.size();
    keys_.push_back(key);
  }

  std::mt19937 random_;
  std::string line_break_;
  std::string step_;
  std::string out_;
  std::vector<GeneratedKey> keys_;
};

constexpr unsigned kDocuments = 3'000;

TEST(ApplyEditsProperty, ReadsBackAndKeepsEveryOtherByte) {
  unsigned edited = 0;
  for (unsigned seed = 0; seed < kDocuments; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Generator generator(seed);
    const ConfigurationDocument document = ParseDocument(generator.Document());
    const std::string& before = document.bytes();
    for (const GeneratedKey& key : generator.keys()) {
      ASSERT_EQ(document.Find(key.path)->value, key.value) << before;
    }
    if (generator.keys().empty()) continue;
    const GeneratedKey& key =
        generator.keys()[generator.Below(static_cast<unsigned>(generator.keys().size()))];
    const std::string value = generator.Value();
    ASSERT_OK_AND_ASSIGN(const std::string after, ApplyEdits(document, {{key.path, value}}));
    ++edited;
    ASSERT_THAT(after, StartsWith(before.substr(0, key.begin)));
    ASSERT_THAT(after, EndsWith(before.substr(key.end)));
    const ConfigurationDocument changed = ParseDocument(after);
    for (const GeneratedKey& other : generator.keys()) {
      const auto found = changed.Find(other.path);
      ASSERT_EQ(found->value, other.path == key.path ? value : other.value) << after;
      ASSERT_EQ(found->encrypted, other.path != key.path && document.Find(other.path)->encrypted)
          << after;
    }
    // A second time there is nothing left to do.
    ASSERT_THAT(ApplyEdits(changed, {{key.path, value}}), IsOkAndHolds(after));
  }
  EXPECT_GT(edited, kDocuments / 2);
}

TEST(ApplyEditsProperty, AddsWithoutTouchingWhatIsThere) {
  for (unsigned seed = 0; seed < kDocuments; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Generator generator(seed);
    const ConfigurationDocument document = ParseDocument(generator.Document());
    const std::string path = absl::StrCat("S", generator.Below(4), "/Added");
    const std::string value = generator.Value();
    ASSERT_OK_AND_ASSIGN(const std::string after, ApplyEdits(document, {{path, value, true}}));
    const ConfigurationDocument changed = ParseDocument(after);
    ASSERT_EQ(changed.Find(path)->value, value) << after;
    for (const GeneratedKey& key : generator.keys()) {
      ASSERT_EQ(changed.Find(key.path)->value, key.value) << after;
      ASSERT_THAT(after, HasSubstr(document.bytes().substr(key.begin, key.end - key.begin)));
    }
  }
}

}  // namespace
}  // namespace baton
