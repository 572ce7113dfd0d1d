// The commands about runs: `runs list|show|watch`, `resume`, `pause`, `cancel`.

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/chosen_run.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/follow.h"
#include "coordinator/ctl/render_run.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {
namespace {

absl::StatusOr<ExitCode> ListRuns(Session& session) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const coordinator::v1::Version version, client->GetVersion());
  coordinator::v1::ListRunsRequest request;
  request.set_page_size(session.options().limit);
  ASSIGN_OR_RETURN(const coordinator::v1::ListRunsResponse runs, client->ListRuns(request));
  session.Show(runs, RenderRuns(version.farm_id(), runs, session.MakeStyle()));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowRun(Session& session) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  coordinator::v1::GetRunRequest request;
  ASSIGN_OR_RETURN(*request.mutable_run(), ChosenRun(session, *client));
  ASSIGN_OR_RETURN(const plan::v1::Run run, client->GetRun(request));
  session.Show(run, RenderRun(run, session.MakeStyle()));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> WatchRun(Session& session) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const std::string run, ChosenRun(session, *client));
  return FollowToEnd(session, run, 0);
}

// The run, so that what follows is about one that exists at a Baton coordinator that answers: an
// error here changed nothing.
absl::StatusOr<plan::v1::Run> ReadRun(Session& session, CoordinatorClient& client) {
  coordinator::v1::GetRunRequest request;
  request.set_run(session.options().run);
  return client.GetRun(request);
}

ExitCode FailChange(Session& session, const absl::Status& status) {
  const Style style = session.MakeStyle();
  const std::string run = ShellWord(session.options().run);
  const std::string show = absl::StrCat(style.program, " runs show ", run);
  if (IsConnectionLost(status)) return session.Fail(OutcomeUnknown(status, {show}));
  Message message = Explain(status, style);
  if (!absl::IsPermissionDenied(status)) message.next = {show};
  return session.Fail(message);
}

using StopCall = absl::StatusOr<plan::v1::Run> (CoordinatorClient::*)(
    const coordinator::v1::StopRunRequest& request);

template <StopCall kCall>
absl::StatusOr<ExitCode> StopRun(Session& session) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  RETURN_IF_ERROR(ReadRun(session, *client).status());
  coordinator::v1::StopRunRequest request;
  request.set_run(session.options().run);
  request.set_reason(session.options().reason);
  const absl::StatusOr<plan::v1::Run> run = (client->*kCall)(request);
  if (!run.ok()) return FailChange(session, run.status());
  const Style style = session.MakeStyle();
  session.Show(*run, absl::StrCat(RenderRunHeader(run->plan().farm_id(), *run, style),
                                  "\nasked for; the steps under way are finished first\nnext: ",
                                  style.program, " runs watch ", ShellWord(run->run()), "\n"));
  return ExitCode::kDone;
}

absl::StatusOr<journal::v1::Decision> ChosenDecision(const Options& options) {
  const int count = (options.retry ? 1 : 0) + (options.accept ? 1 : 0) +
                    (options.force_stop ? 1 : 0) + (options.owe.empty() ? 0 : 1);
  if (count > 1) {
    return absl::InvalidArgumentError(
        "resume: --retry, --accept, --owe and --force-stop exclude each other");
  }
  if (!options.owe.empty() && !options.step.empty()) {
    return absl::InvalidArgumentError(
        "resume: --owe is about all steps of a host: leave --step out");
  }
  if (!options.owe.empty()) return journal::v1::OWE;
  if (options.retry) return journal::v1::RETRY;
  if (options.accept) return journal::v1::ACCEPT;
  return options.force_stop ? journal::v1::FORCE_STOP : journal::v1::DECISION_UNSPECIFIED;
}

absl::StatusOr<ExitCode> ResumeRun(Session& session) {
  const Options& options = session.options();
  coordinator::v1::ResumeRunRequest request;
  request.set_run(options.run);
  request.set_step(options.step);
  request.set_reason(options.reason);
  request.set_owed_host(options.owe);
  ASSIGN_OR_RETURN(const journal::v1::Decision decision, ChosenDecision(options));
  request.set_decision(decision);
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const plan::v1::Run before, ReadRun(session, *client));
  const absl::StatusOr<plan::v1::Run> run = client->ResumeRun(request);
  if (!run.ok()) return FailChange(session, run.status());
  // What was decided is shown as well.
  if (!options.detach) return FollowToEnd(session, run->run(), before.sequence());
  const Style style = session.MakeStyle();
  session.Show(*run, absl::StrCat(RenderRunHeader(run->plan().farm_id(), *run, style), "\n",
                                  RenderPhase(*run, style), "\nnext: ", style.program,
                                  " runs watch ", ShellWord(run->run()), "\n"));
  return ExitCode::kDone;
}

const Argument kRun = {"RUN", "id of the run", &Options::run, true};
const Argument kMaybeRun = {"RUN", "id of the run; the newest if left out", &Options::run};
const Argument kReason = {"--reason", "why, for the journal", &Options::reason};

}  // namespace

std::vector<Command> RunCommands() {
  return {
      {"runs list",
       "List the newest runs",
       {{"--limit", "at most this many, 100 unless said", &Options::limit}},
       "baton runs list",
       ListRuns},
      {"runs show", "Show a run with every step", {kMaybeRun}, "baton runs show r-1", ShowRun},
      {"runs watch",
       "Watch a run until it stands still",
       {kMaybeRun},
       "baton runs watch r-1",
       WatchRun},
      {"resume",
       "Go on with a run that is paused, with a decision about the step that did not succeed",
       {kRun,
        {"--step", "NAME of the step; the one that did not succeed if left out", &Options::step},
        {"--retry", "try the step again", &Options::retry},
        {"--accept", "take the step for done: you vouch for it", &Options::accept},
        {"--force-stop", "end the run as it is", &Options::force_stop},
        {"--owe", "HOST to go on without: it owes what it has not done", &Options::owe},
        kReason,
        {"--detach", "do not watch", &Options::detach}},
       "baton resume r-1 --step repoint/fe3/apply --retry --reason \"disk is free again\"",
       ResumeRun},
      {"pause",
       "Pause a run at the next step boundary",
       {kRun, kReason},
       "baton pause r-1 --reason \"lunch\"",
       StopRun<&CoordinatorClient::PauseRun>},
      {"cancel",
       "End a run at the next step boundary; nothing is undone",
       {kRun, kReason},
       "baton cancel r-1 --reason \"wrong host\"",
       StopRun<&CoordinatorClient::CancelRun>},
  };
}

}  // namespace baton::ctl
