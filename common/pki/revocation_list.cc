#include "common/pki/revocation_list.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr size_t kSerialDigitsMax = 40;  // RFC 5280: at most 20 octets

absl::StatusOr<std::set<std::string>> ReadSerials(const YAML::Node& root) {
  if (!root.IsMap() || root.size() != 1 || !root["revoked"].IsDefined() ||
      !root["revoked"].IsSequence()) {
    return absl::InvalidArgumentError("want one line \"revoked: [SERIAL, ...]\"");
  }
  std::set<std::string> serials;
  for (const YAML::Node& entry : root["revoked"]) {
    if (!entry.IsScalar()) return absl::InvalidArgumentError("a serial is not a word");
    ASSIGN_OR_RETURN(std::string serial, NormalizeSerial(entry.Scalar()));
    serials.insert(std::move(serial));
  }
  return serials;
}

}  // namespace

absl::StatusOr<std::string> NormalizeSerial(absl::string_view serial) {
  std::string digits = absl::AsciiStrToLower(absl::StrReplaceAll(serial, {{":", ""}}));
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty() || digits.size() > kSerialDigitsMax ||
      !std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit)) {
    return absl::InvalidArgumentError(absl::StrCat("serial \"", absl::CHexEscape(serial),
                                                   "\" is not a hexadecimal number of 1 to ",
                                                   kSerialDigitsMax, " digits"));
  }
  return digits;
}

absl::StatusOr<std::set<std::string>> ParseRevokedSerials(absl::string_view yaml) {
  try {
    return ReadSerials(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
}

std::string FormatRevokedSerials(const std::set<std::string>& serials) {
  if (serials.empty()) return "revoked: []\n";
  // Quoted: other readers of YAML take digits, or digits around an "e", for a number.
  return absl::StrCat("revoked:\n  - \"", absl::StrJoin(serials, "\"\n  - \""), "\"\n");
}

RevocationList::RevocationList(FileSystem& fs, std::string path)
    : fs_(fs), path_(std::move(path)) {}

absl::Status RevocationList::Refresh() {
  const absl::StatusOr<std::string> text = fs_.ReadFile(path_, kRevokedSizeBytesMax);
  if (absl::IsNotFound(text.status())) {
    parsed_text_.clear();
    serials_.clear();
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(text.status());
  if (!text->empty() && *text == parsed_text_) return absl::OkStatus();
  ASSIGN_OR_RETURN(serials_, ParseRevokedSerials(*text));
  parsed_text_ = *text;
  return absl::OkStatus();
}

absl::Status RevocationList::Check(absl::string_view serial) {
  const MutexLock lock(mutex_);
  if (const absl::Status status = Refresh(); !status.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "every certificate is refused because the list of revoked ones cannot be used: ", path_,
        ": ", status.message()));
  }
  if (serials_.count(std::string(serial)) > 0) {
    return absl::PermissionDeniedError(absl::StrCat("certificate ", serial, " is revoked"));
  }
  return absl::OkStatus();
}

}  // namespace baton
