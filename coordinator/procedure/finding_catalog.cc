#include "coordinator/procedure/finding_catalog.h"

#include <cassert>
#include <cstdlib>
#include <utility>

namespace baton {
namespace {

using plan::v1::FINDING_ERROR;
using plan::v1::FINDING_INFO;
using plan::v1::FINDING_WARNING;

constexpr bool kMayBeAccepted = true;
constexpr bool kNeverAccepted = false;

// Name, level of a planned run and of an emergency, what was seen, why it matters, what to do.
constexpr FindingKind kCatalog[] = {
    {"agent-unreachable", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The agent on the host did not describe it within observe_timeout.",
     "Nobody can say whether a Deployment Controller runs there, and the host would keep the old "
     "address in its configuration.",
     "start baton-agent on the host, or do without it: --emergency --lost HOST --reason WHY"},
    {"maintenance", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "The farm file has the host in maintenance.",
     "A run leaves it out: it keeps the old address in its configuration, and owes its part until "
     "that is paid.",
     "take it out of maintenance in farm.yaml, or have it pay later: baton debts pay HOST"},
    {"role-in-maintenance", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "A host in maintenance has the role that moves, may have it, or shall get it.",
     "A run calls no host that is in maintenance: the old Deployment Controller would go on "
     "running, or the new one never start.",
     "take the host out of maintenance in farm.yaml, or name another one"},
    {"named-lost", FINDING_INFO, FINDING_INFO, kNeverAccepted,
     "The host was named lost, and does not answer.",
     "The run does without it, and it owes its part until that is paid.",
     "nothing now; when the host is back: baton debts"},
    {"lost-host-answers", FINDING_INFO, FINDING_INFO, kNeverAccepted,
     "The host was named lost, and its agent answers.",
     "It is told to stand down before anything else. It owes the rest, as if it were silent.",
     "leave --lost out for this host if it is well again"},
    {"lost-host-blocks", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "A lost host may have the Deployment Controller, and the request does not say what is done "
     "about that.",
     "A host that does not answer may run all the same: with a new one the farm would have two "
     "Deployment Controllers.",
     "say it with --on-lost HOST=fence, confirm-off or owe"},
    {"witness-sees-controller", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "A host gets through to the Deployment Controller of a lost one.",
     "It runs, whatever its agent does not say: a new one would be the second.",
     "cut the host off, or switch it off and say so: --on-lost HOST=fence or confirm-off"},
    {"no-witness", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "No host besides the candidate looked for the Deployment Controller of a lost one.",
     "The candidate alone may be the one that is cut off, with the farm at work behind its back.",
     "cut the host off, or switch it off and say so: --on-lost HOST=fence or confirm-off"},
    {"no-majority", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "A lost host is to owe its stand-down, and half of the farm or more does not answer.",
     "This may be the smaller part of a farm whose network is split, and the Deployment Controller "
     "at work in the other.",
     "cut the host off, or switch it off and say so: --on-lost HOST=fence or confirm-off"},
    {"fence-missing", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "A lost host is to be cut off, and the farm file does not say how.",
     "The run could neither stop what may run there nor go on without having stopped it.",
     "use --on-lost HOST=confirm-off: this version reads no fence from farm.yaml yet"},
    {"fence-not-usable", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The fence of a host says that it cannot be used now.",
     "The run would pause at it, with the farm as it is: without a Deployment Controller.",
     "mend what it names, or use --on-lost HOST=confirm-off"},
    {"cache-on-lost-host", FINDING_ERROR, FINDING_ERROR, kMayBeAccepted,
     "The cache is on a host that is named lost, and the procedure leaves it there.",
     "Every front-end would go on without a cache: modules keep stale data.",
     "move both: baton plan move-controller-and-cache"},
    {"debts-open", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "A host was left out of an earlier run, and is not yet as the assignment says.",
     "When it comes back it has old settings, and a Deployment Controller that may start with it.",
     "once it answers: baton debts pay HOST; a run that works on it pays, too"},
    {"no-debt", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The host that is to pay owes nothing.",
     "Paying brings a host to what the assignment says that was left out of a run; this one was "
     "not.",
     "see what hosts owe: baton debts"},
    {"two-controllers", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "A Deployment Controller runs, starts or stops on more than one host.",
     "Two Deployment Controllers on one database compile and deploy against each other. A run on "
     "top of that cannot tell whose work is whose.",
     "stop all but one Deployment Controller by hand before anything else"},
    {"controller-ambiguous", FINDING_ERROR, FINDING_WARNING, kNeverAccepted,
     "No assignment is on record, or what hosts and configurations say contradicts it.",
     "A move must stop the old Deployment Controller first, and it is not known which one that is.",
     "say which host has the role: baton adopt --controller HOST --reason WHY"},
    {"controller-drift", FINDING_ERROR, FINDING_ERROR, kMayBeAccepted,
     "A Deployment Controller runs on a host that does not have the role.",
     "Somebody started it by hand, or a host came back with it: it is a second Deployment "
     "Controller as soon as the one with the role runs.",
     "stop the Deployment Controller that should not run, or record reality with baton adopt"},
    {"already-controller", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The host named with --to has the role already.",
     "There is nothing to move. Where its services are down, starting them is the cure.",
     "name another host with --to"},
    {"service-missing", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The host's operating system has no Deployment Controller service.",
     "The move would stop the old one and then find nothing to start.",
     "install the platform's service on the host, or name another host"},
    {"tool-missing", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The profile on the host lacks a tool that the procedure runs there.",
     "The run would stop half-way, with the configuration rewritten and not applied.",
     "install the platform's tool on the host, or correct the agent's profile"},
    {"unit-not-maskable", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The unit file of the Deployment Controller lies in /etc/systemd/system, where systemd cannot "
     "mask it.",
     "Disabled would not hold: a reboot or a dependency could bring a second Deployment Controller "
     "back.",
     "move the unit file from /etc/systemd/system to /usr/local/lib/systemd/system on the host"},
    {"not-privileged", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The agent runs as a user who may not change services and files.",
     "Its first change would fail, after other hosts were changed.",
     "run baton-agent as root (systemd) or Local System (Windows)"},
    {"configuration-unreadable", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The platform's configuration file cannot be read or parsed.",
     "Baton changes single values and leaves every other byte: it does not touch a file that it "
     "does not understand.",
     "repair the configuration file on the host"},
    {"setting-missing", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The configuration file has no controller.host.",
     "There is no value to rewrite. A file without it is usually of another product or not yet "
     "configured.",
     "add the key with the vendor's Configuration Tool, or allow creating it in the profile"},
    {"operation-running", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The agent on the host still works on something it was told before.",
     "Agents do one change at a time: the run's first step on the host would be refused.",
     "wait until the operation has ended: baton status"},
    {"platform-versions-differ", FINDING_ERROR, FINDING_ERROR, kMayBeAccepted,
     "The configuration files name different platform versions.",
     "A Deployment Controller compiles for one version: hosts of another do not register with it, "
     "or run what was not made for them.",
     "bring every host to one platform version"},
    {"private-key-differs", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The hosts do not share one private.key.",
     "A Deployment Controller with another key cannot decrypt what the platform stored with the "
     "first: database passwords, integrations, licenses.",
     "copy private.key and server.hsconf from the Deployment Controller to the host"},
    {"database-sections-differ", FINDING_ERROR, FINDING_ERROR, kMayBeAccepted,
     "A database section of the configuration differs between hosts; letter case counts.",
     "Such a host works on another database, or does not register. Moving the role there would "
     "move the farm to it.",
     "make the section equal on every host; letter case counts"},
    {"platform-address", FINDING_ERROR, FINDING_ERROR, kMayBeAccepted,
     "The platform_address in the farm file is not an address by which other hosts reach the host.",
     "It is written into every configuration: every host would look for the Deployment Controller "
     "in the wrong place.",
     "correct platform_address in farm.yaml: the address other hosts reach this one by"},
    {"settings-differ", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "The hosts name different Deployment Controllers in their configuration.",
     "One of them missed an earlier move. The run makes them equal; that this was not so before "
     "may explain what people saw.",
     "the run makes controller.host equal everywhere"},
    {"clock-skew", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "The host's clock and that of the Baton coordinator differ by 5 s or more.",
     "Certificates may count as not yet valid or expired, and times in logs do not compare.",
     "synchronise the host's clock"},
    {"time-zone", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "The hosts are set to different time zones.",
     "Timers of the platform run by local time: after the move they run at another hour.",
     "set one time zone on every host"},
    {"disk-space", FINDING_ERROR, FINDING_ERROR, kMayBeAccepted,
     "Less than 64 MiB are free for the agent's state or beside the configuration.",
     "A backup or an operation's record could not be written, and the step would fail in the "
     "middle of the run.",
     "free space on the host"},
    {"certificate-expiry", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "The agent's certificate ends within 30 days.",
     "After that nobody reaches the agent: the next failover would begin with a lost host.",
     "renew the certificate: baton pki renew"},
    {"coordinator-on-farm-host", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "The Baton coordinator runs on a host of the farm.",
     "When that host fails, what would move its role fails with it.",
     "run baton-coordinator outside the farm: it should not die with a host"},
    {"profiles-differ", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "The hosts have different profiles.",
     "The platform is not the same everywhere: what is proved on one host says less of another.",
     "use one profile on every host"},
    {"journal-damaged", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The hash chain of the Baton coordinator's journal does not fit from some record on.",
     "What was done and promised before is not certain any more, and nothing can be recorded "
     "behind the damage.",
     "do not write to it: copy the Baton coordinator's state folder, then bring back a whole one"},
    {"journal-behind", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "Agents were shown journal records that the journal does not have, or has otherwise.",
     "Records were lost or this is an old copy: it may not know of a run that was under way, or "
     "who has the roles.",
     "bring the newest journal back, or begin an empty one: baton adopt --controller HOST"},
    {"group-differs", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "A front-end is not in the group that the farm file names for it.",
     "An earlier failover or a person changed the groups: whoever reads the farm file expects the "
     "timers elsewhere.",
     "bring the groups back with baton plan activate-passive, or correct farm.yaml"},
    {"group-unclear", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The Scheduler of a front-end is neither running nor stopped and disabled.",
     "It cannot be said which front-ends are active, so the groups cannot be swapped by "
     "themselves.",
     "name the hosts that change group with --activate and --deactivate"},
    {"controller-down", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The Deployment Controller does not answer, and it is not being moved.",
     "A Scheduler looks for it when it starts: the activated hosts would wait for it and execute "
     "no timer.",
     "start it, or move the role first: baton plan move-controller --to HOST"},
    {"no-active-scheduler", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "No front-end would have a running Scheduler after the run.",
     "Timers and asynchronous logic of every application would stand still.",
     "name a host to activate with --activate"},
    {"nothing-to-do", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "Every front-end is in the group that was asked for.",
     "A run would change nothing; where that surprises, the wrong hosts were named.",
     "look at baton status, or name hosts with --activate and --deactivate"},
    {"cache-ambiguous", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "It cannot be said which host has the cache.",
     "The run would stop the wrong broker, or leave the right one running.",
     "say which host has it: baton adopt --controller HOST --cache HOST --reason WHY"},
    {"cache-not-in-farm", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The cache that the configurations name is on none of the farm's hosts.",
     "Nobody here may stop it, and the move would put a second one beside it.",
     "use move-controller: it leaves the cache where it is"},
    {"cache-already-there", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The new host has the cache already.",
     "There is no cache to move: the run would stop the broker that it means to prove.",
     "use move-controller, or name another host with --to"},
    {"secret-unreadable", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "A secret that the farm file refers to cannot be read.",
     "The step that needs it would fail in the middle of the run.",
     "mend what it names, then: baton secrets test"},
    {"cache-password-unknown", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "The farm file does not say where the cache's password is.",
     "That hosts can log in to the new cache cannot be proved; modules may keep stale data "
     "unnoticed.",
     "say in farm.yaml where the password is: secrets: {cache_password: file:PATH}"},
    {"license-invalid-after-move", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "The new host has another serial than the one that the license is bound to, or nobody knows.",
     "With a license for another serial nothing can be published, not even the modules that the "
     "run republishes. Applications go on.",
     "stage a license file for that serial in farm.yaml (licenses), or have somebody ready who "
     "gets one from the licensing portal"},
    {"staged-license-unreadable", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "A license file that the farm file stages cannot be read.",
     "A move to the host that it is for would wait for a person.",
     "mend what it names, or correct licenses in farm.yaml"},
    {"service-center-credentials-missing", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "Nobody says how the platform's tools log in to Service Center.",
     "License or modules remain for people, who must see to them when the run has ended.",
     "say it in farm.yaml: service_center: {username: NAME, password: file:PATH}"},
    {"tool-parameter-unfilled", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "A tool of the profile asks for a value that Baton does not have, or takes none where it "
     "must.",
     "The agent would refuse to run the tool in the middle of the run.",
     "correct the agent's profile, or service_center in farm.yaml"},
    {"old-value-encrypted", FINDING_ERROR, FINDING_ERROR, kMayBeAccepted,
     "The run that is undone wrote a value that the file held encrypted, and the file was written "
     "again since.",
     "Baton never had the value of before: what the run wrote would stay.",
     "write the former value with the vendor's Configuration Tool, or accept it if it is the same"},
    {"port-not-reachable", FINDING_ERROR, FINDING_ERROR, kMayBeAccepted,
     "A host does not reach a port of another that the platform needs; where nothing listens there "
     "yet, the agent of that host listened for the try.",
     "Front-ends would not find the Deployment Controller at its new place, or it would not deploy "
     "to them: the run would stop when it proves the ports.",
     "open the port in the firewalls between the hosts, then: baton check"},
    {"database-unreachable", FINDING_ERROR, FINDING_ERROR, kMayBeAccepted,
     "A host does not reach a database that its configuration names.",
     "The Configuration Tool and every service of the host need it. Where most hosts do not reach "
     "it, the database or its network is down, and another host for the Deployment Controller "
     "changes nothing.",
     "bring the database or the way to it back, then: baton check"},
    {"service-account-differs", FINDING_ERROR, FINDING_WARNING, kMayBeAccepted,
     "The Deployment Controller would run under another account than the old one does.",
     "With integrated authentication the account is what the database knows it by: it may start "
     "and find every door closed.",
     "give the service the account of the old Deployment Controller, or accept the difference"},
    {"address-spelling", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "The platform_address in the farm file is spelt otherwise than the platform names the host.",
     "A Deployment Controller that is named otherwise than it is registered stands twice in "
     "Environment Health.",
     "write platform_address as the platform's own list of servers has it"},
    {"publication-unknown", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "Whether somebody publishes modules now can be read from no host.",
     "A publication that runs while the Deployment Controller stops is lost half-way.",
     "look in Service Center, or ask; whoever confirms the run says that nobody publishes"},
    {"cache-stays", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "The cache runs on the host that loses the Deployment Controller, and the procedure leaves it "
     "there.",
     "When that host is switched off, every front-end loses the cache.",
     "leave the host running, or move both: baton plan move-controller-and-cache"},
    {"acceptance-unused", FINDING_WARNING, FINDING_WARNING, kNeverAccepted,
     "A finding is accepted that was not found.",
     "Nothing: what is accepted is gone. A script that still accepts it would hide its return.",
     "leave --accept out"},
    {"hook-not-runnable", FINDING_ERROR, FINDING_ERROR, kNeverAccepted,
     "The program of a hook cannot be run where the Baton coordinator is.",
     "The run would pause at the hook, with the load balancer or DNS as they were before.",
     "mend what it names, or take the hook out of farm.yaml"},
};

}  // namespace

absl::Span<const FindingKind> FindingCatalog() { return kCatalog; }

const FindingKind* FindFindingKind(absl::string_view name) {
  for (const FindingKind& kind : kCatalog) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

plan::v1::Finding MakeFinding(absl::string_view name, absl::string_view host, std::string reason) {
  const FindingKind* kind = FindFindingKind(name);
  assert(kind != nullptr);
  if (kind == nullptr) std::abort();
  plan::v1::Finding finding;
  finding.set_name(std::string(kind->name));
  finding.set_host(std::string(host));
  finding.set_level(kind->planned);
  finding.set_acceptable(kind->acceptable);
  finding.set_reason(std::move(reason));
  finding.set_hint(std::string(kind->hint));
  return finding;
}

}  // namespace baton
