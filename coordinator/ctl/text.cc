#include "coordinator/ctl/text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace baton::ctl {
namespace {

// A character and the bytes that it takes; `valid` is false for a byte that is not UTF-8.
struct Character {
  uint32_t code = 0;
  size_t size = 1;
  bool valid = true;
};

struct Range {
  uint32_t first;
  uint32_t last;
};

// Characters that take no column: combining marks, joiners, variation selectors.
constexpr Range kZeroWidth[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},
                                {0x200B, 0x200D}, {0x20D0, 0x20F0}, {0xFE00, 0xFE0F},
                                {0xFE20, 0xFE2F}};
// Characters that take two columns: East Asian wide and full-width forms, pictographs.
constexpr Range kDoubleWidth[] = {
    {0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},  {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},  {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
// Characters that steer a terminal or turn the direction of writing.
constexpr Range kHarmful[] = {{0x0000, 0x001F}, {0x007F, 0x009F}, {0x200E, 0x200F},
                              {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}};

template <size_t kSize>
bool InRanges(uint32_t code, const Range (&ranges)[kSize]) {
  return std::any_of(std::begin(ranges), std::end(ranges), [code](const Range& range) {
    return range.first <= code && code <= range.last;
  });
}

// Bytes of a character by its first byte; 0 if none begins so.
size_t SizeByFirstByte(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

// The smallest code that needs so many bytes: shorter ones are forged.
constexpr uint32_t kLeastCode[] = {0, 0, 0x80, 0x800, 0x10000};

// The first character of a text. REQUIRES: it is not empty.
Character Decode(absl::string_view text) {
  const auto byte = [&text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const Character broken{byte(0), 1, false};
  const size_t size = SizeByFirstByte(byte(0));
  if (size == 0 || size > text.size()) return broken;
  if (size == 1) return {byte(0), 1, true};
  uint32_t code = byte(0) & (0x7FU >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return broken;
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeastCode[size] || code > 0x10FFFF || surrogate) return broken;
  return {code, size, true};
}

int WidthOf(const Character& character) {
  if (!character.valid) return 1;
  if (InRanges(character.code, kZeroWidth)) return 0;
  return InRanges(character.code, kDoubleWidth) ? 2 : 1;
}

absl::string_view ColourOf(Tone tone) {
  switch (tone) {
    case Tone::kStrong:
      return "\x1b[1m";
    case Tone::kDim:
      return "\x1b[2m";
    case Tone::kGood:
      return "\x1b[32m";
    case Tone::kWarn:
      return "\x1b[33m";
    case Tone::kBad:
      return "\x1b[1;31m";
    default:
      return "";
  }
}

}  // namespace

int DisplayWidth(absl::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Character character = Decode(text);
    width += WidthOf(character);
    text.remove_prefix(character.size);
  }
  return width;
}

std::string Pad(absl::string_view text, int width) {
  const int missing = width - DisplayWidth(text);
  return absl::StrCat(text, std::string(static_cast<size_t>(std::max(0, missing)), ' '));
}

std::string Cut(absl::string_view text, int width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  constexpr absl::string_view kEllipsis = "...";
  const int room = std::max(0, width - static_cast<int>(kEllipsis.size()));
  size_t end = 0;
  for (int used = 0; end < text.size();) {
    const Character character = Decode(text.substr(end));
    used += WidthOf(character);
    if (used > room) break;
    end += character.size;
  }
  return absl::StrCat(text.substr(0, end), kEllipsis);
}

std::string Clean(absl::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const Character character = Decode(text);
    const absl::string_view bytes = text.substr(0, character.size);
    text.remove_prefix(character.size);
    if (bytes == "\n" || bytes == "\t" || bytes == "\r") {
      clean.push_back(' ');
    } else if (!character.valid || InRanges(character.code, kHarmful)) {
      clean.push_back('?');
    } else {
      absl::StrAppend(&clean, bytes);
    }
  }
  return clean;
}

std::string Paint(absl::string_view text, Tone tone, const Style& style) {
  if (!style.colour || tone == Tone::kPlain || text.empty()) return std::string(text);
  return absl::StrCat(ColourOf(tone), text, "\x1b[0m");
}

std::string FormatElapsed(absl::Duration elapsed) {
  const absl::Duration time = std::max(elapsed, absl::ZeroDuration());
  // Below 10 s a tenth tells steps apart; time-outs are whole seconds and need none.
  const bool whole = time % absl::Seconds(1) == absl::ZeroDuration();
  if (time < absl::Seconds(10) && !whole) {
    return absl::StrFormat("%.1fs", absl::ToDoubleSeconds(time));
  }
  const int64_t seconds = absl::ToInt64Seconds(time);
  if (seconds < 60) return absl::StrCat(seconds, "s");
  if (seconds < 3600) return absl::StrFormat("%dm%02ds", seconds / 60, seconds % 60);
  return absl::StrFormat("%dh%02dm", seconds / 3600, seconds / 60 % 60);
}

std::string FormatTime(absl::Time time, const Style& style) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, style.zone);
}

std::string FormatTimeOfDay(absl::Time time, const Style& style) {
  return absl::FormatTime("%H:%M:%S", time, style.zone);
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::Duration DurationOf(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

}  // namespace baton::ctl
