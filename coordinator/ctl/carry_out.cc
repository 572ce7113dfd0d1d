#include "coordinator/ctl/carry_out.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/ctl/follow.h"
#include "coordinator/ctl/render_plan.h"
#include "coordinator/ctl/render_run.h"
#include "coordinator/procedure/confirmation.h"

namespace baton::ctl {
namespace {

using plan::v1::Plan;

// The name that confirms the plan: from the command line, or from the person; empty for none.
std::string Confirm(Session& session, const Plan& plan) {
  if (!session.options().yes.empty()) return session.options().yes;
  session.Say(absl::StrCat("Type the name of the ", ConfirmationTitle(plan), " to begin: "));
  const absl::StatusOr<std::string> answer = session.console().ReadLine();
  if (!answer.ok()) session.Say("\n");
  return answer.ok() ? std::string(absl::StripAsciiWhitespace(*answer)) : "";
}

// Starts the run. A lost connection does not matter: the same request id starts one run only.
absl::StatusOr<plan::v1::Run> Start(Session& session, CoordinatorClient& client,
                                    const coordinator::v1::StartRunRequest& request) {
  const Patience& patience = session.environment().patience;
  Clock& clock = session.environment().clock;
  const absl::Duration give_up = clock.Monotonic() + patience.reconnect_for;
  while (true) {
    absl::StatusOr<plan::v1::Run> run = client.StartRun(request);
    if (run.ok() || !IsConnectionLost(run.status()) || clock.Monotonic() >= give_up) return run;
    session.Say(absl::StrCat(
        "lost the Baton coordinator, asking again: ", Clean(run.status().message()), "\n"));
    session.environment().sleep(patience.retry_delay);
  }
}

ExitCode FailStart(Session& session, const Plan& plan, const absl::Status& status) {
  const Style style = session.MakeStyle();
  if (IsConnectionLost(status)) {
    return session.Fail(OutcomeUnknown(status, {absl::StrCat(style.program, " runs list"),
                                                absl::StrCat(style.program, " status")}));
  }
  Message message = Explain(status, style);
  if (status.code() == absl::StatusCode::kFailedPrecondition) {
    message.next = {PlanCommand(plan.request(), style)};
  } else if (status.code() == absl::StatusCode::kInvalidArgument) {
    message.next = {RunCommand(plan, style)};
  } else if (status.code() == absl::StatusCode::kAborted) {
    message.next = {absl::StrCat(style.program, " runs watch")};
  }
  return session.Fail(message);
}

}  // namespace

absl::Status AddPlanOptions(const Options& options, plan::v1::ProcedureRequest& request) {
  request.set_max_parallel(options.max_parallel);
  if (!options.republish.empty()) {
    ASSIGN_OR_RETURN(const plan::v1::RepublishPolicy republish,
                     ParseRepublishPolicy(options.republish));
    request.set_republish(republish);
  }
  for (const std::string& finding : options.accept_findings) request.add_accept(finding);
  request.set_reason(options.reason);
  request.set_change(options.change);
  return absl::OkStatus();
}

absl::Status CheckCanConfirm(Session& session, absl::string_view command, absl::string_view name) {
  const Options& options = session.options();
  const bool can_ask = session.console().input_is_terminal() && !options.json();
  if (!options.yes.empty() || can_ask) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(command, ": nobody can be asked here; confirm with --yes and ", name));
}

absl::StatusOr<ExitCode> CarryOut(Session& session, CoordinatorClient& client, const Plan& plan) {
  session.Say(RenderPlan(plan, session.MakeStyle()));
  if (ExitCodeOf(plan.findings()) != ExitCode::kDone) {
    session.Show(plan, RenderPlanNext(plan, session.MakeStyle()));
    return ExitCodeOf(plan.findings());
  }
  coordinator::v1::StartRunRequest request;
  request.set_request_id(session.environment().make_request_id());
  request.set_plan_id(plan.plan_id());
  request.set_confirmation(Confirm(session, plan));
  if (request.confirmation().empty()) {
    return session.Fail({ExitCode::kRefused,
                         "not confirmed: no name was typed",
                         "",
                         {RunCommand(plan, session.MakeStyle())}});
  }
  const absl::StatusOr<plan::v1::Run> run = Start(session, client, request);
  if (!run.ok()) return FailStart(session, plan, run.status());
  if (!session.options().detach) return FollowToEnd(session, run->run(), 0);
  const Style style = session.MakeStyle();
  session.Show(*run, absl::StrCat(RenderRunHeader(plan.farm_id(), *run, style), "\nrun ",
                                  run->run(), " goes on\nnext: ", style.program, " runs watch ",
                                  ShellWord(run->run()), "\n"));
  return ExitCode::kDone;
}

}  // namespace baton::ctl
