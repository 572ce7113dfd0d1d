// The commands that go back: `undo` and `failback`.

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/carry_out.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {
namespace {

using plan::v1::ProcedureRequest;

// Plans and carries out what `name` says of the run, which `fill` writes into the request.
absl::StatusOr<ExitCode> GoBack(Session& session, absl::string_view name,
                                void (*fill)(const std::string& run, ProcedureRequest& request)) {
  const Options& options = session.options();
  RETURN_IF_ERROR(CheckCanConfirm(session, name));
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  coordinator::v1::CreatePlanRequest create;
  ProcedureRequest& request = *create.mutable_request();
  fill(options.run, request);
  RETURN_IF_ERROR(AddPlanOptions(options, request));
  ASSIGN_OR_RETURN(const plan::v1::Plan plan, client->CreatePlan(create));
  return CarryOut(session, *client, plan);
}

absl::StatusOr<ExitCode> Undo(Session& session) {
  return GoBack(session, "undo",
                [](const std::string& run, ProcedureRequest& request) { request.set_undoes(run); });
}

absl::StatusOr<ExitCode> Failback(Session& session) {
  return GoBack(session, "failback", [](const std::string& run, ProcedureRequest& request) {
    request.set_fails_back(run);
  });
}

std::vector<Argument> Arguments(std::vector<Argument> more) {
  std::vector<Argument> arguments = {
      {"RUN", "id of the run", &Options::run, true},
      {"--reason", "why, for the journal", &Options::reason, true},
      {"--max-parallel", "hosts to work on at the same time, 1 unless said",
       &Options::max_parallel},
      {"--accept", "FINDING to accept, one or more", &Options::accept_findings},
      {"--change", "ID of the change in your own system, for the report", &Options::change},
      {"--yes", "NAME of the new Deployment Controller, or the farm where none moves: do not ask",
       &Options::yes},
      {"--detach", "do not watch; print the run's id", &Options::detach},
  };
  for (Argument& argument : more) arguments.push_back(std::move(argument));
  return arguments;
}

}  // namespace

std::vector<Command> ReturnCommands() {
  return {
      {"undo", "Take back what a run changed that stopped before the line in its plan",
       Arguments({}), "baton undo r-1 --reason \"wrong host\" --yes fe1", Undo},
      {"failback", "Go back to where a run that succeeded took the roles from",
       Arguments({{"--republish",
                   "full, apply-settings or none: what becomes of the modules; full unless said",
                   &Options::republish}}),
       "baton failback r-1 --reason \"fe1 is repaired\" --yes fe1", Failback},
  };
}

}  // namespace baton::ctl
