#include "tests/simulation/simulation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/hash/sha256.h"
#include "common/words/words.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/procedure/step_catalog.h"
#include "tests/simulation/agent_node.h"
#include "tests/simulation/checker.h"
#include "tests/simulation/coordinator_node.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/network.h"
#include "tests/simulation/person.h"
#include "tests/support/fake_journal.h"

namespace baton::simulation {
namespace {

// A run that has not come to rest by then does not come to rest.
constexpr uint64_t kEventsMax = 5'000'000;

// How large the farm is: small ones are more frequent, so that both ends are visited often.
size_t PickHosts(const World::Options& options, Random& random) {
  const auto least = static_cast<double>(options.hosts_min);
  const auto most = static_cast<double>(options.hosts_max) + 1;
  const double size = least * std::pow(most / least, random.Unit());
  return std::min(static_cast<size_t>(size), options.hosts_max);
}

// For how long faults happen, measured by what a run of this size takes without any.
absl::Duration PickFaultTime(size_t hosts, Random& random) {
  return (absl::Minutes(4) + static_cast<double>(hosts) * absl::Seconds(35)) *
         (0.3 + 1.5 * random.Unit());
}

// Of all farms: those with a cache. Of the moves of their Deployment Controller: with it.
constexpr double kWithCache = 0.4;
constexpr double kCacheMoves = 0.6;
// A few commands of the site, anywhere.
std::vector<FarmHook> MakeHooks(Random& random) {
  const std::vector<absl::string_view> stages = StageNames();
  std::vector<FarmHook> hooks(1 + random.Below(4));
  for (size_t i = 0; i < hooks.size(); ++i) {
    FarmHook& hook = hooks[i];
    hook.name = absl::StrCat("hook-", i);
    hook.place = static_cast<HookPlace>(random.Below(4));
    hook.stage = std::string(stages[random.Below(stages.size())]);
    hook.command = {"/hooks/run"};
    hook.warn_only = random.Chance(0.3);
    hook.repeatable = random.Chance(0.3);
  }
  return hooks;
}

FarmFile MakeFarmFile(size_t hosts, Random& random) {
  const bool standalone = random.Chance(0.3);
  FarmFile file;
  if (random.Chance(0.5)) file.drain = random.Between(absl::Seconds(1), absl::Minutes(20));
  file.farm_id = std::string(kFarmId);
  for (size_t i = 0; i < hosts; ++i) {
    FarmHost host;
    host.front_end = i > 0 || !standalone;
    host.name = host.front_end ? absl::StrCat("fe", i + 1) : "dc1";
    host.agent_address = {absl::StrCat(host.name, ".example"), 7601};
    host.platform_address = absl::StrCat("10.0.0.", i + 1);
    file.hosts.push_back(std::move(host));
  }
  file.service_center = ServiceCenterLogin{"admin"};
  if (random.Chance(kWithCache)) {
    file.secrets.emplace(kCachePassword, SecretReference());
  }
  if (random.Chance(0.3)) file.hooks = MakeHooks(random);
  file.bytes = absl::StrCat("# a simulated farm of ", hosts, " hosts\n");
  file.digest = Sha256(file.bytes);
  return file;
}

// One run and everything in it.
class Run {
 public:
  Run(const World::Options& options, Random random, size_t hosts)
      : world_(options, random, PickFaultTime(hosts, random)),
        farm_(MakeFarmFile(hosts, world_.random())),
        site_(world_),
        network_(world_),
        checker_(world_, site_, journal_) {
    const size_t from = world_.random().Below(hosts);
    const size_t to = (from + 1 + world_.random().Below(hosts - 1)) % hosts;
    for (const FarmHost& host : farm_.hosts) {
      site_.machines.push_back(
          std::make_unique<Machine>(site_, host.name, host.platform_address, host.front_end));
    }
    const bool serials_differ = world_.random().Chance(0.3);
    for (size_t i = 0; i < hosts; ++i) {
      Machine& machine = *site_.machines[i];
      machine.SetUp(farm_.hosts[from].platform_address, i == from,
                    absl::StrCat("serial-", serials_differ ? i : 0));
      if (has_cache()) machine.SetUpCache(std::string(kFarmCachePassword), i == from);
      machine.OnToolEffect([this, &machine](const std::string& id, plan::v1::Tool tool) {
        checker_.ToolTakesEffect(machine.name(), id, tool);
      });
      agents_.push_back(std::make_unique<AgentNode>(world_, machine, checker_));
      by_name_[machine.name()] = agents_.back().get();
    }
    coordinator_ =
        std::make_unique<CoordinatorNode>(world_, farm_, journal_, network_, by_name_, checker_);
    plan::v1::ProcedureRequest request = PickRequest(farm_.hosts[to].name);
    world_.Trace("person", "wants ", hosts, " hosts to ", request.ShortDebugString(),
                 ", the Deployment Controller is on ", farm_.hosts[from].name, "; faults until ",
                 absl::FormatDuration(world_.faults().until()));
    person_ = std::make_unique<Person>(world_, *coordinator_, site_, std::move(request));
  }

  Outcome Go() {
    person_->Begin();
    Meddle();
    while (world_.failure().empty() && world_.time().RunNext()) {
      if (world_.time().events() > kEventsMax) world_.Fail("nothing comes to rest");
    }
    if (world_.failure().empty()) checker_.AtEnd();
    return Describe();
  }

 private:
  bool has_cache() const { return !farm_.secrets.empty(); }

  // Mostly a move of the Deployment Controller to `to`; else the groups are swapped, and some hosts
  // stand by.
  plan::v1::ProcedureRequest PickRequest(const std::string& to) {
    plan::v1::ProcedureRequest request;
    request.set_max_parallel(
        static_cast<uint32_t>(world_.random().Chance(0.5) ? 1 : 1 + world_.random().Below(5)));
    if (world_.random().Chance(0.75)) {
      const bool cache = has_cache() && world_.random().Chance(kCacheMoves);
      request.set_procedure(cache ? plan::v1::MOVE_CONTROLLER_AND_CACHE
                                  : plan::v1::MOVE_CONTROLLER);
      request.set_to(to);
      return request;
    }
    request.set_procedure(plan::v1::ACTIVATE_PASSIVE);
    // The last host is a front-end in every farm.
    for (const auto& machine : site_.machines) {
      const bool last = machine == site_.machines.back();
      if (last || world_.random().Chance(0.5)) machine->StandBy();
    }
    return request;
  }

  // What happens to machines and processes from outside, every few seconds.
  void Meddle() {
    if (!world_.faulty()) return;
    AgentNode& agent = *agents_[world_.random().Below(agents_.size())];
    Machine& machine = *site_.Named(agent.machine().name());
    if (world_.Roll(Fault::kAgentKilled, machine.name())) agent.Kill();
    if (world_.Roll(Fault::kPowerCut, machine.name())) agent.LosePower();
    if (world_.Roll(Fault::kCoordinatorKilled, "")) coordinator_->Kill();
    if (world_.Roll(Fault::kForeignEdit, machine.name())) EditBehindBack(machine);
    if (world_.Roll(Fault::kHostCutOff, machine.name())) CutOff(machine);
    world_.time().After(world_.random().Between(absl::Seconds(2), absl::Seconds(10)),
                        [this] { Meddle(); });
  }

  void EditBehindBack(Machine& machine) {
    machine.NoteDisturbance();
    if (world_.random().Chance(0.5)) {
      ++machine.file().edition;
    } else {
      machine.file().controller_host = "10.9.9.9";
    }
  }

  void CutOff(Machine& machine) {
    machine.set_cut_off(true);
    machine.NoteDisturbance();
    world_.time().After(world_.random().Between(absl::Seconds(1), absl::Minutes(5)),
                        [this, &machine] {
                          machine.set_cut_off(false);
                          world_.Trace(machine.name(), "can be reached again");
                        });
  }

  Outcome Describe() {
    Outcome outcome;
    outcome.failure = world_.failure();
    outcome.trace = world_.trace();
    outcome.hosts = farm_.hosts.size();
    outcome.events = world_.time().events();
    outcome.elapsed = world_.elapsed();
    outcome.faults = world_.faults().counts();
    outcome.ended = "refused";
    if (const engine::RunState* state = coordinator_->NewestRun(); state != nullptr) {
      outcome.ended = Word(state->run().phase());
      const bool undo = !state->plan().request().undoes().empty();
      if (undo) outcome.ended = absl::StrCat("undo-", outcome.ended);
      for (const auto& step : state->run().steps()) outcome.steps += step.attempt();
    }
    return outcome;
  }

  World world_;
  const FarmFile farm_;
  Site site_;
  Network network_;
  FakeJournal journal_;
  Checker checker_;
  std::vector<std::unique_ptr<AgentNode>> agents_;
  std::map<std::string, AgentNode*> by_name_;
  std::unique_ptr<CoordinatorNode> coordinator_;
  std::unique_ptr<Person> person_;
};

}  // namespace

Outcome Simulate(const World::Options& options) {
  Random random(options.seed);
  const size_t hosts = PickHosts(options, random);
  Run run(options, random, hosts);
  return run.Go();
}

}  // namespace baton::simulation
