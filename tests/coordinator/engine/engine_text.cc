#include "tests/coordinator/engine/engine_text.h"

#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"

namespace baton {
namespace {

using journal::v1::Record;

std::string ClaimText(const journal::v1::ClaimFinished& claim) {
  return absl::StrCat(claim.host(), " epoch ", claim.epoch(),
                      claim.accepted() ? " accepted" : " missing: ", claim.detail());
}

std::string FinishText(const journal::v1::StepFinished& step) {
  return absl::StrCat(step.step(), " attempt ", step.attempt(), " ", Word(step.state()),
                      step.changed() ? " changed" : "", ": ", step.detail());
}

std::string ResumeText(const journal::v1::RunResumed& resumed) {
  return absl::StrCat("epoch ", resumed.epoch(), " incarnation ", resumed.incarnation(),
                      resumed.takeover() ? " takeover" : "", resumed.step().empty() ? "" : " ",
                      resumed.decision() == journal::v1::RETRY    ? "retry "
                      : resumed.decision() == journal::v1::ACCEPT ? "accept "
                                                                  : "",
                      resumed.step());
}

template <typename Values>
std::string ValuesText(const Values& values) {
  std::string text;
  for (const auto& value : values) {
    absl::StrAppend(&text, " ", value.name(), "=\"", value.text(), value.file(), "\"");
  }
  return text.empty() ? "" : absl::StrCat(" with", text);
}

std::string BodyText(const Record& record) {
  switch (record.body_case()) {
    case Record::kClaimFinished:
      return ClaimText(record.claim_finished());
    case Record::kStepStarted:
      return absl::StrCat(record.step_started().step(), " attempt ",
                          record.step_started().attempt());
    case Record::kStepFinished:
      return FinishText(record.step_finished());
    case Record::kGateAnswered:
      return absl::StrCat(
          record.gate_answered().step(), " attempt ", record.gate_answered().attempt(),
          record.gate_answered().approved() ? " approved: " : " rejected: ",
          record.gate_answered().reason(), ValuesText(record.gate_answered().values()));
    case Record::kDebtOpened:
      return DebtText(record.debt_opened().debt());
    case Record::kDebtSettled:
      return absl::StrCat(record.debt_settled().host(), " ",
                          journal::v1::DebtEnd_Name(record.debt_settled().end()),
                          record.debt_settled().stand_down_only() ? ", the stand-down alone" : "",
                          ": ", record.debt_settled().reason());
    case Record::kRunAlive:
      return absl::StrJoin(record.run_alive().steps(), ", ");
    case Record::kRunPaused:
      return absl::StrCat(Word(record.run_paused().reason()), ": ", record.run_paused().detail());
    case Record::kRunResumed:
      return ResumeText(record.run_resumed());
    case Record::kStopRequested:
      return absl::StrCat(record.stop_requested().cancel() ? "cancel: " : "pause: ",
                          record.stop_requested().reason());
    case Record::kRunFinished:
      return absl::StrCat(Word(record.run_finished().phase()), ": ",
                          record.run_finished().detail());
    default:
      return "";
  }
}

std::string FenceText(const plan::v1::Fence& fence) {
  return absl::StrCat(fence.operation_id(), " fence ", fence.epoch(), " ", fence.incarnation(), " ",
                      fence.sequence());
}

std::string TargetsText(const agent::v1::ProbeRequest& request) {
  std::vector<std::string> targets;
  for (const agent::v1::ProbeTarget& target : request.targets()) {
    targets.push_back(target.has_ping()
                          ? "ping"
                          : absl::StrCat(target.tcp().address(), ":", target.tcp().port()));
  }
  return absl::StrJoin(targets, " ");
}

struct EffectWords {
  std::string operator()(const engine::AppendRecords& /*effect*/) const { return ""; }
  std::string operator()(const engine::ClaimHost& effect) const {
    return absl::StrCat("claim ", effect.host, " epoch ", effect.claim.epoch(), " ",
                        effect.claim.run(), " ", effect.claim.incarnation());
  }
  std::string operator()(const engine::ChangeHost& effect) const {
    return absl::StrCat("change ", effect.host, " ", FenceText(effect.fence), ": ",
                        ActionText(effect.action), ValuesText(effect.values),
                        effect.licenses.empty() ? "" : " staged",
                        absl::StrJoin(effect.licenses, "",
                                      [](std::string* out, const plan::v1::StagedLicense& license) {
                                        absl::StrAppend(out, " ", license.path());
                                      }));
  }
  std::string operator()(const engine::ReadHost& effect) const {
    return absl::StrCat("read ", effect.host);
  }
  std::string operator()(const engine::ProbeHost& effect) const {
    return absl::StrCat("probe ", effect.host, " ", TargetsText(effect.request));
  }
  std::string operator()(const engine::RunHook& effect) const {
    return absl::StrCat("hook ", effect.step, " for ", absl::FormatDuration(effect.timeout), ": ",
                        absl::StrJoin(effect.hook.command(), " "), " with ",
                        effect.environment.back());
  }
  std::string operator()(const engine::RunFence& effect) const {
    return absl::StrCat("fence ", effect.host, " for ", absl::FormatDuration(effect.timeout), ": ",
                        effect.fence.agent());
  }
  std::string operator()(const engine::SetTimer& effect) const {
    return absl::StrCat("timer ", absl::FormatDuration(effect.delay));
  }
  std::string operator()(const engine::Halt& effect) const {
    return absl::StrCat("halt ", effect.status.ToString());
  }
};

}  // namespace

std::string DebtText(const plan::v1::Debt& debt) {
  return absl::StrCat(debt.host(), debt.stand_down() ? " with its stand-down" : "", ", run ",
                      debt.run(), " epoch ", debt.epoch(), " for ", debt.actor(), ": ",
                      debt.reason(),
                      debt.off_proof().empty() ? "" : absl::StrCat(", off: ", debt.off_proof()));
}

std::string RecordText(const Record& record) {
  const google::protobuf::FieldDescriptor* field =
      Record::descriptor()->FindFieldByNumber(static_cast<int>(record.body_case()));
  return absl::StrCat(field->name(), " ", BodyText(record));
}

std::string EffectText(const engine::Effect& effect) { return std::visit(EffectWords(), effect); }

}  // namespace baton
