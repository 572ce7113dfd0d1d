#include "agent/tools/tool_command.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "agent/tools/tool_record.h"
#include "common/hash/sha256.h"
#include "common/secret/secret_mask.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr absl::string_view kCommandKind = "command";
constexpr absl::string_view kSecretsKind = "secrets";

// A secret's place is its index between two of these. No argument contains a NUL byte itself.
constexpr char kMark = '\0';

std::string MarkPlaces(const std::string& word, const std::vector<std::string>& secrets) {
  SecretMask mask(secrets, [](size_t index) {
    return absl::StrCat(std::string(1, kMark), index, std::string(1, kMark));
  });
  const std::string marked = mask.Add(word);
  return marked + mask.Finish();
}

absl::StatusOr<std::string> FillPlaces(absl::string_view marked,
                                       const std::vector<std::string>& secrets) {
  std::string word;
  while (true) {
    const size_t begin = marked.find(kMark);
    word.append(marked.data(), std::min(begin, marked.size()));
    if (begin == absl::string_view::npos) return word;
    const size_t end = marked.find(kMark, begin + 1);
    size_t index = 0;
    if (end == absl::string_view::npos ||
        !absl::SimpleAtoi(marked.substr(begin + 1, end - begin - 1), &index)) {
      return absl::DataLossError("tool command: the mark of a secret is damaged");
    }
    if (index >= secrets.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("tool command: secret ", index, " was not handed over"));
    }
    word += secrets[index];
    marked.remove_prefix(end + 1);
  }
}

absl::Status FillPlaces(std::vector<std::string>& words, const std::vector<std::string>& secrets) {
  for (std::string& word : words) {
    ASSIGN_OR_RETURN(word, FillPlaces(word, secrets));
  }
  return absl::OkStatus();
}

bool HasNul(const std::string& word) { return absl::StrContains(word, absl::string_view("\0", 1)); }

absl::Status Invalid(absl::string_view member, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("tool command: ", member, " ", what));
}

absl::Status ValidateWords(absl::string_view member, const std::vector<std::string>& words) {
  if (std::any_of(words.begin(), words.end(), HasNul)) {
    return Invalid(member, "contains a NUL byte");
  }
  return absl::OkStatus();
}

absl::Status ValidateFiles(const std::vector<ToolFile>& files) {
  const auto allowed = [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  };
  size_t size_bytes = 0;
  for (const ToolFile& file : files) {
    if (file.name.empty() || !std::all_of(file.name.begin(), file.name.end(), allowed)) {
      return Invalid("files", "has one whose name is not of a-z, 0-9 and '_'");
    }
    size_bytes += file.bytes.size();
  }
  return size_bytes > kToolFilesBytesMax ? Invalid("files", "are too long") : absl::OkStatus();
}

}  // namespace

absl::Status ValidateToolCommand(const ToolCommand& command) {
  if (command.id.empty()) return Invalid("id", "is empty");
  if (command.id.size() > kToolIdBytesMax) return Invalid("id", "is too long");
  if (command.argv.empty()) return Invalid("argv", "is empty");
  if (!absl::StartsWith(command.argv[0], "/")) return Invalid("argv", "has no absolute path");
  RETURN_IF_ERROR(ValidateWords("argv", command.argv));
  RETURN_IF_ERROR(ValidateWords("environment", command.environment));
  RETURN_IF_ERROR(ValidateWords("secrets", command.secrets));
  if (!absl::StartsWith(command.working_directory, "/") || HasNul(command.working_directory)) {
    return Invalid("working_directory", "is not an absolute path");
  }
  if (command.timeout <= absl::ZeroDuration() || command.timeout == absl::InfiniteDuration()) {
    return Invalid("timeout", "is not a positive time");
  }
  if (command.kill_grace < absl::ZeroDuration() || command.kill_grace == absl::InfiniteDuration()) {
    return Invalid("kill_grace", "is not a time");
  }
  if (command.output_bytes_max > kOutputBytesMaxMax)
    return Invalid("output_bytes_max", "is too large");
  if (EncodeToolCommand(command).size() > kCommandBytesMax) return Invalid("argv", "is too long");
  if (EncodeToolSecrets(command.secrets).size() > kSecretsBytesMax) {
    return Invalid("secrets", "are too long");
  }
  return ValidateFiles(command.files);
}

std::string EncodeToolCommand(const ToolCommand& command) {
  ToolRecord record;
  record.Add("id", command.id);
  for (const std::string& word : command.argv) {
    record.Add("argv", MarkPlaces(word, command.secrets));
  }
  for (const std::string& word : command.environment) {
    record.Add("environment", MarkPlaces(word, command.secrets));
  }
  record.Add("working_directory", command.working_directory);
  record.AddNumber("timeout_ms", absl::ToInt64Milliseconds(command.timeout));
  record.AddNumber("kill_grace_ms", absl::ToInt64Milliseconds(command.kill_grace));
  record.AddNumber("output_bytes_max", static_cast<int64_t>(command.output_bytes_max));
  for (const int code : command.success_exit_codes) record.AddNumber("success_exit_code", code);
  // Only where it is set, so that supervisors which do not know it are asked for nothing new.
  if (command.leaves_services) record.AddNumber("leaves_services", 1);
  for (const ToolFile& file : command.files) {
    record.Add("file", absl::StrCat(file.name, " ", absl::BytesToHexString(Sha256(file.bytes))));
  }
  return record.Encode(kCommandKind);
}

absl::StatusOr<ToolCommand> DecodeToolCommand(absl::string_view text,
                                              std::vector<std::string> secrets) {
  ASSIGN_OR_RETURN(const ToolRecord record, ToolRecord::Decode(kCommandKind, text));
  ToolCommand command;
  ASSIGN_OR_RETURN(command.id, record.Text("id"));
  command.argv = record.Texts("argv");
  command.environment = record.Texts("environment");
  RETURN_IF_ERROR(FillPlaces(command.argv, secrets));
  RETURN_IF_ERROR(FillPlaces(command.environment, secrets));
  ASSIGN_OR_RETURN(command.working_directory, record.Text("working_directory"));
  ASSIGN_OR_RETURN(const int64_t timeout_ms, record.Number("timeout_ms"));
  command.timeout = absl::Milliseconds(timeout_ms);
  ASSIGN_OR_RETURN(const int64_t kill_grace_ms, record.Number("kill_grace_ms"));
  command.kill_grace = absl::Milliseconds(kill_grace_ms);
  ASSIGN_OR_RETURN(const int64_t output_bytes_max, record.Number("output_bytes_max"));
  command.output_bytes_max = static_cast<uint64_t>(output_bytes_max);
  command.success_exit_codes.clear();
  for (const std::string& word : record.Texts("success_exit_code")) {
    int code = 0;
    if (!absl::SimpleAtoi(word, &code)) {
      return absl::DataLossError("tool command: \"success_exit_code\" is no number");
    }
    command.success_exit_codes.push_back(code);
  }
  command.leaves_services = !record.Texts("leaves_services").empty();
  command.secrets = std::move(secrets);
  return command;
}

std::string EncodeToolSecrets(const std::vector<std::string>& secrets) {
  if (secrets.empty()) return "";
  ToolRecord record;
  for (const std::string& secret : secrets) record.Add("secret", secret);
  return record.Encode(kSecretsKind);
}

absl::StatusOr<std::vector<std::string>> DecodeToolSecrets(absl::string_view text) {
  if (text.empty()) return std::vector<std::string>();
  ASSIGN_OR_RETURN(const ToolRecord record, ToolRecord::Decode(kSecretsKind, text));
  return record.Texts("secret");
}

}  // namespace baton
