// The command that tries a procedure out in a lab of its own: `rehearse`.

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/rehearsal.h"
#include "coordinator/ctl/rehearsal_summary.h"
#include "coordinator/ctl/rehearse/fault.h"
#include "coordinator/ctl/rehearse/junit_report.h"
#include "coordinator/ctl/rehearse/lab.h"
#include "coordinator/ctl/report_form.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {
namespace {

// The Deployment Controller moves.
bool Moves(const RehearsalRequest& request) {
  return request.procedure != plan::v1::ACTIVATE_PASSIVE;
}

constexpr char kAll[] = "all";
constexpr uint32_t kJunitMode = 0644;

absl::StatusOr<RehearsalRequest> ReadRequest(const Options& options,
                                             plan::v1::Procedure procedure) {
  RehearsalRequest request;
  request.procedure = procedure;
  // Of all procedures, --to is for those that have it.
  if (Moves(request) || options.procedure != kAll) request.to = options.to;
  if (Moves(request) && request.to.empty()) request.to = "fe2";
  ASSIGN_OR_RETURN(request.faults, rehearse::ParseFaults(options.faults));
  request.report = options.report;
  // Better now than after the rehearsal.
  if (!request.report.empty()) RETURN_IF_ERROR(ReportFormOf(request.report).status());
  request.keep = options.keep;
  return request;
}

absl::StatusOr<rehearse::LabStack> ReadStack(const Options& options) {
  if (options.stack == "dotnet") return rehearse::LabStack::kDotnet;
  if (options.stack == "java") return rehearse::LabStack::kJava;
  return absl::InvalidArgumentError("rehearse: --stack is dotnet or java");
}

// The request must fit the lab.
absl::Status CheckRequest(const RehearsalRequest& request, const rehearse::LabLayout& layout) {
  const std::string& first = layout.hosts().front().name;
  if (!Moves(request) && !request.to.empty()) {
    return absl::InvalidArgumentError("rehearse: activate-passive has no --to");
  }
  if (Moves(request) && (layout.Find(request.to) == nullptr || request.to == first)) {
    return absl::InvalidArgumentError(absl::StrCat("rehearse: --to is one of the hosts after ",
                                                   first, ", up to ", layout.hosts().back().name));
  }
  std::vector<std::string> hosts;
  for (const rehearse::LabFault& fault : request.faults.hosts) hosts.push_back(fault.host);
  for (const rehearse::StepFault& fault : request.faults.steps) hosts.push_back(fault.host);
  for (const std::string& host : hosts) {
    if (layout.Find(host) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("rehearse: the lab has no host ", host));
    }
  }
  return absl::OkStatus();
}

// The folder of this program, where the others lie as well.
absl::StatusOr<std::string> ProgramFolder() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return PosixError("read /proc/self/exe", error.value());
  return self.parent_path().string();
}

absl::Status WriteJunit(Session& session, const RehearsedAll& all) {
  if (session.options().junit.empty()) return absl::OkStatus();
  std::vector<rehearse::JunitSuite> suites;
  for (const RehearsedAll::One& one : all.rehearsals) {
    suites.push_back({absl::StrCat("baton rehearse ", one.summary.procedure), one.summary.elapsed,
                      one.summary.run, one.summary.checks});
  }
  return WriteFileAtomically(session.environment().files, session.options().junit,
                             rehearse::JunitReport(suites), kJunitMode);
}

// Rehearses a procedure in a lab of its own and adds what came of it to `all`. Whether to go on.
absl::StatusOr<bool> RehearseOne(Session& session, plan::v1::Procedure procedure,
                                 RehearsedAll& all) {
  const uint32_t hosts = session.options().lab_hosts;
  ASSIGN_OR_RETURN(RehearsalRequest request, ReadRequest(session.options(), procedure));
  ASSIGN_OR_RETURN(const rehearse::LabStack stack, ReadStack(session.options()));
  Environment& environment = session.environment();
  ASSIGN_OR_RETURN(const std::string programs, ProgramFolder());
  ASSIGN_OR_RETURN(std::unique_ptr<rehearse::Lab> lab,
                   rehearse::Lab::Make(environment.files, environment.clock, programs, hosts,
                                       Moves(request) ? 0 : hosts / 2, stack));
  RETURN_IF_ERROR(CheckRequest(request, lab->layout()));
  Rehearsal rehearsal(session, std::move(request), std::move(lab));
  const absl::StatusOr<ExitCode> exit_code = rehearsal.Run();
  all.rehearsals.push_back({rehearsal.summary(), exit_code.value_or(ExitCode::kError)});
  RETURN_IF_ERROR(exit_code.status());
  return !rehearsal.interrupted();
}

absl::StatusOr<ExitCode> RehearseAll(Session& session) {
  if (!session.options().faults.empty() || !session.options().report.empty()) {
    return absl::InvalidArgumentError(
        "rehearse: --fault and --report are about one procedure: name it");
  }
  RehearsedAll all;
  ASSIGN_OR_RETURN(const rehearse::LabStack stack, ReadStack(session.options()));
  for (const plan::v1::Procedure procedure : {plan::v1::ACTIVATE_PASSIVE, plan::v1::MOVE_CONTROLLER,
                                              plan::v1::MOVE_CONTROLLER_AND_CACHE}) {
    if (stack == rehearse::LabStack::kJava && procedure == plan::v1::MOVE_CONTROLLER_AND_CACHE) {
      all.left_out.push_back(absl::StrCat(Word(procedure), ": the Java stack has no cache"));
      continue;
    }
    ASSIGN_OR_RETURN(const bool goes_on, RehearseOne(session, procedure, all));
    if (!goes_on) break;
  }
  session.Show(ToFields(all), RenderAll(all, session.MakeStyle()));
  RETURN_IF_ERROR(WriteJunit(session, all));
  return WorstOf(all);
}

absl::StatusOr<ExitCode> Rehearse(Session& session) {
  const uint32_t hosts = session.options().lab_hosts;
  if (hosts < rehearse::kLabHostsMin || hosts > rehearse::kLabHostsMax) {
    return absl::InvalidArgumentError(absl::StrCat("rehearse: --hosts is ", rehearse::kLabHostsMin,
                                                   " to ", rehearse::kLabHostsMax));
  }
  if (session.options().procedure == kAll) return RehearseAll(session);
  ASSIGN_OR_RETURN(const plan::v1::Procedure procedure,
                   ParseProcedure(session.options().procedure));
  RehearsedAll one;
  RETURN_IF_ERROR(RehearseOne(session, procedure, one).status());
  RETURN_IF_ERROR(WriteJunit(session, one));
  return WorstOf(one);
}

}  // namespace

std::vector<Command> RehearseCommands() {
  return {
      {"rehearse",
       "Try a procedure out on a farm that is made for it on this machine, then thrown away",
       {{"PROCEDURE",
         "activate-passive, move-controller or move-controller-and-cache; or all: each in a farm "
         "of its own",
         &Options::procedure, true},
        {"--hosts", "how many hosts the farm has, 2 to 30, 5 unless said", &Options::lab_hosts},
        {"--to", "HOST that gets the Deployment Controller, fe2 unless said", &Options::to},
        {"--stack", "dotnet or java: what the farm behaves like, dotnet unless said",
         &Options::stack},
        {"--fault",
         "FAULT that is to be lived through: STEP=kill-agent, cut, slow, hang, lie or refuse, or "
         "HOST/NAME=WORDS for as long as the run is; see docs/faults.md",
         &Options::faults},
        {"--junit", "FILE for a report that build servers read", &Options::junit},
        {"--report", "FILE for the run's report; it ends with .md, .html, .xml or .json",
         &Options::report},
        {"--keep", "keep the farm's folder, and print its name", &Options::keep}},
       "baton rehearse move-controller --hosts 4 --fault repoint/fe3/apply=hang",
       Rehearse},
  };
}

}  // namespace baton::ctl
