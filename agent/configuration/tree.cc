#include "agent/configuration/tree.h"

#include <expat.h>

#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

using ExpatParser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)>;

// Where elements stand; deeper ones are part of a key's value.
constexpr int kRootDepth = 0;
constexpr int kSectionDepth = 1;
constexpr int kKeyDepth = 2;

// Brackets of an element within a `nested` key. XML allows neither in text, so that no text can
// look like an element.
constexpr char kNestedBegin = '\x01';
constexpr char kNestedEnd = '\x02';

// The value ranges of all attributes of a start tag, in order. Expat has accepted the tag, and
// names cannot hold quotes: each quote outside of a value begins one.
std::vector<ByteRange> AttributeValues(absl::string_view bytes, ByteRange tag) {
  const absl::string_view text = bytes.substr(tag.begin, tag.end - tag.begin);
  std::vector<ByteRange> values;
  size_t quote = text.find_first_of("\"'");
  while (quote != absl::string_view::npos) {
    const size_t closing = text.find(text[quote], quote + 1);
    if (closing == absl::string_view::npos) break;
    values.push_back({tag.begin + quote + 1, tag.begin + closing});
    quote = text.find_first_of("\"'", closing + 1);
  }
  return values;
}

// Follows Expat through a file and builds the tree. Used for one file.
class TreeBuilder {
 public:
  explicit TreeBuilder(absl::string_view bytes)
      // The name overrides what the file declares; OnDeclaration refuses other declarations.
      : bytes_(bytes), parser_(XML_ParserCreate("UTF-8"), &XML_ParserFree) {}

  absl::StatusOr<ConfigurationTree> Build();

 private:
  // One C function for each handler of Expat.
  template <auto Handler, typename... Args>
  static void Call(void* builder, Args... args) {
    auto* self = static_cast<TreeBuilder*>(builder);
    // Expat may still report a little after it was stopped.
    if (self->status_.ok()) (self->*Handler)(args...);
  }

  void OnDeclaration(const char* version, const char* encoding, int standalone);
  void OnDoctype(const char* name, const char* system_id, const char* public_id, int has_subset);
  void OnStart(const char* name, const char** attributes);
  void OnEnd(const char* name);
  void OnText(const char* text, int size);
  void OnComment(const char* text);
  void OnInstruction(const char* target, const char* text);

  void Register();
  void AddRemark();
  void AddNested(const ConfigurationElement& element);
  void Close(ConfigurationElement& element) const;
  ConfigurationElement MakeElement(const char* name, const char** attributes) const;
  ByteRange CurrentBytes() const;
  bool InKey() const { return depth_ > kKeyDepth; }
  ConfigurationKey& CurrentKey() { return tree_.sections.back().keys.back(); }
  absl::Status ErrorHere(absl::string_view message) const;
  void Stop(absl::string_view message);

  const absl::string_view bytes_;
  const ExpatParser parser_;
  ConfigurationTree tree_;
  int depth_ = 0;  // of open elements
  int keys_ = 0;
  absl::Status status_;
};

absl::StatusOr<ConfigurationTree> TreeBuilder::Build() {
  if (parser_ == nullptr) return absl::ResourceExhaustedError("no memory for an XML parser");
  Register();
  const XML_Status parsed =
      XML_Parse(parser_.get(), bytes_.data(), static_cast<int>(bytes_.size()), XML_TRUE);
  RETURN_IF_ERROR(status_);
  if (parsed != XML_STATUS_OK) return ErrorHere(XML_ErrorString(XML_GetErrorCode(parser_.get())));
  return std::move(tree_);
}

void TreeBuilder::Register() {
  XML_Parser parser = parser_.get();
  XML_SetUserData(parser, this);
  XML_SetXmlDeclHandler(parser,
                        &Call<&TreeBuilder::OnDeclaration, const XML_Char*, const XML_Char*, int>);
  XML_SetStartDoctypeDeclHandler(
      parser,
      &Call<&TreeBuilder::OnDoctype, const XML_Char*, const XML_Char*, const XML_Char*, int>);
  XML_SetElementHandler(parser, &Call<&TreeBuilder::OnStart, const XML_Char*, const XML_Char**>,
                        &Call<&TreeBuilder::OnEnd, const XML_Char*>);
  XML_SetCharacterDataHandler(parser, &Call<&TreeBuilder::OnText, const XML_Char*, int>);
  XML_SetCommentHandler(parser, &Call<&TreeBuilder::OnComment, const XML_Char*>);
  XML_SetProcessingInstructionHandler(
      parser, &Call<&TreeBuilder::OnInstruction, const XML_Char*, const XML_Char*>);
}

void TreeBuilder::OnDeclaration(const char* /*version*/, const char* encoding, int /*standalone*/) {
  if (encoding != nullptr && !absl::EqualsIgnoreCase(encoding, "utf-8")) {
    Stop(
        absl::StrCat("the file declares the encoding \"", encoding, "\"; only UTF-8 is supported"));
  }
}

void TreeBuilder::OnDoctype(const char* /*name*/, const char* /*system_id*/,
                            const char* /*public_id*/, int /*has_subset*/) {
  Stop("a DOCTYPE is not accepted");
}

void TreeBuilder::OnStart(const char* name, const char** attributes) {
  if (depth_ >= kConfigurationDepthMax) {
    return Stop(absl::StrCat("elements nest deeper than ", kConfigurationDepthMax));
  }
  ConfigurationElement element = MakeElement(name, attributes);
  if (depth_ == kRootDepth) {
    tree_.root = std::move(element);
  } else if (depth_ == kSectionDepth) {
    if (tree_.sections.size() == kConfigurationSectionsMax) {
      return Stop(absl::StrCat("more than ", kConfigurationSectionsMax, " sections"));
    }
    tree_.sections.push_back({std::move(element), {}});
  } else if (depth_ == kKeyDepth) {
    if (++keys_ > kConfigurationKeysMax) {
      return Stop(absl::StrCat("more than ", kConfigurationKeysMax, " keys"));
    }
    tree_.sections.back().keys.push_back({std::move(element), {}, {}, false});
  } else {
    AddNested(element);
  }
  ++depth_;
}

void TreeBuilder::OnEnd(const char* /*name*/) {
  --depth_;
  if (depth_ == kRootDepth) {
    Close(tree_.root);
  } else if (depth_ == kSectionDepth) {
    Close(tree_.sections.back().element);
  } else if (depth_ == kKeyDepth) {
    Close(CurrentKey().element);
  } else {
    CurrentKey().value += kNestedEnd;
  }
}

void TreeBuilder::OnText(const char* text, int size) {
  if (InKey()) CurrentKey().value.append(text, static_cast<size_t>(size));
}

void TreeBuilder::OnComment(const char* /*text*/) { AddRemark(); }

void TreeBuilder::OnInstruction(const char* /*target*/, const char* /*text*/) { AddRemark(); }

void TreeBuilder::AddRemark() {
  if (InKey()) CurrentKey().remarks.push_back(CurrentBytes());
}

void TreeBuilder::AddNested(const ConfigurationElement& element) {
  ConfigurationKey& key = CurrentKey();
  key.nested = true;
  absl::StrAppend(&key.value, std::string(1, kNestedBegin), element.name);
  for (const ConfigurationAttribute& attribute : element.attributes) {
    absl::StrAppend(&key.value, std::string(1, kNestedBegin), attribute.name, "=", attribute.value);
  }
  key.value += kNestedEnd;
}

ConfigurationElement TreeBuilder::MakeElement(const char* name, const char** attributes) const {
  ConfigurationElement element;
  element.name = name;
  element.bytes = CurrentBytes();
  element.content = {element.bytes.end, element.bytes.end};
  element.self_closing = bytes_.substr(0, element.bytes.end).substr(element.bytes.end - 2) == "/>";
  for (const ByteRange& value_bytes : AttributeValues(bytes_, element.bytes)) {
    if (attributes[0] == nullptr) break;
    element.attributes.push_back({attributes[0], attributes[1], value_bytes});
    attributes += 2;
  }
  return element;
}

void TreeBuilder::Close(ConfigurationElement& element) const {
  if (element.self_closing) return;
  const ByteRange end_tag = CurrentBytes();
  element.content.end = end_tag.begin;
  element.bytes.end = end_tag.end;
}

ByteRange TreeBuilder::CurrentBytes() const {
  const auto begin = static_cast<size_t>(XML_GetCurrentByteIndex(parser_.get()));
  return {begin, begin + static_cast<size_t>(XML_GetCurrentByteCount(parser_.get()))};
}

absl::Status TreeBuilder::ErrorHere(absl::string_view message) const {
  return absl::FailedPreconditionError(
      absl::StrCat("line ", XML_GetCurrentLineNumber(parser_.get()), ", column ",
                   XML_GetCurrentColumnNumber(parser_.get()) + 1, ": ", message));
}

void TreeBuilder::Stop(absl::string_view message) {
  status_ = ErrorHere(message);
  XML_StopParser(parser_.get(), XML_FALSE);
}

// UTF-16 begins with a byte order mark or, as "<" does in it, with one zero among two bytes.
bool LooksLikeUtf16(absl::string_view bytes) {
  if (bytes.size() < 2) return false;
  const absl::string_view start = bytes.substr(0, 2);
  return start == "\xFE\xFF" || start == "\xFF\xFE" || (start[0] == '\0') != (start[1] == '\0');
}

}  // namespace

absl::StatusOr<ConfigurationTree> ParseConfigurationTree(absl::string_view bytes) {
  if (bytes.size() > kConfigurationBytesMax) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the file has ", bytes.size(), " bytes; the limit is ", kConfigurationBytesMax));
  }
  if (LooksLikeUtf16(bytes)) {
    return absl::FailedPreconditionError("line 1: the file is UTF-16; only UTF-8 is supported");
  }
  return TreeBuilder(bytes).Build();
}

}  // namespace baton
