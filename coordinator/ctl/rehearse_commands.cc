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
#include "coordinator/ctl/rehearse/lab.h"
#include "coordinator/ctl/report_form.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {
namespace {

// The Deployment Controller moves.
bool Moves(const RehearsalRequest& request) {
  return request.procedure != plan::v1::ACTIVATE_PASSIVE;
}

absl::StatusOr<RehearsalRequest> ReadRequest(const Options& options) {
  RehearsalRequest request;
  ASSIGN_OR_RETURN(request.procedure, ParseProcedure(options.procedure));
  request.to = options.to;
  if (Moves(request) && request.to.empty()) request.to = "fe2";
  for (const std::string& text : options.faults) {
    ASSIGN_OR_RETURN(rehearse::LabFault fault, rehearse::ParseLabFault(text));
    request.faults.push_back(std::move(fault));
  }
  request.junit = options.junit;
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
  for (const rehearse::LabFault& fault : request.faults) {
    if (layout.Find(fault.host) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("rehearse: the lab has no host ", fault.host));
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

absl::StatusOr<ExitCode> Rehearse(Session& session) {
  const uint32_t hosts = session.options().lab_hosts;
  if (hosts < rehearse::kLabHostsMin || hosts > rehearse::kLabHostsMax) {
    return absl::InvalidArgumentError(absl::StrCat("rehearse: --hosts is ", rehearse::kLabHostsMin,
                                                   " to ", rehearse::kLabHostsMax));
  }
  ASSIGN_OR_RETURN(RehearsalRequest request, ReadRequest(session.options()));
  ASSIGN_OR_RETURN(const rehearse::LabStack stack, ReadStack(session.options()));
  Environment& environment = session.environment();
  ASSIGN_OR_RETURN(const std::string programs, ProgramFolder());
  ASSIGN_OR_RETURN(std::unique_ptr<rehearse::Lab> lab,
                   rehearse::Lab::Make(environment.files, environment.clock, programs, hosts,
                                       Moves(request) ? 0 : hosts / 2, stack));
  RETURN_IF_ERROR(CheckRequest(request, lab->layout()));
  return Rehearsal(session, std::move(request), std::move(lab)).Run();
}

}  // namespace

std::vector<Command> RehearseCommands() {
  return {
      {"rehearse",
       "Try a procedure out on a farm that is made for it on this machine, then thrown away",
       {{"PROCEDURE", "activate-passive, move-controller or move-controller-and-cache",
         &Options::procedure, true},
        {"--hosts", "how many hosts the farm has, 2 to 30, 5 unless said", &Options::lab_hosts},
        {"--to", "HOST that gets the Deployment Controller, fe2 unless said", &Options::to},
        {"--stack", "dotnet or java: what the farm behaves like, dotnet unless said",
         &Options::stack},
        {"--fault", "FAULT: HOST/NAME=WORDS, what goes wrong there; see the lab's README",
         &Options::faults},
        {"--junit", "FILE for a report that build servers read", &Options::junit},
        {"--report", "FILE for the run's report; it ends with .md, .html, .xml or .json",
         &Options::report},
        {"--keep", "keep the farm's folder, and print its name", &Options::keep}},
       "baton rehearse move-controller --hosts 4 --fault fe3/apply-configuration='fail 3'",
       Rehearse},
  };
}

}  // namespace baton::ctl
