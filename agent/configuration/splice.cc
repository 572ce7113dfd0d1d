#include "agent/configuration/splice.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "agent/configuration/document.h"

namespace baton {
namespace {

constexpr absl::string_view kBlanks = " \t";
constexpr absl::string_view kDefaultIndentation = "  ";

absl::string_view TextIn(absl::string_view bytes, ByteRange range) {
  return bytes.substr(range.begin, range.end - range.begin);
}

std::string LeafElement(absl::string_view name, absl::string_view value) {
  return absl::StrCat("<", name, ">", EscapeXml(value), "</", name, ">");
}

// Gives a self-closing element content and an end tag.
Splice OpenSelfClosing(absl::string_view bytes, const ConfigurationElement& element,
                       absl::string_view content) {
  const absl::string_view tag = TextIn(bytes, element.bytes);
  const absl::string_view kept = absl::StripTrailingAsciiWhitespace(tag.substr(0, tag.size() - 2));
  return {{element.bytes.begin + kept.size(), element.bytes.end},
          absl::StrCat(">", content, "</", element.name, ">")};
}

// The line break that the file uses first.
absl::string_view LineBreak(absl::string_view bytes) {
  const size_t line_feed = bytes.find('\n');
  const bool crlf =
      line_feed != absl::string_view::npos && line_feed > 0 && bytes[line_feed - 1] == '\r';
  return crlf ? "\r\n" : "\n";
}

// The blanks before an element that is the first thing on its line; nothing if it is not.
std::optional<std::string> Indentation(absl::string_view bytes,
                                       const ConfigurationElement& element) {
  const absl::string_view before = bytes.substr(0, element.bytes.begin);
  const size_t line_feed = before.rfind('\n');
  if (line_feed == absl::string_view::npos) return std::nullopt;
  const absl::string_view indentation = before.substr(line_feed + 1);
  if (indentation.find_first_not_of(kBlanks) != absl::string_view::npos) return std::nullopt;
  return std::string(indentation);
}

// White space, line break first, that goes before a child of a section or of the root, and before
// the parent's end tag. Empty where the neighbours share one line.
struct Layout {
  std::string child_lead;
  std::string parent_lead;
};

// The lead of a child whose parent has this lead. A section's own indentation is one step; the root
// has none to go by.
std::string OneStepDeeper(absl::string_view lead) {
  if (lead.empty()) return "";
  const absl::string_view indentation = lead.substr(lead.find('\n') + 1);
  return absl::StrCat(lead, indentation.empty() ? kDefaultIndentation : indentation);
}

// `sibling` is the last child, if there is one.
Layout LayoutIn(absl::string_view bytes, const ConfigurationElement& parent,
                const ConfigurationElement* sibling) {
  const absl::string_view line_break = LineBreak(bytes);
  const auto lead = [bytes, line_break](const ConfigurationElement& element) {
    const std::optional<std::string> indentation = Indentation(bytes, element);
    return indentation.has_value() ? absl::StrCat(line_break, *indentation) : "";
  };
  Layout layout;
  layout.parent_lead = lead(parent);
  layout.child_lead = sibling != nullptr ? lead(*sibling) : OneStepDeeper(layout.parent_lead);
  return layout;
}

// Adds a child behind everything else in its parent, comments included.
Splice InsertLast(absl::string_view bytes, const ConfigurationElement& parent, const Layout& layout,
                  absl::string_view child) {
  const std::string first = absl::StrCat(layout.child_lead, child, layout.parent_lead);
  if (parent.self_closing) return OpenSelfClosing(bytes, parent, first);
  const absl::string_view content = TextIn(bytes, parent.content);
  if (content.empty()) return {parent.content, first};
  const size_t position = parent.content.begin + absl::StripTrailingAsciiWhitespace(content).size();
  return {{position, position}, absl::StrCat(layout.child_lead, child)};
}

}  // namespace

std::string ApplySplices(absl::string_view bytes, const std::vector<Splice>& splices) {
  std::string out;
  size_t copied = 0;
  for (const Splice& splice : splices) {
    absl::StrAppend(&out, TextIn(bytes, {copied, splice.bytes.begin}), splice.text);
    copied = splice.bytes.end;
  }
  absl::StrAppend(&out, bytes.substr(copied));
  return out;
}

std::string EscapeXml(absl::string_view text) {
  // Escaping each ">" takes care of "]]>", which text must not hold.
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

std::vector<Splice> SpliceValue(absl::string_view bytes, const ConfigurationKey& key,
                                absl::string_view value) {
  std::vector<Splice> splices;
  if (IsEncrypted(key)) {
    for (const ConfigurationAttribute& attribute : key.element.attributes) {
      if (attribute.name == "encrypted") splices.push_back({attribute.value_bytes, "false"});
    }
  }
  if (key.value == value) return splices;
  std::string content = EscapeXml(value);
  if (key.element.self_closing) {
    splices.push_back(OpenSelfClosing(bytes, key.element, content));
    return splices;
  }
  for (const ByteRange& remark : key.remarks) absl::StrAppend(&content, TextIn(bytes, remark));
  splices.push_back({key.element.content, std::move(content)});
  return splices;
}

Splice SpliceNewKey(absl::string_view bytes, const ConfigurationSection& section,
                    absl::string_view key, absl::string_view value) {
  const ConfigurationElement* sibling =
      section.keys.empty() ? nullptr : &section.keys.back().element;
  return InsertLast(bytes, section.element, LayoutIn(bytes, section.element, sibling),
                    LeafElement(key, value));
}

Splice SpliceNewSection(absl::string_view bytes, const ConfigurationTree& tree,
                        absl::string_view section, absl::string_view key, absl::string_view value) {
  const ConfigurationElement* sibling =
      tree.sections.empty() ? nullptr : &tree.sections.back().element;
  const Layout layout = LayoutIn(bytes, tree.root, sibling);
  const std::string element =
      absl::StrCat("<", section, ">", OneStepDeeper(layout.child_lead), LeafElement(key, value),
                   layout.child_lead, "</", section, ">");
  return InsertLast(bytes, tree.root, layout, element);
}

}  // namespace baton
