#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "coordinator/ctl/report_document.h"

namespace baton::ctl {
namespace {

// The text on one line, so that Markdown takes every character for itself.
std::string Escape(absl::string_view text) {
  constexpr absl::string_view kSpecial = "\\`*_[]<#|~&";
  std::string escaped;
  for (const char c : Clean(text)) {
    if (kSpecial.find(c) != absl::string_view::npos) escaped.push_back('\\');
    escaped.push_back(c);
  }
  // Bare addresses would become links.
  return absl::StrReplaceAll(escaped, {{"://", ":\\//"}});
}

// The longest run of backticks in a text.
size_t LongestTicks(absl::string_view text) {
  size_t longest = 0;
  size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// The text as code, between more backticks than it holds. Tables take '|' even there.
std::string CodeSpan(absl::string_view text) {
  std::string code;
  for (const char c : Clean(text)) {
    if (c == '|') code.push_back('\\');
    code.push_back(c);
  }
  const size_t ticks = LongestTicks(code);
  if (ticks == 0) return absl::StrCat("`", code, "`");
  const std::string fence(ticks + 1, '`');
  return absl::StrCat(fence, " ", code, " ", fence);
}

std::string Write(const Words& words) {
  if (words.text.empty()) return "";
  const std::string text = words.code ? CodeSpan(words.text) : Escape(words.text);
  return words.tone == Tone::kBad || words.tone == Tone::kWarn ? absl::StrCat("**", text, "**")
                                                               : text;
}

std::string Row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) absl::StrAppend(&row, " ", cell, " |");
  return absl::StrCat(row, "\n");
}

std::string WriteBlock(const Paragraph& paragraph) {
  return absl::StrCat(Write(paragraph.words), "\n");
}

std::string WriteBlock(const Figures& figures) {
  std::string text = "| | | |\n|---|---|---|\n";
  for (const Figure& figure : figures.figures) {
    absl::StrAppend(&text, Row({Escape(figure.label), Write(Words(figure.value, Tone::kWarn)),
                                Escape(figure.note)}));
  }
  return text;
}

std::string WriteBlock(const Facts& facts) {
  std::string text;
  for (const auto& [name, value] : facts.facts) {
    absl::StrAppend(&text, "- ", Escape(name), ": ", Write(value), "\n");
  }
  return text;
}

std::string WriteBlock(const Grid& grid) {
  std::vector<std::string> cells;
  for (const std::string& name : grid.header) cells.push_back(Escape(name));
  std::string text =
      absl::StrCat(Row(cells), Row(std::vector<std::string>(grid.header.size(), "---")));
  for (const std::vector<Words>& row : grid.rows) {
    cells.clear();
    for (const Words& words : row) cells.push_back(Write(words));
    absl::StrAppend(&text, Row(cells));
  }
  return text;
}

std::string WriteBlock(const Entry& entry) {
  std::string text = absl::StrCat("### ", Write(entry.title), " ", Write(entry.mark), "\n\n",
                                  WriteBlock(entry.facts));
  if (entry.output.empty()) return text;
  const std::string fence(std::max<size_t>(LongestTicks(entry.output) + 1, 3), '`');
  return absl::StrCat(text, "\n", fence, "text\n", entry.output, "\n", fence, "\n");
}

}  // namespace

std::string WriteMarkdown(const Document& document) {
  std::string text =
      absl::StrCat("# ", Escape(document.title), ": ", Escape(document.subtitle), "\n\n**",
                   Escape(document.verdict.text), "**: ", Escape(document.verdict_words), "\n");
  for (const Section& section : document.sections) {
    absl::StrAppend(&text, "\n## ", Escape(section.title), "\n");
    for (const Block& block : section.blocks) {
      absl::StrAppend(&text, "\n", std::visit([](const auto& b) { return WriteBlock(b); }, block));
    }
  }
  return absl::StrCat(text, "\n---\n\n", Escape(document.footer), "\n");
}

}  // namespace baton::ctl
