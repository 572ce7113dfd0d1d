#include "deploy/lab/standin/fault.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace baton::standin {
namespace {

constexpr int kCodeMax = 65535;

absl::Status NotAFault(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "not a fault: \"", text, "\"; say fail CODE, hang, lie, ask, slow SECONDS or flood BYTES"));
}

// Reads the argument of `fault`. Says whether it is one.
bool ParseArgument(absl::string_view word, absl::string_view argument, Fault& fault) {
  if (word == "fail") {
    fault.kind = Fault::Kind::kFail;
    return absl::SimpleAtoi(argument, &fault.code) && fault.code > 0 && fault.code <= kCodeMax;
  }
  if (word == "slow") {
    fault.kind = Fault::Kind::kSlow;
    double seconds = 0;
    if (!absl::SimpleAtod(argument, &seconds) || !(seconds >= 0)) return false;
    fault.delay = absl::Seconds(seconds);
    return fault.delay <= kSlowMax;
  }
  fault.kind = Fault::Kind::kFlood;
  return word == "flood" && absl::SimpleAtoi(argument, &fault.size_bytes) &&
         fault.size_bytes >= 0 && fault.size_bytes <= kFloodBytesMax;
}

}  // namespace

absl::StatusOr<Fault> ParseFault(absl::string_view text) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
  Fault fault;
  if (words.empty()) return fault;
  if (words.size() == 1 && words[0] == "hang") {
    fault.kind = Fault::Kind::kHang;
    return fault;
  }
  if (words.size() == 1 && words[0] == "lie") {
    fault.kind = Fault::Kind::kLie;
    return fault;
  }
  if (words.size() == 1 && words[0] == "ask") {
    fault.kind = Fault::Kind::kAsk;
    return fault;
  }
  if (words.size() != 2 || !ParseArgument(words[0], words[1], fault)) return NotAFault(text);
  return fault;
}

}  // namespace baton::standin
