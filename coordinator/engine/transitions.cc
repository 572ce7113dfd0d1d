#include "coordinator/engine/transitions.h"

namespace baton::engine {
namespace {

using journal::v1::Record;
using plan::v1::RunPhase;
using plan::v1::StepState;

constexpr RunTransition kRunTransitions[] = {
    {plan::v1::RUN_PHASE_UNSPECIFIED, Record::kRunStarted, plan::v1::RUN_RUNNING,
     "The run starts."},
    {plan::v1::RUN_RUNNING, Record::kClaimFinished, plan::v1::RUN_RUNNING,
     "An agent accepted the claim, refused it or did not answer."},
    {plan::v1::RUN_RUNNING, Record::kStepStarted, plan::v1::RUN_RUNNING, "A step begins."},
    {plan::v1::RUN_RUNNING, Record::kStepStarted, plan::v1::RUN_WAITING,
     "A gate waits for a person."},
    {plan::v1::RUN_RUNNING, Record::kStepFinished, plan::v1::RUN_RUNNING, "A step ended."},
    {plan::v1::RUN_RUNNING, Record::kDebtOpened, plan::v1::RUN_RUNNING,
     "A host that the run does without owes something."},
    {plan::v1::RUN_RUNNING, Record::kDebtSettled, plan::v1::RUN_RUNNING,
     "A debt, or its stand-down, is settled."},
    {plan::v1::RUN_RUNNING, Record::kRunAlive, plan::v1::RUN_RUNNING,
     "The steps under way are waited for."},
    {plan::v1::RUN_RUNNING, Record::kRunPaused, plan::v1::RUN_PAUSED,
     "A step did not succeed, a person asked, or the farm must be looked at first."},
    {plan::v1::RUN_RUNNING, Record::kStopRequested, plan::v1::RUN_RUNNING,
     "A person asked for a pause; the steps under way are finished first."},
    {plan::v1::RUN_RUNNING, Record::kStopRequested, plan::v1::RUN_CANCELLING,
     "A person asked for an end; the steps under way are finished first."},
    {plan::v1::RUN_RUNNING, Record::kRunResumed, plan::v1::RUN_RUNNING,
     "The Baton coordinator was restarted and goes on by itself."},
    {plan::v1::RUN_RUNNING, Record::kRunFinished, plan::v1::RUN_SUCCEEDED,
     "Every step is done and proved."},
    {plan::v1::RUN_RUNNING, Record::kRunFinished, plan::v1::RUN_STOPPED,
     "Refused before the first change."},
    {plan::v1::RUN_WAITING, Record::kGateAnswered, plan::v1::RUN_RUNNING,
     "A person approved the gate."},
    {plan::v1::RUN_WAITING, Record::kGateAnswered, plan::v1::RUN_WAITING,
     "A person rejected the gate; the run ends with it."},
    {plan::v1::RUN_WAITING, Record::kRunFinished, plan::v1::RUN_STOPPED, "The gate was rejected."},
    {plan::v1::RUN_WAITING, Record::kStepFinished, plan::v1::RUN_WAITING,
     "Nobody answered the gate in time."},
    {plan::v1::RUN_WAITING, Record::kRunPaused, plan::v1::RUN_PAUSED,
     "Nobody answered the gate in time, or the farm must be looked at first."},
    {plan::v1::RUN_WAITING, Record::kStopRequested, plan::v1::RUN_CANCELLING,
     "A person asked for an end."},
    {plan::v1::RUN_WAITING, Record::kRunResumed, plan::v1::RUN_WAITING,
     "The Baton coordinator was restarted; the gate still waits."},
    {plan::v1::RUN_PAUSED, Record::kRunResumed, plan::v1::RUN_RUNNING,
     "A person decided that the run goes on."},
    {plan::v1::RUN_PAUSED, Record::kRunResumed, plan::v1::RUN_WAITING,
     "A person decided that the run goes on; the gate still waits."},
    {plan::v1::RUN_PAUSED, Record::kStopRequested, plan::v1::RUN_CANCELLING,
     "A person asked for an end."},
    {plan::v1::RUN_PAUSED, Record::kRunFinished, plan::v1::RUN_STOPPED,
     "A person ended the run by force, as it is, or began a run that undoes it."},
    {plan::v1::RUN_CANCELLING, Record::kClaimFinished, plan::v1::RUN_CANCELLING,
     "An agent accepted the claim, refused it or did not answer."},
    {plan::v1::RUN_CANCELLING, Record::kStepFinished, plan::v1::RUN_CANCELLING,
     "A step that was under way ended."},
    {plan::v1::RUN_CANCELLING, Record::kDebtOpened, plan::v1::RUN_CANCELLING,
     "A step that was under way proved that a lost host is off."},
    {plan::v1::RUN_CANCELLING, Record::kDebtSettled, plan::v1::RUN_CANCELLING,
     "A debt, or its stand-down, is settled."},
    {plan::v1::RUN_CANCELLING, Record::kRunAlive, plan::v1::RUN_CANCELLING,
     "The steps under way are waited for."},
    {plan::v1::RUN_CANCELLING, Record::kStopRequested, plan::v1::RUN_CANCELLING,
     "Asked again; nothing changes."},
    {plan::v1::RUN_CANCELLING, Record::kRunResumed, plan::v1::RUN_CANCELLING,
     "The Baton coordinator was restarted while the run was ending."},
    {plan::v1::RUN_CANCELLING, Record::kRunPaused, plan::v1::RUN_PAUSED,
     "The Baton coordinator was restarted and must not act before somebody looked."},
    {plan::v1::RUN_CANCELLING, Record::kRunFinished, plan::v1::RUN_CANCELLED,
     "The steps under way are finished; nothing was undone."},
    {plan::v1::RUN_CANCELLING, Record::kRunFinished, plan::v1::RUN_SUCCEEDED,
     "The last step was under way when the end was asked for, and succeeded."},
};

constexpr StepTransition kStepTransitions[] = {
    {plan::v1::PENDING, Record::kStepStarted, plan::v1::STARTED,
     "The step is journaled; then its host is called."},
    {plan::v1::PENDING, Record::kStepFinished, plan::v1::OWED,
     "The host was named lost and did not accept the claim: it is not called."},
    {plan::v1::STARTED, Record::kStepFinished, plan::v1::SUCCEEDED, "Done, and read back."},
    {plan::v1::STARTED, Record::kStepFinished, plan::v1::OWED,
     "The host was named lost and did not do it."},
    {plan::v1::STARTED, Record::kStepFinished, plan::v1::STEP_FAILED,
     "Tried, and what should have come of it did not."},
    {plan::v1::STARTED, Record::kStepFinished, plan::v1::SKIPPED,
     "A hook that only warns failed; the run goes on without it."},
    {plan::v1::STARTED, Record::kStepFinished, plan::v1::INTERRUPTED,
     "The agent died in the middle of something that must not simply be repeated, or the Baton "
     "coordinator while a hook ran."},
    {plan::v1::STARTED, Record::kStepFinished, plan::v1::UNKNOWN,
     "It could not be read back what came of it."},
    {plan::v1::STARTED, Record::kGateAnswered, plan::v1::SUCCEEDED, "A person approved the gate."},
    {plan::v1::STARTED, Record::kGateAnswered, plan::v1::STEP_FAILED,
     "A person rejected the gate."},
    {plan::v1::STEP_FAILED, Record::kRunResumed, plan::v1::PENDING,
     "A person wants the step tried again."},
    {plan::v1::INTERRUPTED, Record::kRunResumed, plan::v1::PENDING,
     "A person wants the step tried again."},
    {plan::v1::UNKNOWN, Record::kRunResumed, plan::v1::PENDING,
     "A person wants the step tried again; the agent is first asked what became of it."},
    {plan::v1::SUCCEEDED, Record::kRunResumed, plan::v1::PENDING,
     "A person wants the gate asked again: the step that took the answer did not succeed."},
    {plan::v1::SKIPPED, Record::kRunResumed, plan::v1::PENDING,
     "A person wants the gate asked again that somebody vouched for: the step that needs its "
     "answer "
     "did not succeed."},
    {plan::v1::STEP_FAILED, Record::kRunResumed, plan::v1::SKIPPED,
     "A person vouches for the step."},
    {plan::v1::INTERRUPTED, Record::kRunResumed, plan::v1::SKIPPED,
     "A person vouches for the step."},
    {plan::v1::UNKNOWN, Record::kRunResumed, plan::v1::SKIPPED, "A person vouches for the step."},
    {plan::v1::PENDING, Record::kRunResumed, plan::v1::OWED,
     "A person decided that the run goes on without the host."},
    {plan::v1::STEP_FAILED, Record::kRunResumed, plan::v1::OWED,
     "A person decided that the run goes on without the host."},
    {plan::v1::INTERRUPTED, Record::kRunResumed, plan::v1::OWED,
     "A person decided that the run goes on without the host."},
    {plan::v1::UNKNOWN, Record::kRunResumed, plan::v1::OWED,
     "A person decided that the run goes on without the host."},
};

template <typename Row, typename State>
const Row* Find(absl::Span<const Row> rows, State from, Record::BodyCase record, State to) {
  for (const Row& row : rows) {
    if (row.from == from && row.record == record && row.to == to) return &row;
  }
  return nullptr;
}

}  // namespace

absl::Span<const RunTransition> RunTransitions() { return kRunTransitions; }
absl::Span<const StepTransition> StepTransitions() { return kStepTransitions; }

const RunTransition* FindTransition(RunPhase from, Record::BodyCase record, RunPhase to) {
  return Find(RunTransitions(), from, record, to);
}

const StepTransition* FindTransition(StepState from, Record::BodyCase record, StepState to) {
  return Find(StepTransitions(), from, record, to);
}

bool Ended(RunPhase phase) {
  return phase == plan::v1::RUN_SUCCEEDED || phase == plan::v1::RUN_STOPPED ||
         phase == plan::v1::RUN_CANCELLED;
}

bool Settled(StepState state) {
  return state == plan::v1::SUCCEEDED || state == plan::v1::SKIPPED || state == plan::v1::OWED;
}

bool NeedsDecision(StepState state) {
  return state == plan::v1::STEP_FAILED || state == plan::v1::INTERRUPTED ||
         state == plan::v1::UNKNOWN;
}

}  // namespace baton::engine
