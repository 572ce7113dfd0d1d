// What a step costs above its floor. The floor is what no implementation of the promises can do
// without: three durable writes (the journal's, and the agent's before and after it acts) and one
// round trip with mutual TLS. The step stops a service that is stopped: it goes all the way through
// engine, journal, connection and agent to the platform and is read back, and the platform has
// nothing to do.

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "coordinator/agent_client/grpc_agent_client.h"
#include "coordinator/fences/no_fence_runner.h"
#include "coordinator/hooks/posix_hook_runner.h"
#include "coordinator/journal/sqlite_journal.h"
#include "coordinator/procedure/postcondition.h"
#include "coordinator/runtime/output_feed.h"
#include "coordinator/runtime/run_driver.h"
#include "google/protobuf/util/time_util.h"
#include "tests/bench/bench_lab.h"
#include "tests/bench/measure.h"

namespace baton::bench {
namespace {

constexpr char kHost[] = "fe2";  // of a lab of two: its Deployment Controller is stopped
constexpr int kStepsPerRun = 8;  // few, so that steps and floors meet the same moods of the disk
constexpr size_t kFloorBytes = 300;  // about what a record has

plan::v1::Step MakeStep(int number) {
  plan::v1::Step step;
  step.set_name(absl::StrCat("bench/", kHost, "/stop-controller-", number));
  step.set_host(kHost);
  step.mutable_timeout()->set_seconds(60);
  step.set_repeatable(true);
  plan::v1::ServiceGoal& goal = *step.mutable_action()->mutable_stop_service();
  goal.set_service(plan::v1::CONTROLLER);
  goal.set_run_state(plan::v1::STOPPED);
  return step;
}

plan::v1::Plan MakePlan() {
  plan::v1::Plan plan;
  plan.set_plan_id("bench");
  plan.add_hosts(kHost);
  plan::v1::Stage* stage = plan.add_stages();
  stage->set_name("bench");
  stage->set_max_parallel(1);
  for (int i = 0; i < kStepsPerRun; ++i) *stage->add_steps() = MakeStep(i + 1);
  return plan;
}

// A Baton coordinator as far as runs need one, in the place of the lab's own.
class Conductor {
 public:
  explicit Conductor(const rehearse::LabLayout& layout)
      : farm_(LoadFarm(layout)),
        journal_(Require(OpenSqliteJournal(layout.folder() + "/bench.db"))),
        book_(Require(RunBook::Load(*journal_))),
        credentials_(CoordinatorCredentials(layout)),
        agents_(farm_, *credentials_),
        floor_file_(
            Require(PosixFileSystem().OpenForAppend(layout.folder() + "/bench-floor.log", 0600))) {}

  // Times of the steps of one run, each from its start to that of the next.
  Samples Run();

  // Times of the same number of floors.
  Samples Floors();

  // Times of the same number of descriptions of the host, as a step is read back.
  Samples ReadBacks();

 private:
  void RoundTrip();

  const FarmFile farm_;
  const std::unique_ptr<Journal> journal_;
  const std::unique_ptr<RunBook> book_;
  const std::unique_ptr<GrpcCredentials> credentials_;
  GrpcAgentClient agents_;
  OutputFeed output_;
  PosixHookRunner hooks_{[] { return std::vector<std::string>(); }};
  NoFenceRunner fences_;
  const std::unique_ptr<AppendFile> floor_file_;
  uint64_t epoch_ = 0;
};

Samples Conductor::Run() {
  journal::v1::Record record;
  const std::string run = absl::StrCat("run-", ++epoch_);
  record.set_run(run);
  record.set_actor("operator:bench");
  *record.mutable_time() = google::protobuf::util::TimeUtil::GetCurrentTime();
  *record.mutable_run_started()->mutable_plan() = MakePlan();
  record.mutable_run_started()->set_epoch(epoch_);
  record.mutable_run_started()->set_incarnation("bench");
  Require(book_->Append({record}));
  const RunDriver driver(
      {*journal_, *book_, agents_, SystemClock(), output_, hooks_, fences_, farm_, ""},
      farm_.farm_id, Require(book_->Replay(run)), engine::BeginRun{});
  plan::v1::Run summary = Require(book_->Summary(run));
  while (summary.phase() == plan::v1::RUN_RUNNING) {
    book_->WaitForRecords(summary.sequence(), kPatience);
    summary = Require(book_->Summary(run));
  }
  if (summary.phase() != plan::v1::RUN_SUCCEEDED) Require(absl::InternalError(summary.detail()));

  Samples samples;
  absl::Time begun = absl::InfiniteFuture();
  for (const StoredRecord& stored : Require(book_->Records(run, 0, kStepsPerRun * 10))) {
    if (!stored.record.has_step_started() && !stored.record.has_run_finished()) continue;
    if (begun != absl::InfiniteFuture()) samples.Add(TimeOf(stored.record) - begun);
    begun = TimeOf(stored.record);
  }
  return samples;
}

Samples Conductor::Floors() {
  RoundTrip();  // opens the connection
  Samples samples;
  const std::string data(kFloorBytes, 'x');
  for (int i = 0; i < kStepsPerRun; ++i) {
    const absl::Time start = absl::Now();
    for (int sync = 0; sync < 3; ++sync) {
      Require(floor_file_->Append(data));
      Require(floor_file_->Sync());
    }
    RoundTrip();
    samples.Add(absl::Now() - start);
  }
  return samples;
}

Samples Conductor::ReadBacks() {
  Samples samples;
  for (int i = 0; i < kStepsPerRun; ++i) {
    const absl::Time start = absl::Now();
    Describe(agents_, kHost, ReadFor(MakeStep(1)));
    samples.Add(absl::Now() - start);
  }
  return samples;
}

// The call that asks the least of an agent.
void Conductor::RoundTrip() {
  agent::v1::GetHostRequest request;
  request.mutable_read_mask()->add_paths("name");
  Describe(agents_, kHost, request);
}

void StepOverhead(benchmark::State& state) {
  const std::unique_ptr<rehearse::Lab> lab = StartLab(rehearse::kLabHostsMin);
  Conductor conductor(lab->layout());
  Samples floors;
  Samples read_backs;
  Samples steps;
  for (auto _ : state) {
    floors.Add(conductor.Floors());
    read_backs.Add(conductor.ReadBacks());
    steps.Add(conductor.Run());
  }
  state.SetItemsProcessed(state.iterations() * kStepsPerRun);
  for (const auto& [name, fraction] : {std::pair("p50", 0.5), std::pair("p99", 0.99)}) {
    const absl::Duration floor = floors.Quantile(fraction);
    const absl::Duration step = steps.Quantile(fraction);
    Report(state, absl::StrCat("floor_", name, "_ms"), floor);
    Report(state, absl::StrCat("step_", name, "_ms"), step);
    Report(state, absl::StrCat("over_", name, "_ms"), step - floor);
    Report(state, absl::StrCat("read_", name, "_ms"), read_backs.Quantile(fraction));
  }
}

BENCHMARK(StepOverhead)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(StepOverhead)->Iterations(100)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace baton::bench
