#include "agent/platform/standin/control_protocol.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/status/status_macros.h"

namespace baton::standin {
namespace {

// A value and its word. The tables are part of the protocol: never rename a word.
template <typename T>
struct Word {
  T value;
  absl::string_view name;
};

constexpr Word<StartupType> kStartupTypes[] = {
    {StartupType::kAutomatic, "automatic"},
    {StartupType::kManual, "manual"},
    {StartupType::kDisabled, "disabled"},
};

constexpr Word<RunState> kRunStates[] = {
    {RunState::kStopped, "stopped"}, {RunState::kStarting, "starting"},
    {RunState::kRunning, "running"}, {RunState::kStopping, "stopping"},
    {RunState::kFailed, "failed"},
};

constexpr Word<ControlVerb> kVerbs[] = {
    {ControlVerb::kQuery, "query"},       {ControlVerb::kStart, "start"},
    {ControlVerb::kStop, "stop"},         {ControlVerb::kSetStartupType, "set-startup-type"},
    {ControlVerb::kShutdown, "shutdown"},
};

template <typename T, size_t N>
absl::string_view NameIn(const Word<T> (&table)[N], T value) {
  for (const Word<T>& word : table) {
    if (word.value == value) return word.name;
  }
  return "?";
}

template <typename T, size_t N>
absl::StatusOr<T> FindIn(const Word<T> (&table)[N], absl::string_view what,
                         absl::string_view name) {
  for (const Word<T>& word : table) {
    if (word.name == name) return word.value;
  }
  return absl::InvalidArgumentError(absl::StrCat("unknown ", what, " \"", name, "\""));
}

bool IsServiceName(absl::string_view name) {
  return !name.empty() && name.size() <= kServiceNameBytesMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_islower(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
         });
}

// How many words a request with this verb has.
size_t WordCount(ControlVerb verb) {
  switch (verb) {
    case ControlVerb::kShutdown:
      return 1;
    case ControlVerb::kSetStartupType:
      return 3;
    default:
      return 2;
  }
}

// The value of a word like "pid=12".
absl::StatusOr<absl::string_view> ValueOf(absl::string_view key, absl::string_view word) {
  if (!absl::ConsumePrefix(&word, key) || !absl::ConsumePrefix(&word, "=")) {
    return absl::InvalidArgumentError(absl::StrCat("expected ", key, "=..., got \"", word, "\""));
  }
  return word;
}

absl::StatusOr<ServiceStatus> ParseServiceStatus(const std::vector<absl::string_view>& words) {
  if (words.size() != 4) {
    return absl::InvalidArgumentError("an ok reply has state, startup-type and pid, or nothing");
  }
  ServiceStatus status;
  ASSIGN_OR_RETURN(absl::string_view state, ValueOf("state", words[1]));
  ASSIGN_OR_RETURN(status.state, ParseRunState(state));
  ASSIGN_OR_RETURN(absl::string_view type, ValueOf("startup-type", words[2]));
  ASSIGN_OR_RETURN(status.startup_type, ParseStartupType(type));
  ASSIGN_OR_RETURN(absl::string_view pid, ValueOf("pid", words[3]));
  if (!absl::SimpleAtoi(pid, &status.pid) || status.pid < 0) {
    return absl::InvalidArgumentError(absl::StrCat("not a process id: \"", pid, "\""));
  }
  return status;
}

}  // namespace

absl::string_view StartupTypeName(StartupType type) { return NameIn(kStartupTypes, type); }
absl::string_view RunStateName(RunState state) { return NameIn(kRunStates, state); }
absl::string_view ControlVerbName(ControlVerb verb) { return NameIn(kVerbs, verb); }

absl::StatusOr<StartupType> ParseStartupType(absl::string_view name) {
  return FindIn(kStartupTypes, "startup type", name);
}

absl::StatusOr<RunState> ParseRunState(absl::string_view name) {
  return FindIn(kRunStates, "run state", name);
}

std::string FormatControlRequest(const ControlRequest& request) {
  std::string line(ControlVerbName(request.verb));
  if (request.verb == ControlVerb::kShutdown) return line;
  absl::StrAppend(&line, " ", request.service);
  if (request.verb == ControlVerb::kSetStartupType) {
    absl::StrAppend(&line, " ", StartupTypeName(request.startup_type));
  }
  return line;
}

std::string FormatControlReply(const ControlReply& reply) {
  if (reply.error) return absl::StrCat("error ", reply.error->code, " ", reply.error->words);
  if (!reply.status) return "ok";
  return absl::StrCat("ok state=", RunStateName(reply.status->state),
                      " startup-type=", StartupTypeName(reply.status->startup_type),
                      " pid=", reply.status->pid);
}

absl::StatusOr<ControlRequest> ParseControlRequest(absl::string_view line) {
  if (line.size() > kControlLineBytesMax) return absl::InvalidArgumentError("line too long");
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  ControlRequest request;
  ASSIGN_OR_RETURN(request.verb, FindIn(kVerbs, "request", words[0]));
  if (words.size() != WordCount(request.verb)) {
    return absl::InvalidArgumentError(
        absl::StrCat(words[0], " takes ", WordCount(request.verb) - 1, " words"));
  }
  if (request.verb == ControlVerb::kShutdown) return request;
  if (!IsServiceName(words[1])) {
    return absl::InvalidArgumentError(absl::StrCat("not a service name: \"", words[1], "\""));
  }
  request.service = std::string(words[1]);
  if (request.verb == ControlVerb::kSetStartupType) {
    ASSIGN_OR_RETURN(request.startup_type, ParseStartupType(words[2]));
  }
  return request;
}

absl::StatusOr<ControlReply> ParseControlReply(absl::string_view line) {
  if (line.size() > kControlLineBytesMax) return absl::InvalidArgumentError("line too long");
  if (line == "ok") return ControlReply{};
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  ControlReply reply;
  if (words[0] == "ok") {
    ASSIGN_OR_RETURN(reply.status, ParseServiceStatus(words));
    return reply;
  }
  const std::pair<absl::string_view, absl::string_view> code_and_words =
      absl::StrSplit(absl::StripPrefix(line, "error "), absl::MaxSplits(' ', 1));
  if (words[0] != "error" || code_and_words.first.empty() || words.size() < 3) {
    return absl::InvalidArgumentError(absl::StrCat("not a reply: \"", line, "\""));
  }
  reply.error = ControlError{std::string(code_and_words.first), std::string(code_and_words.second)};
  return reply;
}

}  // namespace baton::standin
