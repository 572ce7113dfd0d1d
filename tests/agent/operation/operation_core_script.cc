#include "tests/agent/operation/operation_core_script.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/words/words.h"

namespace baton {
namespace {

using agent::v1::LogEntry;
using plan::v1::Operation;

constexpr int64_t kStartSeconds = 1000;
constexpr int64_t kEndSeconds = 2000;

uint64_t Number(const std::string& text) {
  uint64_t number = 0;
  return absl::SimpleAtoi(text, &number) ? number : 0;
}

std::string Option(const std::map<std::string, std::string>& options, const std::string& name,
                   const std::string& otherwise) {
  const auto option = options.find(name);
  return option == options.end() ? otherwise : option->second;
}

std::string Digest(const std::string& letter) {
  return letter.size() == 1 ? std::string(kDigestBytes, letter[0]) : letter;
}

google::protobuf::Timestamp Seconds(int64_t seconds) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  return time;
}

std::string DescribeClaim(const plan::v1::Claim& claim) {
  return absl::StrCat("epoch=", claim.epoch(), " run=", claim.run(),
                      " incarnation=", claim.incarnation());
}

std::string DescribeAnchor(const plan::v1::Anchor& anchor) {
  return absl::StrCat("anchor=", anchor.sequence(), ":", anchor.hash().substr(0, 1));
}

std::string DescribeAssignment(const plan::v1::Assignment& assignment) {
  return absl::StrCat(Word(assignment.state()), " controller=", assignment.controller(),
                      " epoch=", assignment.epoch());
}

std::string DescribeEnd(const Operation& operation) {
  return absl::StrCat(operation.operation_id(), " ", Word(operation.state()),
                      operation.detail().empty() ? "" : ": ", operation.detail(),
                      operation.rewrite().backup().empty() ? "" : ", backup ",
                      operation.rewrite().backup());
}

std::string DescribeEntry(const LogEntry& entry) {
  switch (entry.body_case()) {
    case LogEntry::kClaimAccepted:
      return absl::StrCat("claim ", DescribeClaim(entry.claim_accepted().claim()), " ",
                          DescribeAnchor(entry.claim_accepted().anchor()));
    case LogEntry::kOperationAccepted:
      return absl::StrCat("accepted ", entry.operation_accepted().operation_id(), " (",
                          entry.operation_accepted().action().substr(0, 40),
                          ") seq=", entry.operation_accepted().fence().sequence());
    case LogEntry::kOperationEnded:
      return absl::StrCat("ended ", DescribeEnd(entry.operation_ended().operation()));
    case LogEntry::kAssignmentAccepted:
      return absl::StrCat("assignment ", DescribeAssignment(entry.assignment_accepted()));
    case LogEntry::kAssignmentHeard:
    case LogEntry::kGuardActs:
    case LogEntry::BODY_NOT_SET:
      break;
  }
  return "unknown entry";
}

std::string DescribeRefusal(Token token, const absl::Status& status) {
  return absl::StrCat("refuse ", token, " ", status.ToString(), "\n");
}

struct DescribeEffect {
  std::string operator()(const Append& append) const {
    std::string text;
    for (const LogEntry& entry : append.entries) {
      absl::StrAppend(&text, "write ", DescribeEntry(entry), "\n");
    }
    return text;
  }
  std::string operator()(const Begin& begin) const {
    return absl::StrCat("begin ", begin.change.fence.operation_id(), "\n");
  }
  std::string operator()(const Reattach& reattach) const {
    return absl::StrCat("reattach ", reattach.operation.operation_id(), "\n");
  }
  std::string operator()(const Attached& attached) const {
    return absl::StrCat("attached ", attached.token, " ", DescribeEnd(attached.operation), "\n");
  }
  std::string operator()(const Answer& answer) const {
    if (!answer.operation.ok()) return DescribeRefusal(answer.token, answer.operation.status());
    return absl::StrCat("answer ", answer.token, " ", DescribeEnd(*answer.operation), "\n");
  }
  std::string operator()(const AnswerClaim& answer) const {
    if (!answer.claim.ok()) return DescribeRefusal(answer.token, answer.claim.status());
    return absl::StrCat("claimed ", answer.token, " ", DescribeClaim(*answer.claim), "\n");
  }
};

Operation Ended(const std::string& id, const std::string& state) {
  Operation operation;
  operation.set_operation_id(id);
  plan::v1::OperationState parsed = plan::v1::OPERATION_STATE_UNSPECIFIED;
  plan::v1::OperationState_Parse(absl::StrCat("OPERATION_", absl::AsciiStrToUpper(state)), &parsed);
  operation.set_state(parsed);
  *operation.mutable_end_time() = Seconds(kEndSeconds);
  return operation;
}

// The values of a tool: `text.NAME=VALUE`, `secret.NAME=VALUE`, `file.NAME=VALUE`.
ToolValues ValuesOf(const std::map<std::string, std::string>& options) {
  ToolValues values;
  for (const auto& [option, value] : options) {
    const std::pair<std::string, std::string> kind =
        absl::StrSplit(option, absl::MaxSplits('.', 1));
    if (kind.second.empty()) continue;
    agent::v1::ToolValue& brought = values.emplace_back();
    brought.set_name(kind.second);
    if (kind.first == "text") brought.set_text(value);
    if (kind.first == "secret") brought.set_secret(value);
    if (kind.first == "file") brought.set_file(value);
  }
  return values;
}

// The fields of a change that its verb has, from the words behind the token. The last is the id.
void FillAction(const std::vector<std::string>& words,
                const std::map<std::string, std::string>& options, Change& change) {
  const std::string& verb = words[0];
  plan::v1::Action& action = change.action;
  if (verb == "start" || verb == "stop") {
    plan::v1::ServiceGoal& goal =
        verb == "start" ? *action.mutable_start_service() : *action.mutable_stop_service();
    goal.set_service(ParseService(words[2]).value_or(plan::v1::SERVICE_UNSPECIFIED));
    goal.set_run_state(verb == "start" ? plan::v1::RUNNING : plan::v1::STOPPED);
  } else if (verb == "set-startup-type") {
    plan::v1::ServiceGoal& goal = *action.mutable_set_startup_type();
    goal.set_service(ParseService(words[2]).value_or(plan::v1::SERVICE_UNSPECIFIED));
    goal.set_startup_type(ParseStartupType(words[3]).value_or(plan::v1::STARTUP_TYPE_UNSPECIFIED));
  } else if (verb == "tool") {
    action.set_run_tool(ParseTool(words[2]).value_or(plan::v1::TOOL_UNSPECIFIED));
    change.values = ValuesOf(options);
  } else if (verb == "rewrite") {
    action.mutable_rewrite()->set_expected_digest(Digest(Option(options, "expected", "a")));
    plan::v1::SettingChange& setting = *action.mutable_rewrite()->add_changes();
    setting.set_setting(plan::v1::CONTROLLER_HOST);
    setting.set_new_value(Option(options, "value", "fe2"));
    setting.set_secret(Option(options, "secret_of_host", ""));
    if (options.contains("password")) {
      plan::v1::SettingChange& password = *action.mutable_rewrite()->add_changes();
      password.set_setting(plan::v1::CACHE_PASSWORD);
      password.set_new_value(options.at("password"));
      password.set_secret("cache_password");
    }
  } else if (verb == "restore") {
    plan::v1::Restore& restore = *action.mutable_restore();
    restore.set_expected_digest(Digest(Option(options, "expected", "a")));
    restore.set_restored_digest(Digest(Option(options, "restored", "b")));
    restore.set_backup(Option(options, "backup", "server.hsconf.bak-r0"));
  } else if (verb == "assign") {
    plan::v1::AssignmentState state = plan::v1::ASSIGNMENT_STATE_UNSPECIFIED;
    plan::v1::AssignmentState_Parse(absl::AsciiStrToUpper(words[2]), &state);
    action.set_set_assignment(state);
    change.assignment.set_state(state);
    change.assignment.set_controller(words[3]);
    change.assignment.set_epoch(
        Number(Option(options, "assignment_epoch", absl::StrCat(change.fence.epoch()))));
    change.assignment.set_run(change.fence.run());
  }
  if (options.contains("before")) {
    change.digests =
        RewriteDigests{Digest(options.at("before")), Digest(options.at("after")), "", ""};
  }
  if (options.contains("kept")) {
    change.digests->backup = "server.hsconf.bak-r1";
    change.digests->backup_digest = Digest(options.at("kept"));
  }
}

// The words of a line, and apart from them those of the form NAME=VALUE.
std::pair<std::vector<std::string>, std::map<std::string, std::string>> SplitLine(
    const std::string& line) {
  std::vector<std::string> words;
  std::map<std::string, std::string> options;
  for (const absl::string_view word : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
    if (absl::StrContains(word, '=')) {
      const std::pair<std::string, std::string> parts =
          absl::StrSplit(word, absl::MaxSplits('=', 1));
      options.insert(parts);
    } else {
      words.emplace_back(word);
    }
  }
  return {words, options};
}

OperationCore RecoverEmpty() { return OperationCore::Recover(ScriptOptions(), {}, {})->core; }

}  // namespace

OperationCore::Options ScriptOptions() {
  OperationCore::Options options;
  options.farm_id = "farm";
  options.host = "fe1";
  options.profile.set_name("standin");
  plan::v1::ToolProfile& apply = *options.profile.add_tools();
  apply.set_tool(plan::v1::APPLY_CONFIGURATION);
  apply.set_repeatable(true);
  options.profile.add_tools()->set_tool(plan::v1::REPUBLISH);
  plan::v1::ToolProfile& license = *options.profile.add_tools();
  license.set_tool(plan::v1::INSTALL_LICENSE);
  license.set_repeatable(true);
  for (const auto& [name, kind] : {std::pair("license", plan::v1::ToolParameter::FILE),
                                   std::pair("user", plan::v1::ToolParameter::TEXT),
                                   std::pair("password", plan::v1::ToolParameter::SECRET)}) {
    license.add_parameters()->set_name(name);
    license.mutable_parameters()->rbegin()->set_kind(kind);
  }
  return options;
}

std::string DescribeLog(const std::vector<LogEntry>& log) {
  std::string text;
  for (const LogEntry& entry : log) absl::StrAppend(&text, DescribeEntry(entry), "\n");
  return text;
}

OperationCoreScript::OperationCoreScript() : core_(RecoverEmpty()) { fence_.set_farm_id("farm"); }

std::string OperationCoreScript::Run(const std::string& line) {
  const auto [words, options] = SplitLine(line);
  const std::string& verb = words[0];
  if (verb == "claim") return Claim(words, options);
  if (verb == "logged") return Logged(words);
  if (verb == "restart") return Restart(options);
  if (verb == "log") return DescribeLog(log_);
  if (verb == "state") return State();
  if (verb == "ended") return Take(core_.OnEnded(Ended(words[1], words[2])));
  if (verb == "detach") {
    core_.OnDetached(Number(words[1]));
    return "";
  }
  if (verb == "crash") {
    if (writes_.empty()) return "script: nothing is on its way";
    const std::vector<LogEntry>& entries = writes_.front().entries;
    log_.insert(log_.end(), entries.begin(),
                entries.begin() + static_cast<int64_t>(Number(words[1])));
    return Restart(options);
  }
  if (verb == "damaged") {
    core_ = OperationCore::Damaged(ScriptOptions(), absl::DataLossError(words[1]));
    return "";
  }
  if (verb == "compact") {
    log_ = core_.state().Snapshot();
    return DescribeLog(log_);
  }
  return ChangeHost(words, options);
}

std::string OperationCoreScript::Claim(const Words& words, const Options& options) {
  agent::v1::ClaimRequest request;
  request.set_farm_id(Option(options, "farm", "farm"));
  plan::v1::Claim& claim = *request.mutable_claim();
  claim.set_epoch(Number(Option(options, "epoch", "1")));
  claim.set_run(Option(options, "run", "r1"));
  claim.set_incarnation(Option(options, "incarnation", "i1"));
  request.mutable_journal_end()->set_sequence(Number(Option(options, "end", "10")));
  request.mutable_journal_end()->set_hash(Digest(Option(options, "hash", "h")));
  request.set_adopt(options.contains("adopt"));
  fence_.set_epoch(claim.epoch());
  fence_.set_run(claim.run());
  fence_.set_incarnation(claim.incarnation());
  return Take(core_.OnClaim(Number(words[1]), request));
}

std::string OperationCoreScript::ChangeHost(const Words& words, const Options& options) {
  if (words.size() < 3) return absl::StrCat("script: ", absl::StrJoin(words, " "));
  Change change;
  change.fence = fence_;
  if (options.contains("farm")) change.fence.set_farm_id(options.at("farm"));
  if (options.contains("epoch")) change.fence.set_epoch(Number(options.at("epoch")));
  if (options.contains("run")) change.fence.set_run(options.at("run"));
  if (options.contains("incarnation")) change.fence.set_incarnation(options.at("incarnation"));
  change.fence.set_sequence(Number(Option(options, "seq", "0")));
  change.fence.set_record_hash(Digest(Option(options, "hash", "h")));
  change.fence.set_operation_id(words.back());
  FillAction(words, options, change);
  return Take(core_.OnChange(Number(words[1]), std::move(change), Seconds(kStartSeconds)));
}

std::string OperationCoreScript::Logged(const Words& words) {
  if (writes_.empty()) return "script: nothing is on its way";
  const Append append = std::move(writes_.front());
  writes_.pop_front();
  absl::Status status;
  if (words.size() == 1) {
    log_.insert(log_.end(), append.entries.begin(), append.entries.end());
  } else {
    const std::string message = absl::StrJoin(words.begin() + 2, words.end(), " ");
    status = words[1] == "DATA_LOSS" ? absl::DataLossError(message)
                                     : absl::ResourceExhaustedError(message);
  }
  return Take(core_.OnLogged(append.ticket, status));
}

std::string OperationCoreScript::Restart(const Options& tools) {
  std::vector<RecoveredTool> recovered;
  for (const auto& [id, what] : tools) {
    recovered.push_back({id, std::nullopt});
    if (what != "running") recovered.back().ended = Ended(id, what);
  }
  writes_.clear();
  absl::StatusOr<Recovery> recovery = OperationCore::Recover(ScriptOptions(), log_, recovered);
  if (!recovery.ok()) return recovery.status().ToString();
  core_ = std::move(recovery->core);
  return Take(recovery->effects);
}

std::string OperationCoreScript::State() const {
  const DurableState& state = core_.state();
  std::string text = state.claims().claim().has_value()
                         ? absl::StrCat("claim ", DescribeClaim(*state.claims().claim()), " ",
                                        DescribeAnchor(*state.claims().anchor()), "\n")
                         : "no claim\n";
  if (state.assignment().has_value()) {
    absl::StrAppend(&text, "assignment ", DescribeAssignment(*state.assignment()), "\n");
  }
  if (core_.running().has_value()) {
    absl::StrAppend(&text, "running ", core_.running()->operation_id(), "\n");
  }
  return text;
}

std::string OperationCoreScript::Take(const Effects& effects) {
  std::string text;
  for (const Effect& effect : effects) {
    absl::StrAppend(&text, std::visit(DescribeEffect(), effect));
    if (const auto* append = std::get_if<Append>(&effect)) writes_.push_back(*append);
  }
  return text;
}

}  // namespace baton
