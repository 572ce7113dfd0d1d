// What baton-agent costs a server while nothing happens, and how soon it is there after its start:
// the program itself, beside the platform's stand-in, with a Baton coordinator connected to it.

#include "absl/time/clock.h"
#include "coordinator/agent_client/grpc_agent_client.h"
#include "tests/bench/bench_lab.h"
#include "tests/bench/measure.h"
#include "tests/bench/process_usage.h"

namespace baton::bench {
namespace {

constexpr double kPercent = 100;

// Connects anew and waits for a description of the host, as the Baton coordinator does.
void ConnectAndDescribe(const FarmFile& farm, const GrpcCredentials& credentials,
                        const std::string& host) {
  GrpcAgentClient client(farm, credentials);
  Describe(client, host);
}

void AgentIdle(benchmark::State& state) {
  const absl::Duration idle = absl::Seconds(state.range(0));
  const std::unique_ptr<rehearse::Lab> lab = StartLab(rehearse::kLabHostsMin);
  const rehearse::LabHost& host = lab->layout().hosts().front();
  const int64_t pid = Require(lab->processes().Identify("agent-" + host.name)).pid;
  // What is loaded for the first description stays: the usage of an agent that does its work.
  ConnectAndDescribe(LoadFarm(lab->layout()), *CoordinatorCredentials(lab->layout()), host.name);
  for (auto _ : state) {
    const ProcessUsage before = Require(ReadProcessUsage(pid));
    absl::SleepFor(idle);
    const ProcessUsage after = Require(ReadProcessUsage(pid));
    state.counters["resident_mib"] = after.resident_mib;
    state.counters["anonymous_mib"] = after.anonymous_mib;
    state.counters["proportional_mib"] = after.proportional_mib;
    state.counters["threads"] = after.threads;
    state.counters["cpu_percent"] = kPercent * absl::FDivDuration(after.cpu - before.cpu, idle);
  }
}

void AgentStart(benchmark::State& state) {
  const std::unique_ptr<rehearse::Lab> lab = StartLab(rehearse::kLabHostsMin);
  const rehearse::LabHost& host = lab->layout().hosts().front();
  const FarmFile farm = LoadFarm(lab->layout());
  const std::unique_ptr<GrpcCredentials> credentials = CoordinatorCredentials(lab->layout());
  Samples samples;
  for (auto _ : state) {
    Kill(*lab, "agent-" + host.name);
    const absl::Time start = absl::Now();
    Require(lab->StartAgent(host, Patiently()));
    ConnectAndDescribe(farm, *credentials, host.name);
    samples.Add(absl::Now() - start);
    state.SetIterationTime(absl::ToDoubleSeconds(absl::Now() - start));
  }
  Report(state, "p50_ms", samples.Quantile(0.5));
  Report(state, "longest_ms", samples.Quantile(1));
}

BENCHMARK(AgentIdle)->ArgName("seconds")->Arg(1)->Arg(30)->Iterations(1)->Unit(benchmark::kSecond);
BENCHMARK(AgentStart)->Iterations(20)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace baton::bench
