#include "agent/operation/change.h"

#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton {
namespace {

using plan::v1::Action;

absl::Status BadField(absl::string_view field, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", problem));
}

absl::Status CheckFenceFields(const plan::v1::Fence& fence) {
  if (fence.epoch() == 0) return BadField("fence.epoch", "is 0");
  if (fence.run().empty()) return BadField("fence.run", "is empty");
  if (fence.sequence() == 0) return BadField("fence.sequence", "is 0");
  if (fence.record_hash().size() != kDigestBytes) {
    return BadField("fence.record_hash", absl::StrCat("has ", fence.record_hash().size(),
                                                      " bytes instead of ", kDigestBytes));
  }
  const std::string& id = fence.operation_id();
  if (id.empty()) return BadField("fence.operation_id", "is empty");
  if (id.size() > kOperationIdBytesMax) {
    return BadField("fence.operation_id",
                    absl::StrCat("has ", id.size(), " bytes; at most ", kOperationIdBytesMax));
  }
  const std::string prefix = absl::StrCat(fence.run(), "/");
  if (!absl::StartsWith(id, prefix) || id.size() == prefix.size()) {
    return BadField("fence.operation_id",
                    absl::StrCat("\"", id, "\" is no step of run \"", fence.run(), "\""));
  }
  return absl::OkStatus();
}

absl::Status CheckGoal(absl::string_view field, const plan::v1::ServiceGoal& goal,
                       plan::v1::RunState run_state) {
  if (Word(goal.service()) == "unknown") {
    return BadField(absl::StrCat(field, ".service"), "is no service");
  }
  if (goal.run_state() != run_state) {
    return BadField(absl::StrCat(field, ".run_state"),
                    absl::StrCat("is ", Word(goal.run_state()), " instead of ", Word(run_state)));
  }
  const bool types_agree = run_state == plan::v1::RUN_STATE_UNSPECIFIED
                               ? goal.startup_type() == plan::v1::AUTOMATIC ||
                                     goal.startup_type() == plan::v1::MANUAL ||
                                     goal.startup_type() == plan::v1::DISABLED
                               : goal.startup_type() == plan::v1::STARTUP_TYPE_UNSPECIFIED;
  if (!types_agree) {
    return BadField(absl::StrCat(field, ".startup_type"),
                    absl::StrCat("cannot be ", Word(goal.startup_type())));
  }
  return absl::OkStatus();
}

absl::Status CheckDigest(absl::string_view field, absl::string_view digest) {
  if (digest.size() == kDigestBytes) return absl::OkStatus();
  return BadField(field, absl::StrCat("has ", digest.size(), " bytes instead of ", kDigestBytes));
}

absl::Status CheckRewrite(const plan::v1::Rewrite& rewrite) {
  RETURN_IF_ERROR(CheckDigest("rewrite.expected_digest", rewrite.expected_digest()));
  if (rewrite.changes().empty()) return BadField("rewrite.changes", "is empty");
  if (rewrite.changes_size() > kSettingChangesMax) {
    return BadField("rewrite.changes", absl::StrCat("has ", rewrite.changes_size(),
                                                    " entries; at most ", kSettingChangesMax));
  }
  std::set<plan::v1::Setting> seen;
  for (const plan::v1::SettingChange& change : rewrite.changes()) {
    if (Word(change.setting()) == "unknown") {
      return BadField("rewrite.changes.setting", "is no setting");
    }
    if (!change.secret().empty() && change.setting() != plan::v1::CACHE_PASSWORD) {
      return BadField("rewrite.changes.secret",
                      absl::StrCat(Word(change.setting()), " is no secret"));
    }
    if (!seen.insert(change.setting()).second) {
      return BadField("rewrite.changes.setting",
                      absl::StrCat(Word(change.setting()), " stands there twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRestore(const plan::v1::Restore& restore) {
  RETURN_IF_ERROR(CheckDigest("restore.expected_digest", restore.expected_digest()));
  RETURN_IF_ERROR(CheckDigest("restore.restored_digest", restore.restored_digest()));
  const std::string& backup = restore.backup();
  if (backup.empty()) return BadField("restore.backup", "is empty");
  if (backup.size() > kBackupNameBytesMax) {
    return BadField("restore.backup",
                    absl::StrCat("has ", backup.size(), " bytes; at most ", kBackupNameBytesMax));
  }
  // Which names a backup can have is the file's to say; that it is no path is said here already.
  if (backup.find_first_of("/\\") == std::string::npos) return absl::OkStatus();
  return BadField("restore.backup", "is a path instead of a name");
}

absl::Status CheckAssignment(const Change& change) {
  const plan::v1::Assignment& assignment = change.assignment;
  if (assignment.controller().empty()) return BadField("assignment.controller", "is empty");
  if (assignment.epoch() != change.fence.epoch()) {
    return BadField("assignment.epoch", absl::StrCat("is ", assignment.epoch(), ", the fence's is ",
                                                     change.fence.epoch()));
  }
  if (Word(assignment.state()) == "unknown") return BadField("assignment.state", "is not set");
  if (assignment.state() != change.action.set_assignment()) {
    return BadField("assignment.state", "is not the action's");
  }
  return absl::OkStatus();
}

absl::Status CheckAction(const Change& change) {
  const Action& action = change.action;
  switch (action.kind_case()) {
    case Action::kStartService:
      return CheckGoal("start_service", action.start_service(), plan::v1::RUNNING);
    case Action::kStopService:
      return CheckGoal("stop_service", action.stop_service(), plan::v1::STOPPED);
    case Action::kSetStartupType:
      return CheckGoal("set_startup_type", action.set_startup_type(),
                       plan::v1::RUN_STATE_UNSPECIFIED);
    case Action::kRewrite:
      return CheckRewrite(action.rewrite());
    case Action::kRunTool:
      if (Word(action.run_tool()) == "unknown") return BadField("run_tool", "is no tool");
      return CheckToolValues(change.values);
    case Action::kSetAssignment:
      return CheckAssignment(change);
    case Action::kRestore:
      return CheckRestore(action.restore());
    default:
      return BadField("action", "changes nothing");
  }
}

}  // namespace

std::string ChangeText(const Change& change) {
  std::string text = absl::StrCat(ActionText(change.action), ToolValuesText(change.values));
  if (change.action.has_set_assignment()) {
    // Without the epoch: the same request comes again under the epoch of a takeover.
    absl::StrAppend(&text, " controller=", absl::CEscape(change.assignment.controller()),
                    " cache=", absl::CEscape(change.assignment.cache()),
                    " run=", absl::CEscape(change.assignment.run()));
  }
  return text;
}

bool ReplacesFile(const Action& action) { return action.has_rewrite() || action.has_restore(); }

absl::Status CheckFields(const Change& change) {
  RETURN_IF_ERROR(CheckFenceFields(change.fence));
  RETURN_IF_ERROR(CheckAction(change));
  if (const size_t size = ChangeText(change).size(); size > kActionTextBytesMax) {
    return BadField("action", absl::StrCat("takes ", size, " bytes to write down; at most ",
                                           kActionTextBytesMax));
  }
  return absl::OkStatus();
}

}  // namespace baton
