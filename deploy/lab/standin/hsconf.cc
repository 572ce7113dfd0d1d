#include "deploy/lab/standin/hsconf.h"

#include <expat.h>

#include <memory>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kRoot = "EnvironmentConfiguration";
constexpr absl::string_view kNewline = "\r\n";

// Builds the tree from Expat's events. `complaint` is set by the first event that does not fit.
class TreeBuilder {
 public:
  explicit TreeBuilder(XML_Parser parser) : parser_(parser) {}

  void Open(absl::string_view name, XmlAttributes attributes) {
    ++depth_;
    if (depth_ == 1 && name != kRoot) Complain(absl::StrCat("the root element is <", name, ">"));
    if (depth_ == 2) {
      hsconf_.sections.push_back({std::string(name), std::move(attributes), {}});
    } else if (depth_ == 3) {
      hsconf_.sections.back().keys.push_back({std::string(name), std::move(attributes), ""});
    }
    if (depth_ > 3) Complain(absl::StrCat("<", name, "> is nested too deeply"));
  }

  void Close() { --depth_; }

  void Text(absl::string_view text) {
    if (depth_ == 3) absl::StrAppend(&hsconf_.sections.back().keys.back().value, text);
  }

  void Complain(std::string complaint) {
    if (complaint_.empty()) complaint_ = std::move(complaint);
    XML_StopParser(parser_, XML_FALSE);
  }

  const std::string& complaint() const { return complaint_; }
  Hsconf TakeTree() { return std::move(hsconf_); }

 private:
  XML_Parser parser_;
  Hsconf hsconf_;
  int depth_ = 0;
  std::string complaint_;
};

void OnOpen(void* builder, const XML_Char* name, const XML_Char** attributes) {
  XmlAttributes pairs;
  for (; *attributes != nullptr; attributes += 2) pairs.emplace_back(attributes[0], attributes[1]);
  static_cast<TreeBuilder*>(builder)->Open(name, std::move(pairs));
}

void OnClose(void* builder, const XML_Char* /*name*/) {
  static_cast<TreeBuilder*>(builder)->Close();
}

void OnText(void* builder, const XML_Char* text, int length) {
  static_cast<TreeBuilder*>(builder)->Text({text, static_cast<size_t>(length)});
}

void OnDocumentType(void* builder, const XML_Char* /*name*/, const XML_Char* /*system_id*/,
                    const XML_Char* /*public_id*/, int /*has_internal_subset*/) {
  static_cast<TreeBuilder*>(builder)->Complain("a document type is not allowed");
}

std::string Escape(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

void AppendTag(absl::string_view name, const XmlAttributes& attributes, std::string& out) {
  absl::StrAppend(&out, "<", name);
  for (const auto& [key, value] : attributes) {
    absl::StrAppend(&out, " ", key, "=\"", absl::StrReplaceAll(Escape(value), {{"\"", "&quot;"}}),
                    "\"");
  }
}

void AppendKey(const HsconfKey& key, std::string& out) {
  out.append("    ");
  AppendTag(key.name, key.attributes, out);
  if (key.value.empty()) {
    absl::StrAppend(&out, " />", kNewline);
  } else {
    absl::StrAppend(&out, ">", Escape(key.value), "</", key.name, ">", kNewline);
  }
}

void AppendSection(const HsconfSection& section, std::string& out) {
  out.append("  ");
  AppendTag(section.name, section.attributes, out);
  if (section.keys.empty()) {
    absl::StrAppend(&out, " />", kNewline);
    return;
  }
  absl::StrAppend(&out, ">", kNewline);
  for (const HsconfKey& key : section.keys) AppendKey(key, out);
  absl::StrAppend(&out, "  </", section.name, ">", kNewline);
}

}  // namespace

const HsconfKey* HsconfSection::Find(absl::string_view key) const {
  for (const HsconfKey& candidate : keys) {
    if (candidate.name == key) return &candidate;
  }
  return nullptr;
}

const HsconfSection* Hsconf::FindSection(absl::string_view section) const {
  for (const HsconfSection& candidate : sections) {
    if (candidate.name == section) return &candidate;
  }
  return nullptr;
}

std::string Hsconf::Value(absl::string_view section, absl::string_view key) const {
  const HsconfSection* found = FindSection(section);
  const HsconfKey* found_key = found == nullptr ? nullptr : found->Find(key);
  return found_key == nullptr ? "" : found_key->value;
}

absl::string_view AttributeOf(const XmlAttributes& attributes, absl::string_view name) {
  for (const auto& [key, value] : attributes) {
    if (key == name) return value;
  }
  return "";
}

absl::StatusOr<Hsconf> ParseHsconf(absl::string_view bytes) {
  if (bytes.size() > kHsconfBytesMax) return absl::InvalidArgumentError("the file is too large");
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate(nullptr), &XML_ParserFree);
  TreeBuilder builder(parser.get());
  XML_SetUserData(parser.get(), &builder);
  XML_SetElementHandler(parser.get(), OnOpen, OnClose);
  XML_SetCharacterDataHandler(parser.get(), OnText);
  XML_SetStartDoctypeDeclHandler(parser.get(), OnDocumentType);
  if (XML_Parse(parser.get(), bytes.data(), static_cast<int>(bytes.size()), XML_TRUE) !=
      XML_STATUS_OK) {
    const std::string reason = builder.complaint().empty()
                                   ? XML_ErrorString(XML_GetErrorCode(parser.get()))
                                   : builder.complaint();
    return absl::InvalidArgumentError(
        absl::StrCat("line ", XML_GetCurrentLineNumber(parser.get()), ": ", reason));
  }
  return builder.TakeTree();
}

std::string SerializeHsconf(const Hsconf& hsconf) {
  std::string out = absl::StrCat(kByteOrderMark, "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
                                 kNewline, "<", kRoot, ">", kNewline);
  for (const HsconfSection& section : hsconf.sections) AppendSection(section, out);
  absl::StrAppend(&out, "</", kRoot, ">", kNewline);
  return out;
}

}  // namespace baton::standin
