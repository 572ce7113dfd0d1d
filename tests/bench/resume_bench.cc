// How soon a run goes on after `kill -9` of the Baton coordinator: from the start of the next one
// to the record that it took the run over. The run waits for a tool that hangs, so that there
// is one to take over however often the Baton coordinator is killed.

#include <functional>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "coordinator/ctl/grpc_connect.h"
#include "tests/bench/bench_lab.h"
#include "tests/bench/measure.h"

namespace baton::bench {
namespace {

constexpr char kNewController[] = "fe2";

class RunInLab {
 public:
  explicit RunInLab(uint32_t hosts) : lab_(StartLab(hosts)) {
    Require(lab_->Inject({kNewController, "apply-configuration", "hang"}));
    std::unique_ptr<ctl::CoordinatorClient> client = Connect();
    coordinator::v1::AdoptRequest adopt;
    adopt.set_controller(lab_->layout().hosts().front().name);
    adopt.set_cache(adopt.controller());
    adopt.set_reason("a benchmark begins");
    Require(client->Adopt(adopt));
    coordinator::v1::CreatePlanRequest create;
    create.mutable_request()->set_procedure(plan::v1::MOVE_CONTROLLER);
    create.mutable_request()->set_to(kNewController);
    const plan::v1::Plan plan = Require(client->CreatePlan(create));
    coordinator::v1::StartRunRequest start;
    start.set_request_id("bench");
    start.set_plan_id(plan.plan_id());
    start.set_confirmation(plan.new_controller());
    run_ = Require(client->StartRun(start)).run();
    WaitFor(*client, [](const journal::v1::Record& record) {
      return absl::string_view(record.step_started().step()) == "repoint/fe2/apply";
    });
  }

  // Kills the Baton coordinator, starts another one and returns what the benchmark is about.
  absl::Duration KillAndResume() {
    Kill(*lab_, "coordinator");
    const absl::Time start = absl::Now();
    Require(lab_->StartCoordinator(Patiently()));
    return WaitFor(*Connect(),
                   [](const journal::v1::Record& record) { return record.has_run_resumed(); }) -
           start;
  }

 private:
  std::unique_ptr<ctl::CoordinatorClient> Connect() {
    ctl::Options options;
    options.coordinator =
        absl::StrCat(lab_->layout().coordinator_address(), ":", rehearse::kLabCoordinatorPort);
    options.identity = lab_->layout().IdentityOf(rehearse::kLabOperatorName);
    return Require(ctl::Connect(options, PosixFileSystem(), SystemClock(), ""));
  }

  // Watches the run until a record is the one that is meant, and returns when that was written.
  absl::Time WaitFor(ctl::CoordinatorClient& client,
                     const std::function<bool(const journal::v1::Record&)>& is_meant) {
    coordinator::v1::WatchRunRequest watch;
    watch.set_run(run_);
    watch.set_after_sequence(last_sequence_);
    std::optional<absl::Time> written;
    std::string words;
    const absl::Status end = client.WatchRun(watch, [&](const coordinator::v1::RunEvent& event) {
      if (event.has_run()) words = event.run().detail();
      if (!event.has_record() || written.has_value()) return;
      last_sequence_ = event.record().sequence();
      if (!is_meant(event.record())) return;
      written = TimeOf(event.record());
      client.StopWatching();
    });
    if (!written.has_value()) {
      Require(absl::InternalError(absl::StrCat("the run stopped: ", words, " ", end.message())));
    }
    return *written;
  }

  const std::unique_ptr<rehearse::Lab> lab_;
  std::string run_;
  uint64_t last_sequence_ = 0;
};

void ResumeAfterKill(benchmark::State& state) {
  RunInLab run(static_cast<uint32_t>(state.range(0)));
  Samples samples;
  for (auto _ : state) {
    const absl::Duration took = run.KillAndResume();
    samples.Add(took);
    state.SetIterationTime(absl::ToDoubleSeconds(took));
  }
  Report(state, "p50_ms", samples.Quantile(0.5));
  Report(state, "longest_ms", samples.Quantile(1));
}

BENCHMARK(ResumeAfterKill)
    ->ArgName("hosts")
    ->Arg(2)
    ->Arg(10)
    ->Iterations(10)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace baton::bench
