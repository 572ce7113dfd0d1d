#include "common/words/words.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"

namespace baton {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

// Prefixes that keep the generated names apart and say nothing to people.
constexpr absl::string_view kPrefixes[] = {"RUN_",   "STEP_",      "FINDING_", "OPERATION_",
                                           "GROUP_", "REPUBLISH_", "ON_LOST_", "GUARD_"};

std::string DashedWord(const EnumDescriptor& type, int number) {
  const EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (value == nullptr || number == 0) return "unknown";
  absl::string_view name = value->name();
  for (const absl::string_view prefix : kPrefixes) {
    if (absl::ConsumePrefix(&name, prefix)) break;
  }
  std::string word = absl::AsciiStrToLower(name);
  std::replace(word.begin(), word.end(), '_', '-');
  return word;
}

// `cache.virtual_host`: the first underscore is the dot between group and name.
std::string DottedWord(const EnumDescriptor& type, int number) {
  const EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (value == nullptr || number == 0) return "unknown";
  std::string word = absl::AsciiStrToLower(value->name());
  word[word.find('_')] = '.';
  return word;
}

using Spelling = std::string (*)(const EnumDescriptor&, int);

absl::StatusOr<int> Parse(const EnumDescriptor& type, absl::string_view word, Spelling spelling) {
  std::vector<std::string> words;
  for (int i = 0; i < type.value_count(); ++i) {
    const int number = type.value(i)->number();
    if (number == 0) continue;
    if (spelling(type, number) == word) return number;
    words.push_back(spelling(type, number));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", word, "\" is none of: ", absl::StrJoin(words, ", ")));
}

template <typename Enum>
absl::StatusOr<Enum> ParseEnum(const EnumDescriptor& type, absl::string_view word,
                               Spelling spelling = DashedWord) {
  absl::StatusOr<int> number = Parse(type, word, spelling);
  if (!number.ok()) return number.status();
  return static_cast<Enum>(*number);
}

std::string RewriteText(const plan::v1::Rewrite& rewrite) {
  std::string text =
      absl::StrCat("rewrite-configuration ", absl::BytesToHexString(rewrite.expected_digest()));
  for (const plan::v1::SettingChange& change : rewrite.changes()) {
    const bool secret = change.setting() == plan::v1::CACHE_PASSWORD || !change.secret().empty();
    absl::StrAppend(&text, " ", Word(change.setting()), "=",
                    secret ? "(secret)" : absl::CEscape(change.new_value()));
  }
  return text;
}

}  // namespace

std::string Word(plan::v1::Service service) {
  return DashedWord(*plan::v1::Service_descriptor(), service);
}
std::string Word(plan::v1::RunState state) {
  return DashedWord(*plan::v1::RunState_descriptor(), state);
}
std::string Word(plan::v1::StartupType type) {
  return DashedWord(*plan::v1::StartupType_descriptor(), type);
}
std::string Word(plan::v1::Group group) { return DashedWord(*plan::v1::Group_descriptor(), group); }
std::string Word(plan::v1::Setting setting) {
  return DottedWord(*plan::v1::Setting_descriptor(), setting);
}
std::string Word(plan::v1::Tool tool) { return DashedWord(*plan::v1::Tool_descriptor(), tool); }
std::string Word(plan::v1::Procedure procedure) {
  return DashedWord(*plan::v1::Procedure_descriptor(), procedure);
}
std::string Word(plan::v1::RepublishPolicy policy) {
  return DashedWord(*plan::v1::RepublishPolicy_descriptor(), policy);
}
std::string Word(plan::v1::FindingLevel level) {
  return DashedWord(*plan::v1::FindingLevel_descriptor(), level);
}
std::string Word(plan::v1::AssignmentState state) {
  return DashedWord(*plan::v1::AssignmentState_descriptor(), state);
}
std::string Word(plan::v1::OperationState state) {
  return DashedWord(*plan::v1::OperationState_descriptor(), state);
}
std::string Word(plan::v1::RunPhase phase) {
  return DashedWord(*plan::v1::RunPhase_descriptor(), phase);
}
std::string Word(plan::v1::StepState state) {
  return DashedWord(*plan::v1::StepState_descriptor(), state);
}
std::string Word(plan::v1::PauseReason reason) {
  return DashedWord(*plan::v1::PauseReason_descriptor(), reason);
}

std::string Word(plan::v1::OnLost on_lost) {
  return DashedWord(*plan::v1::OnLost_descriptor(), on_lost);
}
std::string Word(plan::v1::ProbeVerdict verdict) {
  return DashedWord(*plan::v1::ProbeVerdict_descriptor(), verdict);
}
std::string Word(plan::v1::GuardMode mode) {
  return DashedWord(*plan::v1::GuardMode_descriptor(), mode);
}

absl::StatusOr<plan::v1::Service> ParseService(absl::string_view word) {
  return ParseEnum<plan::v1::Service>(*plan::v1::Service_descriptor(), word);
}
absl::StatusOr<plan::v1::StartupType> ParseStartupType(absl::string_view word) {
  return ParseEnum<plan::v1::StartupType>(*plan::v1::StartupType_descriptor(), word);
}
absl::StatusOr<plan::v1::Setting> ParseSetting(absl::string_view word) {
  return ParseEnum<plan::v1::Setting>(*plan::v1::Setting_descriptor(), word, DottedWord);
}
absl::StatusOr<plan::v1::Tool> ParseTool(absl::string_view word) {
  return ParseEnum<plan::v1::Tool>(*plan::v1::Tool_descriptor(), word);
}
absl::StatusOr<plan::v1::Procedure> ParseProcedure(absl::string_view word) {
  return ParseEnum<plan::v1::Procedure>(*plan::v1::Procedure_descriptor(), word);
}
absl::StatusOr<plan::v1::OnLost> ParseOnLost(absl::string_view word) {
  return ParseEnum<plan::v1::OnLost>(*plan::v1::OnLost_descriptor(), word);
}
absl::StatusOr<plan::v1::RepublishPolicy> ParseRepublishPolicy(absl::string_view word) {
  return ParseEnum<plan::v1::RepublishPolicy>(*plan::v1::RepublishPolicy_descriptor(), word);
}

std::string ServiceTitle(plan::v1::Service service) {
  switch (service) {
    case plan::v1::CONTROLLER:
      return "Deployment Controller";
    case plan::v1::DEPLOYMENT:
      return "Deployment Service";
    case plan::v1::SCHEDULER:
      return "Scheduler";
    default:
      return Word(service);
  }
}

std::string ActionText(const plan::v1::Action& action) {
  switch (action.kind_case()) {
    case plan::v1::Action::kStartService:
      return absl::StrCat("start ", Word(action.start_service().service()));
    case plan::v1::Action::kStopService:
      return absl::StrCat("stop ", Word(action.stop_service().service()));
    case plan::v1::Action::kSetStartupType:
      return absl::StrCat("set-startup-type ", Word(action.set_startup_type().service()), " ",
                          Word(action.set_startup_type().startup_type()));
    case plan::v1::Action::kRewrite:
      return RewriteText(action.rewrite());
    case plan::v1::Action::kRestore:
      return absl::StrCat("restore-configuration ",
                          absl::BytesToHexString(action.restore().expected_digest()), " ",
                          absl::CEscape(action.restore().backup()), " ",
                          absl::BytesToHexString(action.restore().restored_digest()));
    case plan::v1::Action::kRunTool:
      return absl::StrCat("run-tool ", Word(action.run_tool()));
    case plan::v1::Action::kSetAssignment:
      return absl::StrCat("set-assignment ", Word(action.set_assignment()));
    case plan::v1::Action::kGate:
      return "gate";
    default:
      return "read";
  }
}

bool Changes(const plan::v1::Action& action) {
  switch (action.kind_case()) {
    case plan::v1::Action::kStartService:
    case plan::v1::Action::kStopService:
    case plan::v1::Action::kSetStartupType:
    case plan::v1::Action::kRewrite:
    case plan::v1::Action::kRunTool:
    case plan::v1::Action::kSetAssignment:
    case plan::v1::Action::kRestore:
      return true;
    default:
      return false;
  }
}

bool MayChange(const plan::v1::Action& action) { return Changes(action) || action.has_hook(); }

}  // namespace baton
