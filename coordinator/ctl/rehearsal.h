#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/ctl/exit_code.h"
#include "coordinator/ctl/rehearsal_summary.h"
#include "coordinator/ctl/rehearse/fault_director.h"
#include "coordinator/ctl/rehearse/lab.h"
#include "coordinator/ctl/rehearse/witness.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {

// What is rehearsed.
struct RehearsalRequest {
  plan::v1::Procedure procedure = plan::v1::PROCEDURE_UNSPECIFIED;
  std::string to;  // a host of the lab; empty where the Deployment Controller does not move
  rehearse::LabFaults faults;
  // Path of the run's report, whose form is that of ReportFormOf; empty for none.
  std::string report;
  bool keep = false;  // the lab's folder
};

// The whole rehearsal, lab included.
inline constexpr absl::Duration kRehearsalTimeMax = absl::Minutes(10);

// One rehearsal: a lab comes up, a run is carried out in it as `baton run` would, and somebody who
// does not ask Baton looks at what came of it. Not thread-safe; used once.
class Rehearsal {
 public:
  Rehearsal(Session& session, RehearsalRequest request, std::unique_ptr<rehearse::Lab> lab);

  // Shows what happens and returns the code to exit with: that of the run, or kError if the lab, or
  // a look at it from outside, is not as it must be, or a fault had not the effect that it is
  // expected to have. The report is written whatever comes; errors of writing it.
  absl::StatusOr<ExitCode> Run();

  // What came of it, once it was run.
  const RehearsalSummary& summary() const { return summary_; }
  // Somebody pressed Ctrl-C.
  bool interrupted() const { return interrupted_.load(); }

 private:
  absl::StatusOr<ExitCode> Perform();
  absl::Status StartLab();
  absl::Status AdoptController(CoordinatorClient& client);
  absl::Status ShowFarm(CoordinatorClient& client, absl::string_view when);
  absl::StatusOr<plan::v1::Plan> MakePlan(CoordinatorClient& client);
  absl::Status CarryOut(CoordinatorClient& client, const plan::v1::Plan& plan,
                        rehearse::FaultDirector& director);
  // Watches the run until it stands still, and shows it.
  absl::Status Watch(CoordinatorClient& client, const plan::v1::Run& run, uint64_t after_sequence,
                     rehearse::FaultDirector& director);
  absl::Status ReadHistory(CoordinatorClient& client);
  absl::Status LookOutside(const rehearse::SeenFarm& before);
  absl::Status WriteReport();
  void AddCheck(absl::string_view name, const absl::Status& status);
  void CatchInterrupts();
  absl::Duration Elapsed() { return environment_.clock.Monotonic() - began_; }

  const RehearsalRequest request_;
  const std::unique_ptr<rehearse::Lab> lab_;
  // Those of the command, but for the lab's Baton coordinator.
  Environment environment_;
  const Options options_;
  Session session_;
  const absl::Duration began_;
  std::atomic<bool> interrupted_ = false;
  std::unique_ptr<Console::Interrupts> interrupts_;
  rehearse::WaitLimit limit_;
  RehearsalSummary summary_;
  RunHistory history_;  // of the run, for its report
};

}  // namespace baton::ctl
