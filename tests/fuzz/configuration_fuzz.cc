// Any bytes as a configuration file: what is accepted can be asked for everything in it and edited,
// and no byte outside of an edited element changes. The first byte chooses the key that is edited;
// the bytes up to the first zero are its new value; the rest is the file.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agent/configuration/document.h"
#include "agent/configuration/edit.h"

namespace baton {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

bool IsOkOr(const absl::Status& status, absl::StatusCode code) {
  return status.ok() || status.code() == code;
}

void RequireReadable(const ConfigurationDocument& document) {
  for (const std::string& section : document.SectionNames()) {
    Require(IsOkOr(document.ComparableDigest(section, {}).status(),
                   absl::StatusCode::kFailedPrecondition));
  }
  for (const ConfigurationSection& section : document.tree().sections) {
    for (const ConfigurationKey& key : section.keys) {
      const auto found = document.Find(absl::StrCat(section.element.name, "/", key.element.name));
      Require(IsOkOr(found.status(), absl::StatusCode::kFailedPrecondition));
      Require(!found.ok() || found->value == key.value);
    }
  }
}

void RequireEditable(const ConfigurationDocument& document, const ConfigurationSection& section,
                     const ConfigurationKey& key, const std::string& value) {
  const std::string path = absl::StrCat(section.element.name, "/", key.element.name);
  const auto edited = ApplyEdits(document, {{path, value}});
  if (!edited.ok()) {
    Require(!absl::IsInternal(edited.status()));
    return;
  }
  const absl::string_view before = document.bytes();
  Require(absl::StartsWith(*edited, before.substr(0, key.element.bytes.begin)));
  Require(absl::EndsWith(*edited, before.substr(key.element.bytes.end)));
  const auto again = ConfigurationDocument::Parse(*edited);
  Require(again.ok() && again->Find(path)->value == value && !again->Find(path)->encrypted);
  Require(*ApplyEdits(*again, {{path, value}}) == *edited);
}

void RequireExtensible(const ConfigurationDocument& document, const std::string& value) {
  for (const char* path : {"Added/Added", "S/Added"}) {
    const auto edited = ApplyEdits(document, {{path, value, true}});
    Require(edited.ok() || !absl::IsInternal(edited.status()));
    if (!edited.ok()) continue;
    const auto again = ConfigurationDocument::Parse(*edited);
    Require(again.ok() && again->Find(path)->value == value);
  }
}

void Exercise(size_t choice, const std::string& value, const std::string& file) {
  const auto document = ConfigurationDocument::Parse(file);
  if (!document.ok()) {
    Require(absl::IsFailedPrecondition(document.status()));
    return;
  }
  Require(document->bytes() == file);
  RequireReadable(*document);
  RequireExtensible(*document, value);
  for (const ConfigurationSection& section : document->tree().sections) {
    if (choice < section.keys.size()) {
      return RequireEditable(*document, section, section.keys[choice], value);
    }
    choice -= section.keys.size();
  }
}

}  // namespace
}  // namespace baton

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string input(data + 1, data + size);
  const size_t zero = input.find('\0');
  const std::string value = zero == std::string::npos ? "" : input.substr(0, zero);
  const std::string file = zero == std::string::npos ? input : input.substr(zero + 1);
  baton::Exercise(data[0], value, file);
  // Most inputs fail at the outermost element; with it around them, more reach sections and keys.
  baton::Exercise(data[0], value, absl::StrCat("<R>\n  <S>", file, "</S>\n</R>\n"));
  return 0;
}
