// The commands that begin a failover: `plan` and `run`.

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/ctl/carry_out.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/emergency_options.h"
#include "coordinator/ctl/render_checklist.h"
#include "coordinator/ctl/render_plan.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {
namespace {

using plan::v1::Plan;

std::vector<Argument> ProcedureArguments(bool required) {
  std::vector<Argument> arguments = {
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
  };
  for (Argument& argument : EmergencyArguments()) arguments.push_back(std::move(argument));
  return arguments;
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
  RETURN_IF_ERROR(AddPlanOptions(options, request));
  RETURN_IF_ERROR(AddEmergencyOptions(options, request));
  return client.CreatePlan(create);
}

absl::StatusOr<ExitCode> ShowPlan(Session& session) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const Plan plan, MakePlan(session, *client));
  const Style style = session.MakeStyle();
  const bool checklist = session.options().checklist;
  session.Show(plan,
               absl::StrCat(checklist ? RenderChecklist(plan, style) : RenderPlan(plan, style),
                            RenderPlanNext(plan, style)));
  return ExitCodeOf(plan.findings());
}

// What is wrong with a command line of `run` before anything was asked of the Baton coordinator.
absl::Status CheckRunOptions(Session& session) {
  const Options& options = session.options();
  if (options.procedure.empty() == options.plan_id.empty()) {
    return absl::InvalidArgumentError("run: name either a procedure or a saved plan with --plan");
  }
  return CheckCanConfirm(session, "run");
}

absl::StatusOr<Plan> FetchPlan(Session& session, CoordinatorClient& client) {
  if (session.options().plan_id.empty()) return MakePlan(session, client);
  coordinator::v1::GetPlanRequest request;
  request.set_plan_id(session.options().plan_id);
  return client.GetPlan(request);
}

absl::StatusOr<ExitCode> Run(Session& session) {
  RETURN_IF_ERROR(CheckRunOptions(session));
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const Plan plan, FetchPlan(session, *client));
  return CarryOut(session, *client, plan);
}

std::vector<Argument> PlanArguments() {
  std::vector<Argument> arguments = ProcedureArguments(true);
  arguments.push_back({"--checklist",
                       "as a list of boxes for people who do it by hand, with the clicks",
                       &Options::checklist});
  return arguments;
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
      {"plan", "Show what a procedure would do, save the plan, and print its id", PlanArguments(),
       "baton plan move-controller --to fe2", ShowPlan},
      {"run", "Carry out a procedure or a saved plan, and watch it", RunArguments(),
       "baton run move-controller --to fe2 --yes fe2", Run},
  };
}

}  // namespace baton::ctl
