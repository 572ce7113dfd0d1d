#include "tests/coordinator/procedure/undo_world.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/words/words.h"
#include "coordinator/engine/transitions.h"
#include "coordinator/procedure/planner.h"
#include "coordinator/runtime/former_run_reader.h"
#include "gtest/gtest.h"

namespace baton {
namespace {

// Longer than any resume_within: whoever comes back pauses the run.
constexpr absl::Duration kAway = absl::Hours(1);

plan::v1::ProcedureRequest UndoOf(const std::string& run) {
  plan::v1::ProcedureRequest request;
  request.set_undoes(run);
  request.set_reason("wrong host");
  return request;
}

std::string Shown(const plan::v1::ServiceState& state) {
  return absl::StrCat(Word(state.run_state()), " ", Word(state.startup_type()));
}

std::string Shown(const plan::v1::SettingValue& value) {
  return value.encrypted() ? "(encrypted)" : value.value();
}

}  // namespace

bool UndoWorld::RunUntilAppend(const plan::v1::Plan& plan, uint64_t number,
                               EngineLoop::Death death) {
  loop_.DieAt(number, death);
  loop_.Start(plan);
  loop_.RunToRest();
  if (loop_.engine() != nullptr) return false;
  loop_.TakeOver(kAway);
  return true;
}

void UndoWorld::RunUntil(const plan::v1::Plan& plan, const std::string& step,
                         bool (*is_there)(plan::v1::StepState state)) {
  loop_.Start(plan);
  while (!loop_.calls().empty()) {
    const engine::RunState& state = loop_.engine()->state();
    const absl::StatusOr<size_t> index = state.FindStep(step);
    ASSERT_TRUE(index.ok()) << index.status();
    if (is_there(state.status(*index).state())) return;
    loop_.Answer();
  }
  FAIL() << step << " is never there";
}

void UndoWorld::RunUntilStep(const plan::v1::Plan& plan, const std::string& step) {
  RunUntil(plan, step, engine::Settled);
  loop_.Handle(engine::StopAsked{"operator:bob", false, "wrong host"});
  loop_.RunToRest();
}

void UndoWorld::RunUntilBegun(const plan::v1::Plan& plan, const std::string& step) {
  RunUntil(plan, step, [](plan::v1::StepState state) { return state == plan::v1::STARTED; });
  loop_.TakeOver(kAway);
}

void UndoWorld::RunWhole(const plan::v1::Plan& plan) {
  loop_.Start(plan);
  loop_.RunToRest();
}

FormerRun UndoWorld::Former() {
  absl::StatusOr<std::unique_ptr<RunBook>> book = RunBook::Load(journal_);
  EXPECT_TRUE(book.ok()) << book.status();
  absl::StatusOr<std::optional<FormerRun>> former = ReadFormerRun(**book, UndoOf("run-1"));
  EXPECT_TRUE(former.ok()) << former.status();
  return former.ok() ? **std::move(former) : FormerRun();
}

absl::StatusOr<plan::v1::Plan> UndoWorld::PlanUndo(const plan::v1::ProcedureRequest& more) {
  plan::v1::ProcedureRequest request = UndoOf("run-1");
  request.MergeFrom(more);
  const FormerRun former = Former();
  return MakePlan(farm_.farm().file, farm_.farm().observation, request, &former);
}

plan::v1::Run UndoWorld::Undo(const plan::v1::Plan& plan) {
  EngineLoop undo(undo_journal_, farm_, absl::FromUnixSeconds(1714570000));
  undo.Start(plan, "run-2", 1000);
  undo.RunToRest();
  return undo.Replayed().run();
}

std::string UndoWorld::Differences() {
  std::string text;
  for (const plan::v1::HostObservation& host : before_.observation.hosts()) {
    for (const plan::v1::ServiceState& was : host.state().services()) {
      const plan::v1::ServiceState& is = farm_.farm().Service(host.host(), was.service());
      if (Shown(was) == Shown(is)) continue;
      absl::StrAppend(&text, host.host(), ": ", Word(was.service()), " was ", Shown(was), ", is ",
                      Shown(is), "\n");
    }
    for (const plan::v1::SettingValue& was : host.state().configuration().settings()) {
      const plan::v1::SettingValue& is = farm_.farm().Setting(host.host(), was.setting());
      if (Shown(was) == Shown(is)) continue;
      absl::StrAppend(&text, host.host(), ": ", Word(was.setting()), " was ", Shown(was), ", is ",
                      Shown(is), "\n");
    }
  }
  return text;
}

}  // namespace baton
