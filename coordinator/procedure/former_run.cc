#include "coordinator/procedure/former_run.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"

namespace baton {
namespace {

using plan::v1::Run;

const plan::v1::StepStatus* StatusOf(const Run& run, const std::string& step) {
  const auto found =
      std::find_if(run.steps().begin(), run.steps().end(),
                   [&step](const plan::v1::StepStatus& status) { return status.step() == step; });
  return found == run.steps().end() ? nullptr : &*found;
}

bool Attempted(const Run& run, const std::string& step) {
  const plan::v1::StepStatus* status = StatusOf(run, step);
  return status != nullptr && status->attempt() > 0;
}

bool IsOver(const Run& run) {
  return run.phase() == plan::v1::RUN_SUCCEEDED || run.phase() == plan::v1::RUN_STOPPED ||
         run.phase() == plan::v1::RUN_CANCELLED;
}

std::string ToOldHost(const Run& run) {
  return absl::StrCat("baton plan ", Word(run.plan().request().procedure()), " --to ",
                      run.plan().old_controller());
}

// How the farm gets back once a step of the run cannot be undone any more.
std::string WayBack(const Run& run) {
  if (run.phase() == plan::v1::RUN_SUCCEEDED) {
    return absl::StrCat("go back with baton failback ", run.run());
  }
  if (!IsOver(run)) {
    return absl::StrCat("finish it with baton resume ", run.run(), ", then baton failback ",
                        run.run());
  }
  return absl::StrCat("say which host has the role with baton adopt, then ", ToOldHost(run));
}

absl::Status Refused(const Run& run, absl::string_view verb, absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat("run ", run.run(), " cannot be ", verb, ": ", why));
}

absl::Status CheckKind(const Run& run, absl::string_view verb) {
  if (run.plan().request().undoes().empty()) return absl::OkStatus();
  return Refused(
      run, verb,
      absl::StrCat("it undoes run ", run.plan().request().undoes(),
                   IsOver(run) ? "" : absl::StrCat("; go on with it: baton resume ", run.run())));
}

// Captures tell how the farm was before the run: nothing newer may have changed it.
absl::Status CheckLater(const FormerRun& former) {
  const Run& run = former.run;
  if (former.adopted > run.sequence()) {
    return Refused(run, "undone",
                   absl::StrCat("somebody said after it, with baton adopt, which hosts hold the ",
                                "roles; to go back all the same: ", ToOldHost(run)));
  }
  for (const Run& later : former.later) {
    const bool undoes = later.plan().request().undoes() == run.run();
    if (undoes && later.phase() == plan::v1::RUN_SUCCEEDED) {
      return Refused(run, "undone", absl::StrCat("run ", later.run(), " undid it already"));
    }
    if (undoes && !IsOver(later)) {
      return Refused(
          run, "undone",
          absl::StrCat("run ", later.run(), " undoes it already; go on with that: baton ",
                       "runs watch ", later.run()));
    }
    if (undoes || !later.changed()) continue;
    return Refused(
        run, "undone",
        absl::StrCat("run ", later.run(), " came after it and changed the farm, so what ",
                     "it captured is no longer how the farm was"));
  }
  return absl::OkStatus();
}

// What a host was that nobody saw, nobody can bring back; and a Deployment Controller that was not
// seen to stop must not become the one that the farm goes back to.
absl::Status CheckNoneLost(const Run& run) {
  if (run.plan().request().lost().empty()) return absl::OkStatus();
  std::vector<std::string> lost;
  for (const plan::v1::LostHost& host : run.plan().request().lost()) lost.push_back(host.host());
  const std::string hosts = absl::StrJoin(lost, ", ");
  return Refused(run, "undone",
                 absl::StrCat("it did without ", hosts,
                              ", and nobody knows how to bring back what was not ", "seen; ",
                              IsOver(run) ? "move on from where the farm is, with baton plan"
                                          : absl::StrCat("go on with it: baton resume ", run.run(),
                                                         ", or end it with baton cancel ",
                                                         run.run(), " and move to another host")));
}

}  // namespace

bool MayHaveChanged(const Run& run, const plan::v1::Step& step) {
  return Changes(step.action()) && Attempted(run, step.name());
}

absl::Status CheckUndo(const FormerRun& former) {
  const Run& run = former.run;
  if (absl::Status kind = CheckKind(run, "undone"); !kind.ok()) return kind;
  const std::string& irreversible = run.plan().first_irreversible_step();
  if (!irreversible.empty() && Attempted(run, irreversible)) {
    return Refused(
        run, "undone",
        absl::StrCat(irreversible, " was begun, and nothing takes that back; ", WayBack(run)));
  }
  if (absl::Status lost = CheckNoneLost(run); !lost.ok()) return lost;
  switch (run.phase()) {
    case plan::v1::RUN_SUCCEEDED:
      return Refused(run, "undone", absl::StrCat("it succeeded; ", WayBack(run)));
    case plan::v1::RUN_RUNNING:
      return Refused(run, "undone",
                     absl::StrCat("it is running; pause it first: baton pause ", run.run()));
    case plan::v1::RUN_WAITING:
    case plan::v1::RUN_CANCELLING:
      return Refused(run, "undone",
                     absl::StrCat("it is ", Word(run.phase()),
                                  "; it must have ended first: baton cancel ", run.run()));
    default:
      break;
  }
  if (!run.changed()) {
    return Refused(run, "undone",
                   IsOver(run)
                       ? "it changed nothing"
                       : absl::StrCat("it changed nothing; end it with baton cancel ", run.run()));
  }
  return CheckLater(former);
}

absl::Status CheckFailback(const FormerRun& former) {
  const Run& run = former.run;
  constexpr absl::string_view kVerb = "failed back from";
  if (absl::Status kind = CheckKind(run, kVerb); !kind.ok()) return kind;
  if (run.phase() != plan::v1::RUN_SUCCEEDED) {
    const bool passed = Attempted(run, run.plan().first_irreversible_step());
    const std::string undo = absl::StrCat("undo it with baton undo ", run.run());
    const std::string instead =
        passed           ? WayBack(run)
        : !run.changed() ? "it changed nothing"
        : IsOver(run)    ? undo
                         : absl::StrCat("go on with baton resume ", run.run(), ", or ", undo);
    return Refused(run, kVerb,
                   absl::StrCat("it did not succeed, it is ", Word(run.phase()), "; ", instead));
  }
  const bool moved = run.plan().request().procedure() == plan::v1::ACTIVATE_PASSIVE ||
                     !run.plan().old_controller().empty();
  return moved ? absl::OkStatus()
               : Refused(run, kVerb, "it is not on record which host had the role before it");
}

}  // namespace baton
