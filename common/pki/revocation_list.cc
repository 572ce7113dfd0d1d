#include "common/pki/revocation_list.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/config/config_fields.h"
#include "common/config/config_node.h"
#include "common/config/config_parser.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr size_t kSerialDigitsMax = 40;  // RFC 5280: at most 20 octets

constexpr size_t kSerialsMax = 4096;

absl::StatusOr<std::string> ReadSerial(const ConfigNode& node) {
  ASSIGN_OR_RETURN(const std::string text, node.Text());
  absl::StatusOr<std::string> serial = NormalizeSerial(text);
  if (!serial.ok()) return node.Error(serial.status().message());
  return serial;
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

absl::StatusOr<std::set<std::string>> ParseRevokedSerials(absl::string_view file,
                                                          absl::string_view yaml) {
  ASSIGN_OR_RETURN(const ConfigNode root, ParseConfig(file, yaml));
  std::vector<std::string> serials;
  RETURN_IF_ERROR(config::ReadFields(
      root, {config::Required("revoked", &serials, config::ListOf(ReadSerial, kSerialsMax))}));
  return std::set<std::string>(serials.begin(), serials.end());
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
  ASSIGN_OR_RETURN(serials_, ParseRevokedSerials(path_, *text));
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
  if (serials_.contains(std::string(serial))) {
    return absl::PermissionDeniedError(absl::StrCat("certificate ", serial, " is revoked"));
  }
  return absl::OkStatus();
}

}  // namespace baton
