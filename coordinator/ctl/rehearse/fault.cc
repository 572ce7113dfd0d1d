#include "coordinator/ctl/rehearse/fault.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status_macros.h"

namespace baton::rehearse {
namespace {

constexpr int kCodeMax = 65535;
constexpr int64_t kFloodBytesMax = int64_t{1} << 30;
constexpr int kRefuseCode = 1;

// The text of a fault, in its parts.
struct Parts {
  std::vector<std::string> place;  // what stands between slashes
  std::string word;
  std::string argument;  // empty for none
};

bool IsName(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return absl::ascii_islower(byte) || absl::ascii_isdigit(byte) || c == '-';
  });
}

absl::StatusOr<Parts> Split(const std::string& text) {
  Parts parts;
  const size_t equals = text.find('=');
  if (equals != std::string::npos) {
    parts.place = absl::StrSplit(text.substr(0, equals), '/');
    const std::vector<std::string> words =
        absl::StrSplit(text.substr(equals + 1), ' ', absl::SkipEmpty());
    if (!words.empty()) parts.word = words.front();
    if (words.size() == 2) parts.argument = words.back();
    if (words.size() > 2) parts.word.clear();
  }
  const bool placed = (parts.place.size() == 2 || parts.place.size() == 3) &&
                      std::all_of(parts.place.begin(), parts.place.end(), IsName);
  if (placed && !parts.word.empty()) return parts;
  return absl::InvalidArgumentError(
      absl::StrCat("fault \"", text, "\" is not PLACE=WORDS, where PLACE is a step, as in ",
                   "repoint/fe3/apply=hang, or HOST/NAME, as in fe3/apply-configuration='fail 3'"));
}

absl::Status NoSuchWords(const std::string& text, absl::string_view words) {
  return absl::InvalidArgumentError(absl::StrCat("fault \"", text, "\": say one of ", words));
}

// A number of seconds up to kFaultLengthMax; `fallback` where nothing is said.
std::optional<absl::Duration> ReadLength(const std::string& argument, absl::Duration fallback) {
  if (argument.empty()) return fallback;
  double seconds = 0;
  if (!absl::SimpleAtod(argument, &seconds) || !(seconds > 0)) return std::nullopt;
  const absl::Duration length = absl::Seconds(seconds);
  return length <= kFaultLengthMax ? std::optional(length) : std::nullopt;
}

std::optional<int> ReadCode(const std::string& argument) {
  int code = 0;
  const bool good = absl::SimpleAtoi(argument, &code) && code > 0 && code <= kCodeMax;
  return good ? std::optional(code) : std::nullopt;
}

// The stand-in's words; nothing for what it does not know.
std::optional<std::string> StandinWords(const Parts& parts) {
  if (parts.word == "slow") {
    const std::optional<absl::Duration> length = ReadLength(parts.argument, kSlowDefault);
    if (!length.has_value()) return std::nullopt;
    return absl::StrCat("slow ", absl::ToDoubleSeconds(*length));
  }
  if (parts.word == "fail") {
    const std::optional<int> code = ReadCode(parts.argument);
    return code.has_value() ? std::optional(absl::StrCat("fail ", *code)) : std::nullopt;
  }
  if (parts.word == "flood") {
    int64_t bytes = 0;
    const bool good =
        absl::SimpleAtoi(parts.argument, &bytes) && bytes >= 0 && bytes <= kFloodBytesMax;
    return good ? std::optional(absl::StrCat("flood ", bytes)) : std::nullopt;
  }
  if (!parts.argument.empty()) return std::nullopt;
  if (parts.word == "refuse") return absl::StrCat("fail ", kRefuseCode);
  const bool known = parts.word == "hang" || parts.word == "lie" || parts.word == "ask";
  return known ? std::optional(parts.word) : std::nullopt;
}

// Fills in what the words say. False for words that no step has.
bool ReadStepWords(const Parts& parts, StepFault& fault) {
  using Kind = StepFault::Kind;
  if (parts.word == "slow" || parts.word == "cut") {
    fault.kind = parts.word == "slow" ? Kind::kSlow : Kind::kCut;
    const std::optional<absl::Duration> length =
        ReadLength(parts.argument, parts.word == "slow" ? kSlowDefault : kCutDefault);
    fault.length = length.value_or(absl::ZeroDuration());
    return length.has_value();
  }
  if (parts.word == "fail") {
    const std::optional<int> code = ReadCode(parts.argument);
    fault.kind = Kind::kRefuse;
    fault.code = code.value_or(0);
    return code.has_value();
  }
  constexpr std::pair<absl::string_view, Kind> kPlain[] = {{"kill-agent", Kind::kKillAgent},
                                                           {"hang", Kind::kHang},
                                                           {"lie", Kind::kLie},
                                                           {"refuse", Kind::kRefuse}};
  for (const auto& [word, kind] : kPlain) {
    if (parts.word != word) continue;
    fault.kind = kind;
    return parts.argument.empty();
  }
  return false;
}

absl::Status ParseOne(const std::string& text, LabFaults& faults) {
  ASSIGN_OR_RETURN(const Parts parts, Split(text));
  if (parts.place.size() == 2) {
    std::optional<std::string> words = StandinWords(parts);
    if (!words.has_value()) {
      return NoSuchWords(text,
                         "refuse, fail CODE, hang, lie, slow SECONDS, ask and flood BYTES; "
                         "kill-agent and cut are for steps, as in repoint/fe3/apply=cut");
    }
    faults.hosts.push_back({parts.place[0], parts.place[1], *std::move(words)});
    return absl::OkStatus();
  }
  StepFault fault;
  fault.step = text.substr(0, text.find('='));
  fault.host = parts.place[1];
  fault.text = text;
  if (!ReadStepWords(parts, fault)) {
    return NoSuchWords(text,
                       "kill-agent, cut SECONDS, slow SECONDS, hang, lie, refuse and fail CODE");
  }
  faults.steps.push_back(std::move(fault));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LabFaults> ParseFaults(const std::vector<std::string>& texts) {
  LabFaults faults;
  for (const std::string& text : texts) RETURN_IF_ERROR(ParseOne(text, faults));
  return faults;
}

bool ExpectsPause(StepFault::Kind kind) {
  return kind == StepFault::Kind::kHang || kind == StepFault::Kind::kLie ||
         kind == StepFault::Kind::kRefuse;
}

}  // namespace baton::rehearse
