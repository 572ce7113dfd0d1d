#include "tests/simulation/simulator.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>
#include <optional>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/status/status_macros.h"
#include "tests/simulation/campaign.h"
#include "tests/simulation/simulation.h"

namespace baton::simulation {
namespace {

constexpr size_t kHostsMax = 200;
constexpr uint64_t kJobsMax = 256;

absl::StatusOr<uint64_t> ParseNumber(absl::string_view option, absl::string_view text) {
  uint64_t number = 0;
  if (absl::SimpleAtoi(text, &number)) return number;
  return absl::InvalidArgumentError(absl::StrCat(option, " needs a number, not \"", text, "\""));
}

absl::Status ParseHosts(const std::string& text, World::Options& options) {
  const std::vector<std::string> ends = absl::StrSplit(text, '-');
  ASSIGN_OR_RETURN(options.hosts_min, ParseNumber("--hosts", ends.front()));
  ASSIGN_OR_RETURN(options.hosts_max, ParseNumber("--hosts", ends.back()));
  if (ends.size() <= 2 && options.hosts_min >= 2 && options.hosts_min <= options.hosts_max &&
      options.hosts_max <= kHostsMax) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--hosts needs MIN-MAX between 2 and ", kHostsMax, ", not \"", text, "\""));
}

absl::Status ParseJobs(const std::string& text, uint64_t& jobs) {
  ASSIGN_OR_RETURN(jobs, ParseNumber("--jobs", text));
  if (jobs >= 1 && jobs <= kJobsMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--jobs needs a number from 1 to ", kJobsMax, ", not \"", text, "\""));
}

// How long the program has been at work: by the clock, and of all processors together.
class Stopwatch {
 public:
  double Seconds() const { return absl::ToDoubleSeconds(absl::Now() - begin_); }
  double ProcessorSeconds() const {
    return static_cast<double>(std::clock() - begin_processor_) / CLOCKS_PER_SEC;
  }

 private:
  const absl::Time begin_ = absl::Now();
  const std::clock_t begin_processor_ = std::clock();
};

// Sums over all runs.
struct Figures {
  uint64_t runs = 0;
  std::map<std::string, uint64_t> ended;
  FaultCounts faults{};
  uint64_t hosts = 0;
  uint64_t steps = 0;
  uint64_t events = 0;
  absl::Duration elapsed;

  void Add(const Outcome& outcome) {
    ++runs;
    ++ended[outcome.ended];
    for (size_t i = 0; i < kFaultCount; ++i) faults[i] += outcome.faults[i];
    hosts += outcome.hosts;
    steps += outcome.steps;
    events += outcome.events;
    elapsed += outcome.elapsed;
  }

  std::string Show(const Stopwatch& watch) const {
    std::vector<std::string> injected;
    for (size_t i = 0; i < kFaultCount; ++i) {
      injected.push_back(absl::StrCat(NameOf(static_cast<Fault>(i)), " ", faults[i]));
    }
    return absl::StrFormat(
        "%d runs over %d hosts: %s; %d steps, %d events, %.0f virtual hours; faults: %s; "
        "%.0f runs/s, %.0f for each second of a processor",
        runs, hosts,
        absl::StrJoin(ended, ", ",
                      [](std::string* out, const auto& end) {
                        absl::StrAppend(out, end.second, " ", end.first);
                      }),
        steps, events, absl::ToDoubleHours(elapsed), absl::StrJoin(injected, ", "),
        static_cast<double>(runs) / watch.Seconds(),
        static_cast<double>(runs) / watch.ProcessorSeconds());
  }
};

void Print(const std::string& line) { std::printf("%s\n", line.c_str()); }

}  // namespace

absl::StatusOr<SimulatorOptions> ParseSimulatorOptions(const std::vector<std::string>& arguments) {
  SimulatorOptions options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (name == "--help") {
      options.help = true;
      continue;
    }
    if (name == "--trace") {
      options.first.trace = true;
      continue;
    }
    if (name != "--runs" && name != "--seed" && name != "--hosts" && name != "--jobs") {
      return absl::InvalidArgumentError(absl::StrCat("unknown option ", name));
    }
    if (++i == arguments.size()) {
      return absl::InvalidArgumentError(absl::StrCat(name, " needs a value"));
    }
    if (name == "--hosts") {
      RETURN_IF_ERROR(ParseHosts(arguments[i], options.first));
    } else if (name == "--jobs") {
      RETURN_IF_ERROR(ParseJobs(arguments[i], options.jobs));
    } else {
      ASSIGN_OR_RETURN((name == "--runs" ? options.runs : options.first.seed),
                       ParseNumber(name, arguments[i]));
    }
  }
  return options;
}

std::string SimulatorUsage() {
  return "usage: baton-sim [--runs N] [--seed S] [--hosts MIN-MAX] [--jobs J] [--trace]\n"
         "Simulates N moves of a Deployment Controller, with the seeds S, S+1, ..., in farms of\n"
         "MIN to MAX hosts, and checks everything that Baton promises. Stops at the first broken\n"
         "promise, prints its seed and what happened, and exits 1. J runs at a time, by default\n"
         "one for each processor, come to the same as one. --trace prints what happens in every\n"
         "run.\n"
         "  baton-sim --runs 4000 --seed 1\n"
         "  baton-sim --runs 1 --seed 1234 --trace\n";
}

int RunSimulator(const SimulatorOptions& options) {
  Figures figures;
  const Stopwatch watch;
  const uint64_t processors = std::max(1U, std::thread::hardware_concurrency());
  Campaign campaign(options.first, options.runs, options.jobs == 0 ? processors : options.jobs);
  World::Options run = options.first;
  for (; std::optional<Outcome> outcome = campaign.Next(); ++run.seed) {
    figures.Add(*outcome);
    if (!outcome->failure.empty() && !run.trace) {  // once more, to see it
      World::Options traced = run;
      traced.trace = true;
      outcome = Simulate(traced);
    }
    for (const std::string& line : outcome->trace) Print(line);
    if (outcome->failure.empty()) continue;
    Print(figures.Show(watch));
    Print(absl::StrCat("seed ", run.seed, " breaks a promise: ", outcome->failure));
    Print(absl::StrCat("again: baton-sim --runs 1 --seed ", run.seed, " --hosts ", run.hosts_min,
                       "-", run.hosts_max, " --trace"));
    return 1;
  }
  Print(figures.Show(watch));
  return 0;
}

}  // namespace baton::simulation
