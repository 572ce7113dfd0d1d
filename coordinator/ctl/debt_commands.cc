// The commands about what hosts owe: `debts`, `debts pay`, `debts write-off`.

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/carry_out.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/follow.h"
#include "coordinator/ctl/render_debts.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {
namespace {

// The answer in JSON is the farm with its debts and nothing else.
absl::StatusOr<ExitCode> ListDebts(Session& session) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const coordinator::v1::Farm farm, client->GetFarm());
  coordinator::v1::Farm debts;
  debts.set_farm_id(farm.farm_id());
  *debts.mutable_debts() = farm.debts();
  session.Show(debts, RenderDebtList(farm, session.MakeStyle()));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> Pay(Session& session) {
  const Options& options = session.options();
  RETURN_IF_ERROR(CheckCanConfirm(session, "debts pay", "the host's name"));
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  coordinator::v1::CreatePlanRequest create;
  create.mutable_request()->set_pays(options.host);
  RETURN_IF_ERROR(AddPlanOptions(options, *create.mutable_request()));
  ASSIGN_OR_RETURN(const plan::v1::Plan plan, client->CreatePlan(create));
  return CarryOut(session, *client, plan);
}

absl::StatusOr<ExitCode> WriteOff(Session& session) {
  const Options& options = session.options();
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const coordinator::v1::Version version, client->GetVersion());
  coordinator::v1::WriteOffDebtRequest request;
  request.set_host(options.host);
  request.set_reason(options.reason);
  const absl::StatusOr<plan::v1::Debt> debt = client->WriteOffDebt(request);
  const Style style = session.MakeStyle();
  const std::string list = absl::StrCat(style.program, " debts");
  if (!debt.ok()) {
    if (IsConnectionLost(debt.status())) {
      return session.Fail(OutcomeUnknown(debt.status(), {list}));
    }
    Message message = Explain(debt.status(), style);
    if (!absl::IsPermissionDenied(debt.status())) message.next = {list};
    return session.Fail(message);
  }
  session.Show(*debt,
               absl::StrCat("farm ", Clean(version.farm_id()), " | no run | written off\n",
                            Clean(debt->host()), " owes nothing any more",
                            debt->off_proof().empty() ? "" : "; ", Clean(debt->off_proof()), "\n"));
  return ExitCode::kDone;
}

const Argument kHost = {"HOST", "the host that owes", &Options::host, true};
const Argument kReason = {"--reason", "why, for the journal", &Options::reason, true};

}  // namespace

std::vector<Command> DebtCommands() {
  return {
      {"debts",
       "List what is still to do on hosts that were left out, pay it or give it up",
       {},
       "baton debts",
       ListDebts},
      {"debts pay",
       "Bring a host that is back to what the assignment says, and watch it",
       {kHost,
        kReason,
        {"--accept", "FINDING to accept, one or more", &Options::accept_findings},
        {"--change", "ID of the change in your own system, for the report", &Options::change},
        {"--yes", "HOST, its name once more: do not ask", &Options::yes},
        {"--detach", "do not watch; print the run's id", &Options::detach}},
       "baton debts pay fe1 --reason \"fe1 is repaired\" --yes fe1",
       Pay},
      {"debts write-off",
       "Give up what a host owes; its stand-down only while a fence says that it is off",
       {kHost, kReason},
       "baton debts write-off fe1 --reason \"scrapped\"",
       WriteOff},
  };
}

}  // namespace baton::ctl
