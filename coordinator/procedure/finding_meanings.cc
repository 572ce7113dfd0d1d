#include "coordinator/procedure/finding_meanings.h"

namespace baton {
namespace {

constexpr FindingMeaning kMeanings[] = {
    {"agent-unreachable", "The agent on the host did not describe it within observe_timeout.",
     "Nobody can say whether a Deployment Controller runs there, and the host would keep the old "
     "address in its configuration."},
    {"maintenance", "The farm file has the host in maintenance.",
     "A planned move changes every host: one that is left out would keep the old address."},
    {"two-controllers", "A Deployment Controller runs, starts or stops on more than one host.",
     "Two Deployment Controllers on one database compile and deploy against each other. A run on "
     "top of that cannot tell whose work is whose."},
    {"controller-ambiguous",
     "No assignment is on record, or what hosts and configurations say contradicts it.",
     "A move must stop the old Deployment Controller first, and it is not known which one that "
     "is."},
    {"controller-drift", "A Deployment Controller runs on a host that does not have the role.",
     "Somebody started it by hand, or a host came back with it: it is a second Deployment "
     "Controller as soon as the one with the role runs."},
    {"already-controller", "The host named with --to has the role already.",
     "There is nothing to move. Where its services are down, starting them is the cure."},
    {"service-missing", "The host's operating system has no Deployment Controller service.",
     "The move would stop the old one and then find nothing to start."},
    {"tool-missing", "The profile on the host lacks a tool that the procedure runs there.",
     "The run would stop half-way, with the configuration rewritten and not applied."},
    {"unit-not-maskable",
     "The unit file of the Deployment Controller lies in /etc/systemd/system, where systemd cannot "
     "mask it.",
     "Disabled would not hold: a reboot or a dependency could bring a second Deployment Controller "
     "back."},
    {"not-privileged", "The agent runs as a user who may not change services and files.",
     "Its first change would fail, after other hosts were changed."},
    {"configuration-unreadable", "The platform's configuration file cannot be read or parsed.",
     "Baton changes single values and leaves every other byte: it does not touch a file that it "
     "does not understand."},
    {"setting-missing", "The configuration file has no controller.host.",
     "There is no value to rewrite. A file without it is usually of another product or not yet "
     "configured."},
    {"operation-running", "The agent on the host still works on something it was told before.",
     "Agents do one change at a time: the run's first step on the host would be refused."},
    {"platform-versions-differ", "The configuration files name different platform versions.",
     "A Deployment Controller compiles for one version: hosts of another do not register with it, "
     "or run what was not made for them."},
    {"private-key-differs", "The hosts do not share one private.key.",
     "A Deployment Controller with another key cannot decrypt what the platform stored with the "
     "first: database passwords, integrations, licenses."},
    {"database-sections-differ",
     "A database section of the configuration differs between hosts; letter case counts.",
     "Such a host works on another database, or does not register. Moving the role there would "
     "move the farm to it."},
    {"platform-address",
     "The platform_address in the farm file is not an address by which other hosts reach the host.",
     "It is written into every configuration: every host would look for the Deployment Controller "
     "in the wrong place."},
    {"settings-differ", "The hosts name different Deployment Controllers in their configuration.",
     "One of them missed an earlier move. The run makes them equal; that this was not so before "
     "may explain what people saw."},
    {"clock-skew", "The host's clock and that of the Baton coordinator differ by 5 s or more.",
     "Certificates may count as not yet valid or expired, and times in logs do not compare."},
    {"time-zone", "The hosts are set to different time zones.",
     "Timers of the platform run by local time: after the move they run at another hour."},
    {"disk-space", "Less than 64 MiB are free for the agent's state or beside the configuration.",
     "A backup or an operation's record could not be written, and the step would fail in the "
     "middle of the run."},
    {"certificate-expiry", "The agent's certificate ends within 30 days.",
     "After that nobody reaches the agent: the next failover would begin with a lost host."},
    {"coordinator-on-farm-host", "The Baton coordinator runs on a host of the farm.",
     "When that host fails, what would move its role fails with it."},
    {"profiles-differ", "The hosts have different profiles.",
     "The platform is not the same everywhere: what is proved on one host says less of another."},
    {"journal-damaged",
     "The hash chain of the Baton coordinator's journal does not fit from some record on.",
     "What was done and promised before is not certain any more, and nothing can be recorded "
     "behind "
     "the damage."},
    {"journal-behind",
     "Agents were shown journal records that the journal does not have, or has otherwise.",
     "Records were lost or this is an old copy: it may not know of a run that was under way, or "
     "who "
     "has the roles."},
    {"group-differs", "A front-end is not in the group that the farm file names for it.",
     "An earlier failover or a person changed the groups: whoever reads the farm file expects the "
     "timers elsewhere."},
    {"group-unclear", "The Scheduler of a front-end is neither running nor stopped and disabled.",
     "It cannot be said which front-ends are active, so the groups cannot be swapped by "
     "themselves."},
    {"controller-down", "The Deployment Controller does not answer, and it is not being moved.",
     "A Scheduler looks for it when it starts: the activated hosts would wait for it and execute "
     "no "
     "timer."},
    {"no-active-scheduler", "No front-end would have a running Scheduler after the run.",
     "Timers and asynchronous logic of every application would stand still."},
    {"nothing-to-do", "Every front-end is in the group that was asked for.",
     "A run would change nothing; where that surprises, the wrong hosts were named."},
    {"cache-ambiguous", "It cannot be said which host has the cache.",
     "The run would stop the wrong broker, or leave the right one running."},
    {"cache-not-in-farm", "The cache that the configurations name is on none of the farm's hosts.",
     "Nobody here may stop it, and the move would put a second one beside it."},
    {"cache-already-there", "The new host has the cache already.",
     "There is no cache to move: the run would stop the broker that it means to prove."},
    {"secret-unreadable", "A secret that the farm file refers to cannot be read.",
     "The step that needs it would fail in the middle of the run."},
    {"cache-password-unknown", "The farm file does not say where the cache's password is.",
     "That hosts can log in to the new cache cannot be proved; modules may keep stale data "
     "unnoticed."},
};

}  // namespace

absl::Span<const FindingMeaning> FindingMeanings() { return kMeanings; }

const FindingMeaning* FindFindingMeaning(absl::string_view name) {
  for (const FindingMeaning& meaning : kMeanings) {
    if (meaning.name == name) return &meaning;
  }
  return nullptr;
}

}  // namespace baton
