// The commands that begin a failover: `plan` and `run`.

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/follow.h"
#include "coordinator/ctl/render_plan.h"
#include "coordinator/ctl/render_run.h"
#include "coordinator/ctl/session.h"
#include "coordinator/procedure/confirmation.h"

namespace baton::ctl {
namespace {

using plan::v1::Plan;

std::vector<Argument> ProcedureArguments(bool required) {
  return {
      {"PROCEDURE", "activate-passive, move-controller or move-controller-and-cache",
       &Options::procedure, required},
      {"--to", "HOST that gets the Deployment Controller", &Options::to},
      {"--activate", "HOST that becomes active, one or more; all that are passive unless said",
       &Options::activate},
      {"--deactivate", "HOST that becomes passive, one or more; all that are active unless said",
       &Options::deactivate},
      {"--republish", "full, apply-settings or none: what becomes of the modules; full unless said",
       &Options::republish},
      {"--max-parallel", "hosts to work on at the same time, 1 unless said",
       &Options::max_parallel},
      {"--accept", "FINDING to accept, one or more; needs --reason", &Options::accept_findings},
      {"--reason", "why, for the journal", &Options::reason},
      {"--change", "ID of the change in your own system, for the report", &Options::change},
      {"--emergency", "", NotYet{false}},
      {"--lost", "", NotYet{}},
      {"--on-lost", "", NotYet{}},
      {"--confirmed-off", "", NotYet{}},
  };
}

absl::StatusOr<Plan> MakePlan(Session& session, CoordinatorClient& client) {
  const Options& options = session.options();
  coordinator::v1::CreatePlanRequest create;
  plan::v1::ProcedureRequest& request = *create.mutable_request();
  ASSIGN_OR_RETURN(const plan::v1::Procedure procedure, ParseProcedure(options.procedure));
  request.set_procedure(procedure);
  request.set_to(options.to);
  for (const std::string& host : options.activate) request.add_activate(host);
  for (const std::string& host : options.deactivate) request.add_deactivate(host);
  request.set_max_parallel(options.max_parallel);
  if (!options.republish.empty()) {
    ASSIGN_OR_RETURN(const plan::v1::RepublishPolicy republish,
                     ParseRepublishPolicy(options.republish));
    request.set_republish(republish);
  }
  for (const std::string& finding : options.accept_findings) request.add_accept(finding);
  request.set_reason(options.reason);
  request.set_change(options.change);
  return client.CreatePlan(create);
}

absl::StatusOr<ExitCode> ShowPlan(Session& session) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const Plan plan, MakePlan(session, *client));
  const Style style = session.MakeStyle();
  session.Show(plan, absl::StrCat(RenderPlan(plan, style), RenderPlanNext(plan, style)));
  return ExitCodeOf(plan.findings());
}

// What is wrong with a command line of `run` before anything was asked of the Baton coordinator.
absl::Status CheckRunOptions(Session& session) {
  const Options& options = session.options();
  if (options.procedure.empty() == options.plan_id.empty()) {
    return absl::InvalidArgumentError("run: name either a procedure or a saved plan with --plan");
  }
  const bool can_ask = session.console().input_is_terminal() && !options.json();
  if (options.yes.empty() && !can_ask) {
    return absl::InvalidArgumentError(
        "run: nobody can be asked here; confirm with --yes and the new Deployment Controller's "
        "name, or the farm's where none moves");
  }
  return absl::OkStatus();
}

absl::StatusOr<Plan> FetchPlan(Session& session, CoordinatorClient& client) {
  if (session.options().plan_id.empty()) return MakePlan(session, client);
  coordinator::v1::GetPlanRequest request;
  request.set_plan_id(session.options().plan_id);
  return client.GetPlan(request);
}

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

absl::StatusOr<ExitCode> Run(Session& session) {
  RETURN_IF_ERROR(CheckRunOptions(session));
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const Plan plan, FetchPlan(session, *client));
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
  const absl::StatusOr<plan::v1::Run> run = Start(session, *client, request);
  if (!run.ok()) return FailStart(session, plan, run.status());
  if (!session.options().detach) return FollowToEnd(session, run->run(), 0);
  const Style style = session.MakeStyle();
  session.Show(*run, absl::StrCat(RenderRunHeader(plan.farm_id(), *run, style), "\nrun ",
                                  run->run(), " goes on\nnext: ", style.program, " runs watch ",
                                  ShellWord(run->run()), "\n"));
  return ExitCode::kDone;
}

std::vector<Argument> RunArguments() {
  std::vector<Argument> arguments = ProcedureArguments(false);
  arguments.push_back({"--plan", "ID of a saved plan to run instead", &Options::plan_id});
  arguments.push_back(
      {"--yes", "NAME of the new Deployment Controller, or the farm where none moves: do not ask",
       &Options::yes});
  arguments.push_back({"--detach", "do not watch; print the run's id", &Options::detach});
  return arguments;
}

}  // namespace

std::vector<Command> PlanCommands() {
  return {
      {"plan", "Show what a procedure would do, save the plan, and print its id",
       ProcedureArguments(true), "baton plan move-controller --to fe2", ShowPlan},
      {"run", "Carry out a procedure or a saved plan, and watch it", RunArguments(),
       "baton run move-controller --to fe2 --yes fe2", Run},
  };
}

}  // namespace baton::ctl
