#include "coordinator/ctl/rehearsal.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/ctl/follow.h"
#include "coordinator/ctl/rehearse/expectation.h"
#include "coordinator/ctl/rehearse/placed_fault.h"
#include "coordinator/ctl/rehearse/time_limit.h"
#include "coordinator/ctl/render_farm.h"
#include "coordinator/ctl/render_findings.h"
#include "coordinator/ctl/render_plan.h"
#include "coordinator/ctl/render_run.h"
#include "coordinator/ctl/report_form.h"
#include "coordinator/ctl/report_model.h"
#include "coordinator/ctl/run_view.h"
#include "coordinator/procedure/confirmation.h"

namespace baton::ctl {
namespace {

// A Baton coordinator of a lab that is silent for longer is not coming back.
constexpr absl::Duration kLabPatience = absl::Seconds(5);
constexpr uint32_t kReportMode = 0644;
constexpr char kFaultGone[] = "the fault is gone";

// The options with which the lab's Baton coordinator is talked to.
Options OptionsFor(const rehearse::LabLayout& layout, const Options& options) {
  Options own;
  own.format = options.format;
  own.coordinator = absl::StrCat(layout.coordinator_address(), ":", rehearse::kLabCoordinatorPort);
  own.identity = layout.IdentityOf(rehearse::kLabOperatorName);
  return own;
}

// The plan in short; the run shows every step of it.
std::string RenderShortPlan(const plan::v1::Plan& plan, const Style& style) {
  std::string text = absl::StrCat("plan ", Clean(plan.plan_id()), ": ", CountSteps(plan),
                                  " steps on ", plan.hosts_size(), " hosts");
  if (!plan.first_irreversible_step().empty()) {
    absl::StrAppend(&text, "; from ", Clean(plan.first_irreversible_step()), " on failback only");
  } else if (CountSteps(plan) > 0) {
    absl::StrAppend(&text, "; none of them is irreversible");
  }
  return absl::StrCat(text, "\n", RenderFindings(plan.findings(), style));
}

// Shows a run and tells the director of faults how it goes.
class DirectedRunView : public RunView {
 public:
  DirectedRunView(std::unique_ptr<RunView> view, rehearse::FaultDirector& director)
      : view_(std::move(view)), director_(director) {}

  void OnEvent(const coordinator::v1::RunEvent& event, const RunProgress& progress) override {
    view_->OnEvent(event, progress);
    const journal::v1::Record& record = event.record();
    if (record.has_step_started()) director_.OnStepStarted(record.step_started().step());
    if (record.has_step_finished()) director_.OnStepFinished(record.step_finished().step());
  }
  void OnTick(const RunProgress& progress) override { view_->OnTick(progress); }
  void OnNote(absl::string_view note) override { view_->OnNote(note); }
  void OnEnd() override { view_->OnEnd(); }

 private:
  const std::unique_ptr<RunView> view_;
  rehearse::FaultDirector& director_;
};

}  // namespace

Rehearsal::Rehearsal(Session& session, RehearsalRequest request, std::unique_ptr<rehearse::Lab> lab)
    : request_(std::move(request)),
      lab_(std::move(lab)),
      environment_(session.environment()),
      options_(OptionsFor(lab_->layout(), session.options())),
      session_(environment_, options_),
      began_(environment_.clock.Monotonic()) {
  environment_.patience.reconnect_for = kLabPatience;
  limit_.deadline = absl::Now() + kRehearsalTimeMax;
  limit_.interrupted = [this] { return interrupted_.load(); };
  summary_.procedure = Word(request_.procedure);
  summary_.to = request_.to;
  summary_.hosts = lab_->layout().hosts().size();
  lab_->PrepareFor(request_.faults.steps);
  if (!request_.keep) return;
  lab_->Keep();
  summary_.kept_folder = lab_->layout().folder();
}

absl::StatusOr<ExitCode> Rehearsal::Run() {
  CatchInterrupts();
  session_.Say(absl::StrCat("farm ", lab_->layout().farm_id(), " | no run | a lab of ",
                            summary_.hosts, " hosts on ", lab_->layout().network(), "\n"));
  const absl::StatusOr<ExitCode> performed = Perform();
  ExitCode exit_code = performed.ok()
                           ? *performed
                           : session_.Fail(Explain(performed.status(), session_.MakeStyle()));
  AddCheck("lab/performed", performed.status());
  AddCheck("lab/processes", lab_->Stop());
  if (exit_code == ExitCode::kDone && CountFailures(summary_) > 0) exit_code = ExitCode::kError;
  summary_.elapsed = Elapsed();
  session_.Show(ToFields(summary_), RenderSummary(summary_, session_.MakeStyle()));
  RETURN_IF_ERROR(WriteReport());
  return exit_code;
}

absl::Status Rehearsal::WriteReport() {
  // Without a run there is nothing to report: the words on the terminal say why.
  if (request_.report.empty() || history_.records.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ReportForm form, ReportFormOf(request_.report));
  ASSIGN_OR_RETURN(
      const report::v1::RunReport report,
      BuildRunReport(history_, {environment_.clock.Now(), environment_.version, summary_.checks}));
  ASSIGN_OR_RETURN(const std::string text, RenderReport(report, form, environment_.zone));
  return WriteFileAtomically(environment_.files, request_.report, text, kReportMode);
}

absl::StatusOr<ExitCode> Rehearsal::Perform() {
  RETURN_IF_ERROR(StartLab());
  ASSIGN_OR_RETURN(CoordinatorClient * client, session_.Client());
  RETURN_IF_ERROR(AdoptController(*client));
  RETURN_IF_ERROR(ShowFarm(*client, "before"));
  ASSIGN_OR_RETURN(const rehearse::SeenFarm before,
                   rehearse::LookAtFarm(environment_.files, lab_->layout()));
  for (const rehearse::LabFault& fault : request_.faults.hosts) {
    RETURN_IF_ERROR(lab_->Inject(fault));
  }
  ASSIGN_OR_RETURN(const plan::v1::Plan plan, MakePlan(*client));
  if (ExitCodeOf(plan.findings()) != ExitCode::kDone) {
    session_.Say(RenderPlanNext(plan, session_.MakeStyle()));
    return ExitCode::kRefused;
  }
  ASSIGN_OR_RETURN(std::vector<rehearse::PlacedFault> faults,
                   rehearse::PlaceFaults(plan, request_.faults.steps, lab_->layout().stack()));
  rehearse::FaultDirector director(*lab_, std::move(faults), limit_);
  RETURN_IF_ERROR(director.Arm());
  RETURN_IF_ERROR(CarryOut(*client, plan, director));
  RETURN_IF_ERROR(ShowFarm(*client, "after"));
  RETURN_IF_ERROR(LookOutside(before));
  return ExitCodeOf(summary_.run);
}

absl::Status Rehearsal::StartLab() {
  RETURN_IF_ERROR(lab_->Start(limit_));
  session_.Say(
      absl::StrFormat("up after %.1fs: %d hosts with platform-standin and baton-agent, a database, "
                      "baton-coordinator\n",
                      absl::ToDoubleSeconds(Elapsed()), summary_.hosts));
  return absl::OkStatus();
}

absl::Status Rehearsal::AdoptController(CoordinatorClient& client) {
  coordinator::v1::AdoptRequest adopt;
  adopt.set_controller(lab_->layout().hosts().front().name);
  if (lab_->layout().stack() == rehearse::LabStack::kDotnet) adopt.set_cache(adopt.controller());
  adopt.set_reason("a rehearsal begins");
  return client.Adopt(adopt).status();
}

absl::Status Rehearsal::ShowFarm(CoordinatorClient& client, absl::string_view when) {
  RETURN_IF_ERROR(limit_.Check());
  ASSIGN_OR_RETURN(const coordinator::v1::Farm farm, client.GetFarm());
  session_.Say(absl::StrCat("\n---- ", when, " ----\n"));
  session_.Show(farm, RenderFarm(farm, session_.MakeStyle()));
  return absl::OkStatus();
}

absl::StatusOr<plan::v1::Plan> Rehearsal::MakePlan(CoordinatorClient& client) {
  coordinator::v1::CreatePlanRequest create;
  create.mutable_request()->set_procedure(request_.procedure);
  create.mutable_request()->set_to(request_.to);
  ASSIGN_OR_RETURN(const plan::v1::Plan plan, client.CreatePlan(create));
  session_.Say("\n---- run ----\n");
  session_.Show(plan, RenderShortPlan(plan, session_.MakeStyle()));
  return plan;
}

absl::Status Rehearsal::CarryOut(CoordinatorClient& client, const plan::v1::Plan& plan,
                                 rehearse::FaultDirector& director) {
  coordinator::v1::StartRunRequest start;
  start.set_request_id(environment_.make_request_id());
  start.set_plan_id(plan.plan_id());
  start.set_confirmation(ConfirmationOf(plan));
  ASSIGN_OR_RETURN(plan::v1::Run run, client.StartRun(start));
  RETURN_IF_ERROR(Watch(client, run, 0, director));
  // Every fault explains one pause.
  while (summary_.run.phase() == plan::v1::RUN_PAUSED) {
    ASSIGN_OR_RETURN(const std::optional<std::string> step, director.OnPaused(summary_.run));
    if (!step.has_value()) break;
    coordinator::v1::ResumeRunRequest resume;
    resume.set_run(run.run());
    resume.set_step(*step);
    resume.set_decision(journal::v1::RETRY);
    resume.set_reason(kFaultGone);
    session_.Say(absl::StrCat("\n---- baton resume ", run.run(), " --step ", *step,
                              " --retry --reason \"", kFaultGone, "\" ----\n"));
    const uint64_t before = summary_.run.sequence();
    ASSIGN_OR_RETURN(run, client.ResumeRun(resume));
    RETURN_IF_ERROR(Watch(client, run, before, director));
  }
  summary_.faults = director.Judge(summary_.run);
  return ReadHistory(client);
}

absl::Status Rehearsal::Watch(CoordinatorClient& client, const plan::v1::Run& run,
                              uint64_t after_sequence, rehearse::FaultDirector& director) {
  const rehearse::TimeLimit watch(limit_.deadline, [&client] { client.StopWatching(); });
  DirectedRunView view(MakeRunView(session_), director);
  // Only one may catch them, and Follow does.
  interrupts_.reset();
  const FollowEnd end = Follow(session_, client, run.run(), after_sequence, view);
  CatchInterrupts();
  summary_.run = end.run;
  if (end.how == FollowEnd::How::kDetached) interrupted_ = true;
  RETURN_IF_ERROR(limit_.Check());
  RETURN_IF_ERROR(end.status);
  session_.Say(RenderRunEnd(end.run, session_.MakeStyle()));
  return absl::OkStatus();
}

absl::Status Rehearsal::ReadHistory(CoordinatorClient& client) {
  if (request_.report.empty()) return absl::OkStatus();
  coordinator::v1::GetRunHistoryRequest history;
  history.set_run(summary_.run.run());
  ASSIGN_OR_RETURN(history_, client.GetRunHistory(history));
  return absl::OkStatus();
}

absl::Status Rehearsal::LookOutside(const rehearse::SeenFarm& before) {
  ASSIGN_OR_RETURN(const rehearse::SeenFarm after,
                   rehearse::LookAtFarm(environment_.files, lab_->layout()));
  const rehearse::ExpectedFarm expected =
      rehearse::ExpectAfter(before, lab_->layout(), summary_.run);
  summary_.checks = rehearse::CheckFarm(before, after, expected, request_.to);
  for (const rehearse::FaultVerdict& fault : summary_.faults) {
    summary_.checks.push_back(
        {absl::StrCat(kFaultCheck, fault.fault), fault.as_expected ? "" : fault.found});
  }
  return absl::OkStatus();
}

void Rehearsal::AddCheck(absl::string_view name, const absl::Status& status) {
  summary_.checks.push_back({std::string(name), std::string(status.message())});
}

void Rehearsal::CatchInterrupts() {
  interrupts_ = session_.console().CatchInterrupts([this] { interrupted_ = true; });
}

}  // namespace baton::ctl
