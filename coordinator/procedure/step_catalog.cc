#include "coordinator/procedure/step_catalog.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace baton {
namespace {

// Round trips, retries and read-back on top of what the platform needs.
constexpr absl::Duration kMargin = absl::Seconds(30);
// How long ports and pages may take to come up behind a service that runs.
constexpr absl::Duration kSettle = absl::Seconds(60);

// How long a person may take: for what another company's web page is needed for, or somebody who
// stands in front of a machine.
constexpr absl::Duration kGateTimeout = absl::Hours(8);
// Fence agents wait for the power by themselves, some for a minute, and may have to be asked again.
constexpr absl::Duration kFenceTimeout = absl::Minutes(5);

constexpr StepKind kCatalog[] = {
    {"preflight", "unchanged", "Check that $host still is as this plan has it",
     "between plan and claim somebody else may have changed the farm", "", kMargin},

    {"stand-down", "disable-controller", "Disable the Deployment Controller on $host",
     "it must not come back with the host or with an apply", "P2.1 P3.1", kMargin},
    {"stand-down", "stop-controller", "Stop the Deployment Controller on $host",
     "a farm must never have two Deployment Controllers", "P2.1 P3.1", kMargin},

    {"stand-down", "disable-cache", "Disable the cache on $host",
     "services must not find the old one when the host comes back", "P3.2", kMargin},
    {"stand-down", "stop-cache", "Stop the cache on $host",
     "what is still connected to it would hear of nothing", "P3.2", kMargin},

    {"stand-down", "fence-off", "Cut $host off, and see that it is off",
     "it was named lost, and what may still run on it cannot be told to stop", "", kFenceTimeout},
    {"stand-down", "confirm-off", "Wait until somebody confirms that $host is off",
     "it was named lost, and what may still run on it cannot be told to stop", "", kGateTimeout},

    {"promote", "automatic-controller",
     "Set the Deployment Controller's startup type on $host to automatic, and do not start it",
     "its own configuration still names the old host; the restart after the apply starts it",
     "P2.2 P3.3", kMargin},
    {"promote", "automatic-cache",
     "Set the cache's startup type on $host to automatic, and do not start it",
     "a disabled service cannot be started, not even by the tool that reconfigures it", "P3.4",
     kMargin},
    {"promote", "assign-moving", "Tell the agent on $host that the Deployment Controller moves",
     "a host that returns later must find out who holds the role", "", kMargin},

    {"witness", "$lost-controller-closed",
     "Look from $host whether a Deployment Controller answers on $lost",
     "the new one starts next, and what was seen for the plan may be hours old", "", kSettle},

    {"repoint", "rewrite", "Write the new Deployment Controller's address on $host",
     "the value must be equal on every host", "P2.3", kMargin},
    {"repoint", "rewrite",
     "Write the new Deployment Controller's and the cache's settings on $host",
     "the values must be equal on every host", "P3.4", kMargin},
    {"repoint", "create-cache-service", "Make the cache on $host, as its configuration says",
     "the vendor's tool installs it where it runs: on the new host, and on no other", "P3.4",
     kMargin},
    {"repoint", "automatic-cache", "Set the cache's startup type on $host to automatic",
     "it must come back with the host", "P3.4", kMargin},
    {"repoint", "start-cache", "Start the cache on $host and wait until its port answers",
     "every host is pointed at it next", "P3.4", kMargin},
    {"repoint", "log-in-to-cache", "Log in to the new cache from $host",
     "the vendor's Test Connection: port, user, password and virtual host at once", "P3.4",
     kSettle},
    {"repoint", "apply", "Apply the configuration on $host",
     "the platform reads its own copy of the file; no Service Center install here", "P2.3 P3.4",
     kMargin},
    {"repoint", "stop-$service", "Stop the $what on $host",
     "services read the new address when they start", "P2.3 P3.4", kMargin},
    {"repoint", "start-$service", "Start the $what on $host and wait until it is initialised",
     "running is not initialised: it must have found the new Deployment Controller", "P2.3 P3.4",
     kMargin},
    {"repoint", "startup-types", "Check all startup types on $host",
     "an apply must not have woken a disabled service", "P2.3 P3.4", kMargin},

    {"exclude-lost", "exclude", "Wait until $lost is disabled in Service Center",
     "what is installed and published goes to every registered server, dead ones included", "",
     kGateTimeout},

    {"service-center", "install", "Install Service Center on $host",
     "the new Deployment Controller compiles and deploys it", "P2.4 P3.4", kMargin},
    {"service-center", "ping", "Check that Service Center answers on $host",
     "an exit code is not a proof", "P2.4 P3.4", kSettle},

    {"license", "provide", "Wait for a license for $host",
     "licenses are bound to the serial of the host that has the Deployment Controller", "P2.5 P3.5",
     kGateTimeout},
    {"license", "serial", "Check the serial of $host",
     "licenses are bound to the serial of the host that has the Deployment Controller", "P2.5 P3.5",
     kMargin},
    {"license", "install", "Install the license on $host",
     "with a license for another serial nothing can be published", "P2.6 P3.6", kMargin},

    {"republish", "full", "Publish all modules again, on $host",
     "modules keep the settings that they were published with", "P2.7 P3.7", kMargin},
    {"republish", "apply-settings", "Hand the changed settings to all modules, on $host",
     "asked for with --republish: modules keep the settings that they were published with",
     "P2.7 P3.7", kMargin},

    {"prove", "services", "Check run state and startup type of every service on $host",
     "exactly one Deployment Controller runs, and the rest is as planned", "P2.3 P3.4", kMargin},
    {"prove", "settings", "Check the settings on $host",
     "the value must be equal on every host, byte for byte", "P2.3 P3.4", kMargin},
    {"prove", "ports", "Reach the new Deployment Controller's ports from $host",
     "a host that cannot reach it neither registers nor deploys", "P2.3 P3.4", kSettle},
    {"prove", "cache", "Log in to the new cache from $host once more",
     "it must have survived what came after it", "P3.4", kSettle},
    {"prove", "assign-held", "Tell the agent on $host that $new holds the Deployment Controller",
     "a host that returns later must find out who holds the role", "", kMargin},

    {"withdraw", "startup-type-$service", "Set the $what's startup type on $host back",
     "it must not come up with the host", "", kMargin},
    {"withdraw", "stop-$service", "Stop the $what on $host", "it did not run before", "", kMargin},
    {"withdraw", "controller-down", "Check that the Deployment Controller on $host is down",
     "a farm must never have two Deployment Controllers", "", kMargin},
    {"withdraw", "ports-closed",
     "Check from $host that nothing answers where the Deployment Controller was",
     "a service that is said to be stopped must not answer either", "", kSettle},
    {"hand-back", "startup-type-$service", "Set the $what's startup type on $host back",
     "it must come back with the host as it did before", "", kMargin},
    {"hand-back", "start-cache", "Start the cache on $host and wait until its port answers",
     "every host is pointed back at it next", "", kMargin},
    {"hand-back", "assign-moving",
     "Tell the agent on $host that the Deployment Controller goes back to $new",
     "a host that returns later must find out who holds the role", "", kMargin},
    {"restore", "file", "Put the configuration file on $host back, byte for byte",
     "it is as the run left it, so what the run found can stand there again", "", kMargin},
    {"restore", "rewrite", "Write the former settings on $host",
     "the file was written again since, so only what the run wrote is taken back", "", kMargin},
    {"restore", "log-in-to-cache", "Log in to the former cache from $host",
     "services that start must find it", "", kSettle},
    {"restore", "apply", "Apply the configuration on $host",
     "the platform reads its own copy of the file; no Service Center install here", "", kMargin},
    {"restore", "startup-type-$service", "Set the $what's startup type on $host back",
     "a service that is disabled cannot start", "", kMargin},
    {"restore", "stop-$service", "Stop the $what on $host",
     "services read the former address when they start", "", kMargin},
    {"restore", "start-$service", "Start the $what on $host and wait until it is initialised",
     "it ran before", "", kMargin},
    {"restore", "startup-types", "Check all startup types on $host",
     "an apply must not have woken a disabled service", "", kMargin},
    {"confirm", "services", "Check run state and startup type of the services on $host",
     "they are as the run found them", "", kMargin},
    {"confirm", "settings", "Check the settings on $host", "they are as the run found them", "",
     kMargin},
    {"confirm", "ports", "Reach the Deployment Controller's ports from $host",
     "a host that cannot reach it neither registers nor deploys", "", kSettle},
    {"confirm", "cache", "Log in to the former cache from $host once more",
     "it must have survived what came after it", "", kSettle},
    {"confirm", "assign-held", "Tell the agent on $host that $new holds the Deployment Controller",
     "a host that returns later must find out who holds the role", "", kMargin},

    {"preflight", "controller-ports", "Reach the Deployment Controller's ports from $host",
     "a Scheduler never initialises without it", "", kMargin},
    {"drain", "wait", "Let what runs on $host come to an end", "farm.yaml sets a drain", "",
     kMargin},
    {"stand-down", "disable-scheduler", "Disable the Scheduler on $host",
     "it must not come back with the host", "P1.1", kMargin},
    {"stand-down", "stop-scheduler", "Stop the Scheduler on $host",
     "the host stands by and executes no timers", "P1.1", kMargin},
    {"activate", "automatic-scheduler", "Set the Scheduler's startup type on $host to automatic",
     "a service that is disabled cannot start", "P1.2", kMargin},
    {"activate", "start-scheduler", "Start the Scheduler on $host and wait until it is initialised",
     "running is not initialised: it must have found the Deployment Controller", "P1.2", kMargin},
    {"deployment", "automatic-deployment",
     "Set the Deployment Service's startup type on $host to automatic",
     "every front-end must receive what is published, active or not", "P1.3", kMargin},
    {"deployment", "start-deployment",
     "Start the Deployment Service on $host and wait until it is initialised",
     "every front-end must receive what is published, active or not", "P1.3", kMargin},
    {"prove", "groups", "Check run state and startup type of every service on $host",
     "the groups are as asked for, and every other service is as it was found", "P1.3", kMargin},
    {"prove", "scheduler-ports", "Reach the Scheduler's ports on $host",
     "an active Scheduler answers", "P1.2", kSettle},
};

}  // namespace

absl::Span<const StepKind> StepCatalog() { return kCatalog; }

std::vector<absl::string_view> StageNames() {
  std::vector<absl::string_view> names;
  for (const StepKind& kind : kCatalog) {
    if (std::find(names.begin(), names.end(), kind.stage) == names.end())
      names.push_back(kind.stage);
  }
  return names;
}

absl::string_view SeedLine(const StepKind& kind, plan::v1::Procedure procedure) {
  const std::string prefix = absl::StrCat("P", static_cast<int>(procedure), ".");
  for (const absl::string_view line : absl::StrSplit(kind.seed, ' ')) {
    if (absl::StartsWith(line, prefix)) return line;
  }
  return "";
}

const StepKind& FindStepKind(absl::string_view stage, absl::string_view what,
                             plan::v1::Procedure procedure) {
  const StepKind* found = nullptr;
  for (const StepKind& kind : kCatalog) {
    if (kind.stage != stage || kind.what != what) continue;
    if (found == nullptr || !SeedLine(kind, procedure).empty()) found = &kind;
  }
  if (found != nullptr) return *found;
  assert(false && "a planner names a step that the catalog does not have");
  std::abort();
}

}  // namespace baton
