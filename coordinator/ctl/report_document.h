#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "baton/report/v1/report.pb.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {

// A report as a document: sections of a few kinds of blocks, which Markdown and HTML write each in
// their way. Texts come from hosts, tools and people as they are: the writers make them harmless.

// A piece of text.
struct Words {
  // NOLINTNEXTLINE(google-explicit-constructor)
  Words(std::string t = "", Tone tone_of_text = Tone::kPlain)
      : text(std::move(t)), tone(tone_of_text) {}
  Words(const char* t) : Words(std::string(t)) {}  // NOLINT(google-explicit-constructor)

  std::string text;
  Tone tone;
  bool code = false;  // a name or value that must be read letter for letter
};

// The same, as code.
Words Code(std::string text, Tone tone = Tone::kPlain);

// A paragraph.
struct Paragraph {
  Words words;
};

// A few numbers that everybody looks for first.
struct Figure {
  std::string label;
  std::string value;
  std::string note;
  Tone tone = Tone::kPlain;
};
struct Figures {
  std::vector<Figure> figures;
};

// Names and values.
struct Facts {
  std::vector<std::pair<std::string, Words>> facts;
};

// A part of the time that a document is about, from 0 to 1.
struct Bar {
  double begin = 0;
  double end = 0;
};

// Rows under a header. `bars` are drawn beside the rows where the form can draw: one a row, or
// none.
struct Grid {
  std::vector<std::string> header;
  std::vector<std::vector<Words>> rows;
  std::vector<Bar> bars;
};

// One thing of several in a section: a title with a mark, facts, and what a tool wrote, if one did.
struct Entry {
  Words title;
  Words mark;
  Facts facts;
  std::string output;
};

using Block = std::variant<Paragraph, Figures, Facts, Grid, Entry>;

struct Section {
  std::string title;
  std::vector<Block> blocks;
};

struct Document {
  std::string title;
  std::string subtitle;
  Words verdict;              // a word or two
  std::string verdict_words;  // the same in a sentence
  std::vector<Section> sections;
  std::string footer;
};

// The document of a report, with local times in `zone`. Pure.
Document MakeReportDocument(const report::v1::RunReport& report, absl::TimeZone zone);

// The document in GitHub's Markdown, and as one HTML file that refers to nothing outside it. Pure.
std::string WriteMarkdown(const Document& document);
std::string WriteHtml(const Document& document);

}  // namespace baton::ctl
