#include "tests/simulation/faults.h"

namespace baton::simulation {
namespace {

// What a fault is called and how likely it is at one opportunity, before the run's mixture. Those
// of people and machines have an opportunity every few seconds of virtual time.
struct FaultKind {
  Fault fault;
  absl::string_view name;
  double rate;
};

constexpr FaultKind kKinds[] = {
    {Fault::kMessageLost, "message-lost", 0.02},
    {Fault::kMessageSlow, "message-slow", 0.05},
    {Fault::kMessageTwice, "message-twice", 0.02},
    {Fault::kMessageLate, "message-late", 0.01},
    {Fault::kHostCutOff, "host-cut-off", 0.01},
    {Fault::kAgentKilled, "agent-killed", 0.02},
    {Fault::kAgentKilledInWrite, "agent-killed-in-write", 0.01},
    {Fault::kAgentKilledAfterWrite, "agent-killed-after-write", 0.01},
    {Fault::kAgentKilledInChange, "agent-killed-in-change", 0.01},
    {Fault::kDiskSlow, "disk-slow", 0.2},
    {Fault::kDiskError, "disk-error", 0.005},
    {Fault::kPowerCut, "power-cut", 0.006},
    {Fault::kCoordinatorKilled, "coordinator-killed", 0.006},
    {Fault::kCoordinatorKilledBeforeAppend, "coordinator-killed-before-append", 0.006},
    {Fault::kCoordinatorKilledAfterAppend, "coordinator-killed-after-append", 0.006},
    {Fault::kCoordinatorKilledInEffects, "coordinator-killed-in-effects", 0.006},
    {Fault::kCoordinatorAwayLong, "coordinator-away-long", 0.1},
    {Fault::kJournalFails, "journal-fails", 0.004},
    {Fault::kServiceSlow, "service-slow", 0.02},
    {Fault::kServiceFails, "service-fails", 0.01},
    {Fault::kServiceRefuses, "service-refuses", 0.03},
    {Fault::kServiceIgnores, "service-ignores", 0.02},
    {Fault::kServiceLies, "service-lies", 0.01},
    {Fault::kQueryFails, "query-fails", 0.01},
    {Fault::kToolSlow, "tool-slow", 0.03},
    {Fault::kToolHangs, "tool-hangs", 0.02},
    {Fault::kToolFails, "tool-fails", 0.02},
    {Fault::kToolLies, "tool-lies", 0.02},
    {Fault::kToolWakesScheduler, "tool-wakes-scheduler", 0.01},
    {Fault::kForeignEdit, "foreign-edit", 0.004},
    {Fault::kPersonPauses, "person-pauses", 0.01},
    {Fault::kPersonCancels, "person-cancels", 0.002},
};
static_assert(sizeof(kKinds) / sizeof(kKinds[0]) == kFaultCount);

// Of all runs: without any fault; of the others: each kind is on; and then how strongly.
constexpr double kQuietRuns = 0.05;
constexpr double kKindOn = 0.4;
constexpr double kStrengths[] = {0.3, 1.0, 3.0};

}  // namespace

absl::string_view NameOf(Fault fault) { return kKinds[static_cast<size_t>(fault)].name; }

Faults::Faults(Random& random, absl::Duration until) : random_(random), until_(until) {
  const bool quiet = random.Chance(kQuietRuns);
  for (const FaultKind& kind : kKinds) {
    const bool on = random.Chance(kKindOn);
    const double strength = kStrengths[random.Below(std::size(kStrengths))];
    rates_[static_cast<size_t>(kind.fault)] = on && !quiet ? kind.rate * strength : 0;
  }
}

bool Faults::Roll(Fault fault, absl::Duration now) {
  const auto index = static_cast<size_t>(fault);
  if (rates_[index] == 0 || now >= until_ || !random_.Chance(rates_[index])) return false;
  ++counts_[index];
  return true;
}

}  // namespace baton::simulation
