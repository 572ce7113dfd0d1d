// The commands about gates: `gates`, `approve`, `reject`.

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/follow.h"
#include "coordinator/ctl/open_gate.h"
#include "coordinator/ctl/render_gate.h"
#include "coordinator/ctl/render_run.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {
namespace {

using coordinator::v1::AnswerGateRequest;
using plan::v1::GateInput;
using plan::v1::GateValue;
using plan::v1::Run;
using plan::v1::Step;

// Far above what the Baton coordinator takes: it says so in better words.
constexpr size_t kFileBytesMax = size_t{16} << 20;

absl::StatusOr<Run> GetRun(CoordinatorClient& client, const std::string& name) {
  coordinator::v1::GetRunRequest request;
  request.set_run(name);
  return client.GetRun(request);
}

JsonFields GateFields(const Run& run) {
  const Step& gate = *OpenGate(run);
  const std::vector<std::string> instructions(gate.action().gate().instructions().begin(),
                                              gate.action().gate().instructions().end());
  std::vector<JsonFields> inputs;
  for (const GateInput& input : gate.action().gate().inputs()) {
    inputs.push_back(JsonFields()
                         .Add("name", input.name())
                         .Add("description", input.description())
                         .Add("kind", GateInput::Kind_Name(input.kind()))
                         .Add("required", input.required()));
  }
  return JsonFields()
      .Add("run", run.run())
      .Add("gate", gate.name())
      .Add("sentence", gate.sentence())
      .Add("instructions", instructions)
      .Add("inputs", inputs)
      .Add("expire_time", absl::FormatTime(absl::RFC3339_sec, OpenUntil(run), absl::UTCTimeZone()));
}

absl::StatusOr<ExitCode> ShowGates(Session& session) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const coordinator::v1::Version version, client->GetVersion());
  coordinator::v1::ListRunsRequest newest;
  newest.set_page_size(1);
  ASSIGN_OR_RETURN(const coordinator::v1::ListRunsResponse runs, client->ListRuns(newest));
  const bool waits = runs.runs_size() > 0 && runs.runs(0).phase() == plan::v1::RUN_WAITING;
  if (!waits) {
    session.Show(JsonFields{},
                 absl::StrCat("farm ", Clean(version.farm_id()), "\nno gate waits\n"));
    return ExitCode::kDone;
  }
  ASSIGN_OR_RETURN(const Run run, GetRun(*client, runs.runs(0).run()));
  const Style style = session.MakeStyle();
  if (OpenGate(run) == nullptr) return ExitCode::kDone;  // it was answered just now
  session.Show(GateFields(run),
               absl::StrCat(RenderRunHeader(version.farm_id(), run, style), "\n",
                            RenderGate(run, style), "next:\n", RenderGateCommands(run, style)));
  return ExitCode::kWaiting;
}

absl::Status AddFile(Session& session, const Step& gate, AnswerGateRequest& request) {
  const std::string& path = session.options().file;
  if (path.empty()) return absl::OkStatus();
  for (const GateInput& input : gate.action().gate().inputs()) {
    if (input.kind() != GateInput::FILE) continue;
    ASSIGN_OR_RETURN(std::string bytes, session.environment().files.ReadFile(path, kFileBytesMax));
    GateValue* value = request.add_values();
    value->set_name(input.name());
    value->set_file(std::move(bytes));
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("gate ", gate.name(), " asks for no file"));
}

absl::Status AddTexts(const Options& options, AnswerGateRequest& request) {
  for (const std::string& word : options.inputs) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(word, absl::MaxSplits('=', 1));
    if (word.find('=') == std::string::npos || parts.first.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("--input ", word, ": write NAME=TEXT"));
    }
    GateValue* value = request.add_values();
    value->set_name(parts.first);
    value->set_text(parts.second);
  }
  return absl::OkStatus();
}

// What --input and --file bring along. A gate that does not wait is left to the Baton coordinator,
// which says why.
absl::Status AddValues(Session& session, const Run& run, AnswerGateRequest& request) {
  const Step* gate = OpenGate(run);
  if (gate == nullptr || gate->name() != request.gate()) return absl::OkStatus();
  RETURN_IF_ERROR(AddTexts(session.options(), request));
  return AddFile(session, *gate, request);
}

ExitCode FailAnswer(Session& session, const absl::Status& status) {
  const Style style = session.MakeStyle();
  const std::string show =
      absl::StrCat(style.program, " runs show ", ShellWord(session.options().run));
  if (IsConnectionLost(status)) return session.Fail(OutcomeUnknown(status, {show}));
  Message message = Explain(status, style);
  message.next = {absl::StrCat(style.program, " gates"), show};
  return session.Fail(message);
}

template <bool kApprove>
absl::StatusOr<ExitCode> Answer(Session& session) {
  const Options& options = session.options();
  AnswerGateRequest request;
  request.set_run(options.run);
  request.set_gate(options.gate);
  request.set_approve(kApprove);
  request.set_reason(options.reason);
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const Run before, GetRun(*client, options.run));
  if (kApprove) RETURN_IF_ERROR(AddValues(session, before, request));
  const absl::StatusOr<Run> run = client->AnswerGate(request);
  if (!run.ok()) return FailAnswer(session, run.status());
  if (!options.detach) return FollowToEnd(session, run->run(), before.sequence());
  const Style style = session.MakeStyle();
  session.Show(*run, absl::StrCat(RenderRunHeader(before.plan().farm_id(), *run, style), "\n",
                                  RenderPhase(*run, style), "\nnext: ", style.program,
                                  " runs watch ", ShellWord(run->run()), "\n"));
  return ExitCode::kDone;
}

const Argument kRun = {"RUN", "id of the run", &Options::run, true};
const Argument kGate = {"GATE", "name of the gate's step", &Options::gate, true};
const Argument kReason = {"--reason", "why, for the journal", &Options::reason, true};
const Argument kDetach = {"--detach", "do not watch what follows", &Options::detach};

}  // namespace

std::vector<Command> GateCommands() {
  return {
      {"gates",
       "Show the gate that waits for a person, and how to answer it",
       {},
       "baton gates",
       ShowGates},
      {"approve",
       "Approve a gate, with what it asks for, and watch the run go on",
       {kRun,
        kGate,
        kReason,
        {"--input", "NAME=TEXT that the gate asks for, one or more", &Options::inputs},
        {"--file", "PATH of the file that the gate asks for", &Options::file},
        kDetach},
       "baton approve r-1 license/fe2/provide --file fe2.lic --reason \"from the portal\"",
       Answer<true>},
      {"reject",
       "Reject a gate, which ends the run as it is",
       {kRun, kGate, kReason, kDetach},
       "baton reject r-1 license/fe2/provide --reason \"the portal is down\"",
       Answer<false>},
  };
}

}  // namespace baton::ctl
