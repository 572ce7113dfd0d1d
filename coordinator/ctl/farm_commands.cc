// The commands about the farm as a whole: `status`, `check`, `adopt`, `version`.

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/emergency_options.h"
#include "coordinator/ctl/render_farm.h"
#include "coordinator/ctl/render_findings.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {
namespace {

absl::StatusOr<ExitCode> Status(Session& session) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const coordinator::v1::Farm farm, client->GetFarm());
  session.Show(farm, RenderFarm(farm, session.MakeStyle()));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> Check(Session& session) {
  coordinator::v1::CheckReadinessRequest request;
  if (const std::string& word = session.options().procedure; !word.empty()) {
    ASSIGN_OR_RETURN(const plan::v1::Procedure procedure, ParseProcedure(word));
    request.mutable_request()->set_procedure(procedure);
  }
  request.mutable_request()->set_to(session.options().to);
  request.mutable_request()->set_reason(session.options().reason);
  RETURN_IF_ERROR(AddEmergencyOptions(session.options(), *request.mutable_request()));
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const coordinator::v1::Readiness readiness, client->CheckReadiness(request));
  session.Show(readiness,
               RenderReadiness(readiness, request.request().emergency(), session.MakeStyle()));
  return ExitCodeOf(readiness.findings());
}

absl::StatusOr<ExitCode> Adopt(Session& session) {
  const Options& options = session.options();
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const coordinator::v1::Version version, client->GetVersion());
  coordinator::v1::AdoptRequest request;
  request.set_controller(options.controller);
  request.set_cache(options.cache);
  request.set_reason(options.reason);
  const absl::StatusOr<plan::v1::Assignment> assignment = client->Adopt(request);
  if (!assignment.ok()) {
    Message message = Explain(assignment.status(), session.MakeStyle());
    if (!absl::IsPermissionDenied(assignment.status())) {
      message.next = {absl::StrCat(session.MakeStyle().program, " status")};
    }
    return session.Fail(message);
  }
  session.Show(*assignment, absl::StrCat("farm ", Clean(version.farm_id()), " | no run | adopted\n",
                                         RenderAssignment(*assignment), "\n"));
  return ExitCode::kDone;
}

// Answers without a Baton coordinator, too: it is what one types first when nothing works.
absl::StatusOr<ExitCode> ShowVersion(Session& session) {
  const std::string& own = session.environment().version;
  JsonFields fields;
  fields.Add("version", own);
  std::string text = absl::StrCat("baton ", own, "\n");
  absl::StatusOr<CoordinatorClient*> client = session.Client();
  const absl::StatusOr<coordinator::v1::Version> version =
      client.ok() ? (*client)->GetVersion()
                  : absl::StatusOr<coordinator::v1::Version>(client.status());
  if (version.ok()) {
    fields.Add("coordinator_version", version->version())
        .Add("farm_id", version->farm_id())
        .Add("catalog_version", static_cast<int>(version->catalog_version()));
    absl::StrAppend(&text, "Baton coordinator ", Clean(version->version()), " of farm ",
                    Clean(version->farm_id()), ", step catalog ", version->catalog_version(), "\n");
  } else {
    fields.Add("coordinator_error", version.status().message());
    absl::StrAppend(&text, "no Baton coordinator: ", Clean(version.status().message()), "\n");
  }
  session.Show(fields, text);
  return ExitCode::kDone;
}

std::vector<Argument> CheckArguments() {
  std::vector<Argument> arguments = {
      {"PROCEDURE", "to look for; every one that the farm is made for unless said",
       &Options::procedure},
      {"--to", "HOST that would get the Deployment Controller; every one that could unless said",
       &Options::to},
      {"--reason", "why, for an emergency", &Options::reason}};
  for (Argument& argument : EmergencyArguments()) arguments.push_back(std::move(argument));
  return arguments;
}

}  // namespace

std::vector<Command> FarmCommands() {
  return {
      {"status",
       "Show the farm: roles, services, epoch, drift, active run",
       {},
       "baton status",
       Status},
      {"check", "Look for everything that forbids a failover; exits with 10 if something does",
       CheckArguments(), "baton check --to fe2", Check},
      {"adopt",
       "Record which host has the Deployment Controller, as it is in reality",
       {{"--controller", "HOST that has the Deployment Controller", &Options::controller, true},
        {"--cache", "HOST that has the cache, if one of the farm's has", &Options::cache},
        {"--reason", "why, for the journal", &Options::reason, true}},
       "baton adopt --controller fe1 --reason \"first install\"",
       Adopt},
      {"version",
       "Show the versions of this program and of the Baton coordinator",
       {},
       "baton version",
       ShowVersion},
  };
}

}  // namespace baton::ctl
