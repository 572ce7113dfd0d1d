// How long the Baton coordinator takes to observe a whole farm, connections open, when some of its
// hosts are black holes: they accept connections and never answer.

#include "common/fs/file_system.h"
#include "common/time/clock.h"
#include "coordinator/agent_client/grpc_agent_client.h"
#include "coordinator/hooks/posix_hook_runner.h"
#include "coordinator/licenses/license_store.h"
#include "coordinator/runtime/observer.h"
#include "coordinator/secrets/secret_store.h"
#include "tests/bench/agent_farm.h"
#include "tests/bench/measure.h"

namespace baton::bench {
namespace {

constexpr int kPercent = 100;
constexpr int kLooksBeforeMax = 100;

struct Look {
  absl::Duration took;
  int answers = 0;
};

Look ObserveOnce(Observer& observer) {
  Clock& clock = SystemClock();
  const absl::Duration start = clock.Monotonic();
  const plan::v1::Observation observation = observer.Observe();
  Look look{clock.Monotonic() - start};
  for (const plan::v1::HostObservation& host : observation.hosts()) {
    look.answers += host.has_state() ? 1 : 0;
  }
  return look;
}

void ObserveAll(benchmark::State& state) {
  const int hosts = static_cast<int>(state.range(0));
  const int silent = (hosts * static_cast<int>(state.range(1)) + kPercent - 1) / kPercent;
  const AgentFarm farm(hosts, silent);
  GrpcAgentClient agents(farm.file(), farm.credentials());
  const SecretStore secrets(farm.file().secrets, PosixFileSystem(), ProcessEnvironment());
  const LicenseStore licenses(farm.file().licenses, PosixFileSystem());
  PosixHookRunner hooks([] { return std::vector<std::string>(); });
  Observer observer(farm.file(), agents, secrets, licenses, hooks, SystemClock(), {},
                    [] { return std::vector<plan::v1::Debt>(); });

  // Connections open when they are first needed. Where so many agents share a machine with the
  // Baton coordinator, the first look is over before all of them are up.
  int looks_before = 1;
  while (ObserveOnce(observer).answers < hosts - silent && looks_before < kLooksBeforeMax) {
    ++looks_before;
  }
  Samples samples;
  int missed = 0;
  for (auto _ : state) {
    const Look look = ObserveOnce(observer);
    samples.Add(look.took);
    missed += hosts - silent - look.answers;
  }
  Report(state, "p50_ms", samples.Quantile(0.5));
  Report(state, "longest_ms", samples.Quantile(1));
  state.counters["missed"] = missed;
  state.counters["looks_before"] = looks_before;
}

BENCHMARK(ObserveAll)
    ->ArgNames({"agents", "silent_percent"})
    ->ArgsProduct({{16, 100, 1000}, {0, 5}})
    ->Iterations(10)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace baton::bench
