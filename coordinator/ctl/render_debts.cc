#include "coordinator/ctl/render_debts.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/ctl/options.h"
#include "coordinator/ctl/run_debts.h"

namespace baton::ctl {
namespace {

using coordinator::v1::Farm;
using coordinator::v1::FarmHost;
using plan::v1::Debt;
using plan::v1::HostObservation;

// "still to do on fe1: ...".
std::string StillToDo(const std::string& host, bool stand_down) {
  return absl::StrCat("still to do on ", Clean(host), ": ",
                      stand_down ? "stop and disable its Deployment Controller, then " : "",
                      "bring it to what the assignment says\n");
}

std::string DebtNotes(const Debt& debt, const Style& style) {
  std::string notes =
      absl::StrCat("  since ", FormatTime(TimeOf(debt.open_time()), style), ", by run ",
                   Clean(debt.run()), " at epoch ", debt.epoch(), ", ", Clean(debt.actor()));
  if (!debt.reason().empty()) absl::StrAppend(&notes, ": ", Clean(debt.reason()));
  absl::StrAppend(&notes, "\n  was it off then: ",
                  debt.off_proof().empty() ? "not known" : Clean(debt.off_proof()), "\n");
  return notes;
}

const HostObservation* Answer(const Farm& farm, const std::string& host) {
  for (const HostObservation& observation : farm.observation().hosts()) {
    if (observation.host() == host) return &observation;
  }
  return nullptr;
}

bool Answers(const Farm& farm, const std::string& host) {
  const HostObservation* answer = Answer(farm, host);
  return answer != nullptr && answer->has_state();
}

bool HasFence(const Farm& farm, const std::string& host) {
  return std::any_of(farm.hosts().begin(), farm.hosts().end(), [&host](const FarmHost& entry) {
    return entry.name() == host && !entry.fence().empty();
  });
}

std::string AnswerNote(const Farm& farm, const std::string& host) {
  if (Answers(farm, host)) return "  it answers now\n";
  const HostObservation* answer = Answer(farm, host);
  return absl::StrCat("  it does not answer",
                      answer == nullptr || answer->error().empty() ? "" : ": ",
                      answer == nullptr ? "" : Clean(answer->error()), "\n");
}

std::string DebtCommand(absl::string_view word, const std::string& host, const Style& style) {
  return absl::StrCat("  ", style.program, " debts ", word, " ", ShellWord(host),
                      " --reason \"...\"\n");
}

// What can be done about the debts now.
std::string DebtCommands(const Farm& farm, const Style& style) {
  std::string commands;
  for (const Debt& debt : farm.debts()) {
    if (Answers(farm, debt.host())) {
      absl::StrAppend(&commands, DebtCommand("pay", debt.host(), style));
      continue;
    }
    // A stand-down is given up only while a fence says that the host is off.
    if (!debt.stand_down() || HasFence(farm, debt.host())) {
      absl::StrAppend(&commands, DebtCommand("write-off", debt.host(), style));
    }
  }
  if (!commands.empty()) return absl::StrCat("next:\n", commands);
  return farm.debts().empty() ? "" : "next: start these hosts, and pay once they answer\n";
}

// What is done about a lost host. Where nothing is said, what counts is whether it may have the
// Deployment Controller.
std::string PolicyWords(const plan::v1::LostHost& lost, const plan::v1::Plan& plan) {
  if (lost.confirmed_off()) return "confirmed to be off";
  if (lost.on_lost() != plan::v1::ON_LOST_UNSPECIFIED) return Word(lost.on_lost());
  const auto& debts = plan.debts();
  const bool owes_the_rest = std::any_of(debts.begin(), debts.end(), [&lost](const Debt& debt) {
    return debt.host() == lost.host() && !debt.stand_down();
  });
  return Word(owes_the_rest ? plan::v1::ON_LOST_OWE : plan::v1::ON_LOST_BLOCK);
}

}  // namespace

std::string RenderDebts(const Farm& farm, const Style& style) {
  std::string text;
  for (const Debt& debt : farm.debts()) {
    absl::StrAppend(&text, Paint(StillToDo(debt.host(), debt.stand_down()), Tone::kWarn, style),
                    DebtNotes(debt, style));
  }
  return text;
}

std::string RenderDebtList(const Farm& farm, const Style& style) {
  std::string text = absl::StrCat(
      "farm ", Clean(farm.farm_id()), " | ",
      farm.has_active_run() ? absl::StrCat("run ", Clean(farm.active_run().run())) : "no run",
      " | ", farm.debts_size(), farm.debts_size() == 1 ? " debt" : " debts", "\n");
  if (farm.debts().empty()) return absl::StrCat(text, "no host owes anything\n");
  for (const Debt& debt : farm.debts()) {
    absl::StrAppend(&text, Paint(StillToDo(debt.host(), debt.stand_down()), Tone::kWarn, style),
                    DebtNotes(debt, style), AnswerNote(farm, debt.host()));
  }
  return absl::StrCat(text, DebtCommands(farm, style));
}

std::string RenderWithout(const plan::v1::Plan& plan) {
  std::string text;
  std::vector<std::string> lost;
  for (const plan::v1::LostHost& host : plan.request().lost()) {
    lost.push_back(absl::StrCat(host.host(), " (", PolicyWords(host, plan), ")"));
  }
  if (!lost.empty()) {
    absl::StrAppend(&text, "emergency, without ", Clean(absl::StrJoin(lost, ", ")), ": ",
                    Clean(plan.request().reason()), "\n");
  }
  for (const Debt& debt : plan.debts()) {
    absl::StrAppend(&text, "will be owed by ", Clean(debt.host()), ": ",
                    debt.stand_down() ? "to stop and disable its Deployment Controller, then " : "",
                    "what the assignment says", debt.reason().empty() ? "" : "; ",
                    Clean(debt.reason()), "\n");
  }
  for (const std::string& host : plan.not_proved()) {
    absl::StrAppend(&text, "not proved: ", Clean(host), " has no agent; people do its part\n");
  }
  return text;
}

std::string RenderRunDebts(const plan::v1::Run& run) {
  std::string text;
  for (const RunDebt& debt : DebtsOf(run)) {
    absl::StrAppend(&text, StillToDo(debt.host, debt.stand_down));
  }
  return text;
}

std::string RenderRunDebtCommands(const plan::v1::Run& run, const Style& style) {
  if (DebtsOf(run).empty()) return "";
  return absl::StrCat("  ", style.program, " debts\n");
}

}  // namespace baton::ctl
