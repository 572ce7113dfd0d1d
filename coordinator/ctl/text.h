#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace baton::ctl {

// What a text means, for terminals with colours.
enum class Tone { kPlain, kStrong, kDim, kGood, kWarn, kBad };

// How to write for whoever reads. Everything a renderer knows besides the message it renders.
struct Style {
  bool colour = false;
  int width = 100;  // columns; texts are cut to it only where a line must not wrap
  absl::TimeZone zone = absl::UTCTimeZone();
  absl::Time now;                 // for elapsed times
  std::string program = "baton";  // how pasteable commands begin, global options included
};

// Columns that a UTF-8 text takes on a terminal: wide characters count two, combining ones none.
// Bytes that are not UTF-8 count one.
int DisplayWidth(absl::string_view text);

// The text with spaces after it up to `width` columns; longer texts stay as they are.
std::string Pad(absl::string_view text, int width);

// The text cut to `width` columns; what was cut ends with "...".
std::string Cut(absl::string_view text, int width);

// The text on one line and harmless on a terminal: line ends and tabs become spaces, other control
// characters, characters that turn the direction of writing, and bytes that are not UTF-8 become
// '?'. Everything that hosts and tools say goes through this.
std::string Clean(absl::string_view text);

// The text in the colour of its tone, if the style has colours.
std::string Paint(absl::string_view text, Tone tone, const Style& style);

// "0.3s" below 10 s unless it is whole, "45s", "1m12s", "2h03m". Negative durations are "0s".
std::string FormatElapsed(absl::Duration elapsed);

// "2026-01-02 10:00:05" and "10:00:05" in the style's time zone.
std::string FormatTime(absl::Time time, const Style& style);
std::string FormatTimeOfDay(absl::Time time, const Style& style);

absl::Time TimeOf(const google::protobuf::Timestamp& time);
absl::Duration DurationOf(const google::protobuf::Duration& duration);

}  // namespace baton::ctl
