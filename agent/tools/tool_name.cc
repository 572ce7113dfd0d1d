#include "agent/tools/tool_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/hash/sha256.h"

namespace baton {
namespace {

constexpr size_t kHashBytes = 16;
constexpr absl::string_view kHashMark = "__";  // escapes never contain it
constexpr size_t kEscapeBytes = 3;

bool IsPlain(char byte) {
  return absl::ascii_isalnum(static_cast<unsigned char>(byte)) || byte == '-';
}

bool IsHexDigit(char byte) { return absl::ascii_isxdigit(static_cast<unsigned char>(byte)); }

std::string Escape(char byte) {
  return absl::StrCat("_", absl::BytesToHexString(absl::string_view(&byte, 1)));
}

std::string HashOf(absl::string_view id) { return ToHex(Sha256(id).substr(0, kHashBytes)); }

std::string EncodeWhole(absl::string_view id) {
  std::string name;
  for (size_t i = 0; i < id.size(); ++i) {
    // A dot at the beginning hides a folder, at the end Windows drops it.
    const bool inner = i > 0 && i + 1 < id.size();
    if (IsPlain(id[i])) {
      name += id[i];
    } else if (id[i] == '/' && inner) {
      name += '.';
    } else {
      name += Escape(id[i]);
    }
  }
  return name;
}

// Reads one escape or plain byte at the beginning of `rest` and takes it off.
std::optional<char> TakeByte(absl::string_view& rest) {
  const char first = rest[0];
  if (first != '_') {
    rest.remove_prefix(1);
    if (first == '.') return '/';
    return IsPlain(first) ? std::optional<char>(first) : std::nullopt;
  }
  if (rest.size() < kEscapeBytes || !IsHexDigit(rest[1]) || !IsHexDigit(rest[2])) {
    return std::nullopt;
  }
  const std::string byte = absl::HexStringToBytes(rest.substr(1, 2));
  rest.remove_prefix(kEscapeBytes);
  return byte[0];
}

}  // namespace

std::string EncodeToolId(absl::string_view id) {
  std::string name = EncodeWhole(id);
  if (name.size() <= kToolNameBytesMax && !name.empty()) return name;
  const std::string hash = absl::StrCat(kHashMark, HashOf(id));
  name.resize(std::min(name.size(), kToolNameBytesMax - hash.size()));
  // A cut escape would swallow bytes of the mark.
  const size_t escape = name.rfind('_');
  if (escape != std::string::npos && escape + kEscapeBytes > name.size()) name.resize(escape);
  return absl::StrCat(name, hash);
}

std::optional<std::string> DecodeToolName(absl::string_view name) {
  if (name.empty() || absl::StrContains(name, kHashMark)) return std::nullopt;
  std::string id;
  for (absl::string_view rest = name; !rest.empty();) {
    const std::optional<char> byte = TakeByte(rest);
    if (!byte.has_value()) return std::nullopt;
    id += *byte;
  }
  if (EncodeToolId(id) != name) return std::nullopt;
  return id;
}

}  // namespace baton
