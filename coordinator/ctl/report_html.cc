#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "coordinator/ctl/report_css.h"
#include "coordinator/ctl/report_document.h"

namespace baton::ctl {
namespace {

// Text as HTML shows it and nothing else: no character of it can begin an element, an entity or the
// end of an attribute.
std::string Escape(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// One line of text from outside.
std::string Safe(absl::string_view text) { return Escape(Clean(text)); }

absl::string_view ClassOf(Tone tone) {
  switch (tone) {
    case Tone::kStrong:
      return "strong";
    case Tone::kDim:
      return "dim";
    case Tone::kGood:
      return "good";
    case Tone::kWarn:
      return "warn";
    case Tone::kBad:
      return "bad";
    default:
      return "plain";
  }
}

std::string Write(const Words& words) {
  if (words.text.empty()) return "";
  const absl::string_view element = words.code ? "code" : "span";
  if (!words.code && words.tone == Tone::kPlain) return Safe(words.text);
  return absl::StrCat("<", element, " class=\"", ClassOf(words.tone), "\">", Safe(words.text), "</",
                      element, ">");
}

std::string WriteBlock(const Paragraph& paragraph) {
  return absl::StrCat("<p>", Write(paragraph.words), "</p>\n");
}

std::string WriteBlock(const Figures& figures) {
  std::string html = "<div class=\"figures\">\n";
  for (const Figure& figure : figures.figures) {
    absl::StrAppend(&html, "<div class=\"figure ", ClassOf(figure.tone), "\"><div class=\"label\">",
                    Safe(figure.label), "</div><div class=\"value\">", Safe(figure.value),
                    "</div><div class=\"note\">", Safe(figure.note), "</div></div>\n");
  }
  return absl::StrCat(html, "</div>\n");
}

std::string WriteBlock(const Facts& facts) {
  std::string html = "<dl>\n";
  for (const auto& [name, value] : facts.facts) {
    absl::StrAppend(&html, "<dt>", Safe(name), "</dt><dd>", Write(value), "</dd>\n");
  }
  return absl::StrCat(html, "</dl>\n");
}

std::string WriteBar(const Bar& bar) {
  // So narrow that a step that took no time can still be seen.
  constexpr double kWidthMin = 0.004;
  if (bar.end <= 0) return "<td class=\"bar\"></td>";
  const double width = std::max(kWidthMin, bar.end - bar.begin);
  return absl::StrFormat("<td class=\"bar\"><i style=\"margin-left:%.1f%%;width:%.1f%%\"></i></td>",
                         100 * std::min(bar.begin, 1 - kWidthMin), 100 * width);
}

std::string WriteBlock(const Grid& grid) {
  std::string html = "<table>\n<thead><tr>";
  for (const std::string& name : grid.header) absl::StrAppend(&html, "<th>", Safe(name), "</th>");
  if (!grid.bars.empty()) absl::StrAppend(&html, "<th class=\"bar\">When</th>");
  absl::StrAppend(&html, "</tr></thead>\n<tbody>\n");
  for (size_t i = 0; i < grid.rows.size(); ++i) {
    absl::StrAppend(&html, "<tr>");
    for (const Words& words : grid.rows[i]) absl::StrAppend(&html, "<td>", Write(words), "</td>");
    if (i < grid.bars.size()) absl::StrAppend(&html, WriteBar(grid.bars[i]));
    absl::StrAppend(&html, "</tr>\n");
  }
  return absl::StrCat(html, "</tbody>\n</table>\n");
}

std::string WriteBlock(const Entry& entry) {
  std::string html = absl::StrCat("<article>\n<h3>", Write(entry.title), " ", Write(entry.mark),
                                  "</h3>\n", WriteBlock(entry.facts));
  if (!entry.output.empty()) {
    absl::StrAppend(&html, "<pre>", Escape(entry.output), "</pre>\n");
  }
  return absl::StrCat(html, "</article>\n");
}

std::string WriteHead(const Document& document) {
  // Nothing is loaded and nothing runs, whatever might ever slip through.
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
      Safe(document.title), ": ", Safe(document.subtitle), "</title>\n<style>\n", ReportCss(),
      "</style>\n</head>\n");
}

}  // namespace

std::string WriteHtml(const Document& document) {
  std::string html = absl::StrCat(
      WriteHead(document), "<body>\n<header class=\"", ClassOf(document.verdict.tone), "\">\n<h1>",
      Safe(document.title), "</h1>\n<p class=\"subtitle\">", Safe(document.subtitle),
      "</p>\n<p class=\"verdict\"><span class=\"badge\">", Safe(document.verdict.text), "</span> ",
      Safe(document.verdict_words), "</p>\n</header>\n<main>\n");
  for (const Section& section : document.sections) {
    absl::StrAppend(&html, "<section>\n<h2>", Safe(section.title), "</h2>\n");
    for (const Block& block : section.blocks) {
      absl::StrAppend(&html, std::visit([](const auto& b) { return WriteBlock(b); }, block));
    }
    absl::StrAppend(&html, "</section>\n");
  }
  return absl::StrCat(html, "</main>\n<footer>", Safe(document.footer),
                      "</footer>\n</body>\n</html>\n");
}

}  // namespace baton::ctl
