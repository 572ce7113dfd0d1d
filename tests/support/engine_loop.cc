#include "tests/support/engine_loop.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "coordinator/engine/takeover.h"
#include "coordinator/engine/transitions.h"
#include "gtest/gtest.h"

namespace baton {
namespace {

constexpr char kFarmId[] = "prod";
constexpr char kActor[] = "operator:alice";
constexpr absl::Duration kResumeWithin = absl::Minutes(15);

bool UnderWay(plan::v1::RunPhase phase) {
  return phase == plan::v1::RUN_RUNNING || phase == plan::v1::RUN_WAITING ||
         phase == plan::v1::RUN_CANCELLING;
}

}  // namespace

std::string HostOf(const EngineLoop::Call& call) {
  return std::visit(
      [](const auto& effect) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(effect)>, engine::RunHook>) {
          return "";
        } else {
          return effect.host;
        }
      },
      call);
}

std::string Describe(const engine::RunState& state) {
  plan::v1::Run run = state.run();
  run.clear_plan();  // it never changes, and is large
  std::string text =
      absl::StrCat(run.DebugString(), "incarnation ", state.incarnation(), " stop ",
                   state.stop_reason(), " pause requested ", state.pause_requested(), "\n");
  for (size_t i = 0; i < state.step_count(); ++i) {
    const engine::StepLedger& ledger = state.ledger(i);
    absl::StrAppend(&text, ledger.step->name(), " stage ", ledger.stage, " lane ", ledger.lane,
                    " started ", ledger.started.sequence(), " ",
                    absl::BytesToHexString(ledger.started.hash()), " reported ", ledger.reported,
                    "\n");
  }
  return text;
}

void EngineLoop::Start(const plan::v1::Plan& plan, absl::string_view run, uint64_t epoch) {
  journal::v1::Record record;
  record.set_run(std::string(run));
  record.set_actor(kActor);
  *record.mutable_run_started()->mutable_plan() = plan;
  record.mutable_run_started()->set_epoch(epoch);
  record.mutable_run_started()->set_incarnation(absl::StrCat("i", ++incarnation_));
  const absl::StatusOr<std::vector<StoredRecord>> stored = journal_.Append({record});
  ASSERT_TRUE(stored.ok()) << stored.status();
  engine_ = std::make_unique<engine::Engine>(kFarmId, Replayed());
  Handle(engine::BeginRun{});
}

engine::RunState EngineLoop::Replayed() {
  engine::RunState state;
  const absl::Status replayed =
      journal_
          .Scan(0, std::numeric_limits<size_t>::max(),
                [&state](const StoredRecord& stored) { return state.Apply(stored); })
          .status();
  EXPECT_TRUE(replayed.ok()) << replayed;
  return state;
}

void EngineLoop::TakeOver(absl::Duration away) {
  Die();
  journal_.Reopen();
  ++incarnation_;
  engine::RunState state = Replayed();
  const plan::v1::RunPhase phase = state.run().phase();
  const engine::Takeover takeover =
      engine::JudgeTakeover(state, away, kResumeWithin, farm_.farm().observation);
  journal::v1::RunResumed resumed;
  resumed.set_takeover(true);
  engine_ = std::make_unique<engine::Engine>(kFarmId, std::move(state));
  if (!UnderWay(phase)) return;
  if (takeover.goes_on) return Resume(std::move(resumed));
  Handle(engine::PauseFound{"coordinator:main", takeover.reason, takeover.detail});
}

void EngineLoop::Resume(journal::v1::RunResumed resumed) {
  if (engine_ == nullptr) return;
  resumed.set_epoch(engine_->state().run().epoch() + 1);
  resumed.set_incarnation(absl::StrCat("i", incarnation_));
  const bool takeover = resumed.takeover();
  Handle(engine::ResumeAsked{takeover ? "coordinator:main" : kActor, std::move(resumed)});
}

void EngineLoop::Handle(const engine::Event& event) {
  if (engine_ != nullptr) Carry(engine_->Handle(event, now_));
}

void EngineLoop::Die() {
  engine_.reset();
  calls_.clear();
  timers_.clear();
}

void EngineLoop::DieAt(uint64_t number, Death death) {
  die_at_ = number;
  death_ = death;
}

void EngineLoop::Carry(const engine::Effects& effects) {
  for (const engine::Effect& effect : effects) {
    if (engine_ == nullptr) return;
    if (const auto* append = std::get_if<engine::AppendRecords>(&effect)) {
      Append(*append);
      continue;
    }
    listener_.effect(effect);
    if (const auto* timer = std::get_if<engine::SetTimer>(&effect)) {
      timers_.emplace(now_ + timer->delay, timer->timer);
    } else if (const auto* claim = std::get_if<engine::ClaimHost>(&effect)) {
      calls_.emplace_back(*claim);
    } else if (const auto* change = std::get_if<engine::ChangeHost>(&effect)) {
      calls_.emplace_back(*change);
    } else if (const auto* read = std::get_if<engine::ReadHost>(&effect)) {
      calls_.emplace_back(*read);
    } else if (const auto* probe = std::get_if<engine::ProbeHost>(&effect)) {
      calls_.emplace_back(*probe);
    } else if (const auto* hook = std::get_if<engine::RunHook>(&effect)) {
      calls_.emplace_back(*hook);
    } else if (const auto* fence = std::get_if<engine::RunFence>(&effect)) {
      calls_.emplace_back(*fence);
    }
  }
}

void EngineLoop::Append(const engine::AppendRecords& effect) {
  const bool dies = die_at_ > 0 && --die_at_ == 0;
  if (dies && death_ == Death::kBeforeAppend) return Die();
  absl::StatusOr<std::vector<StoredRecord>> stored = journal_.Append(effect.records);
  if (!stored.ok()) return Handle(engine::AppendFailed{stored.status()});
  bool first = true;
  for (const StoredRecord& record : *stored) {
    listener_.appended(record, std::exchange(first, false));
  }
  if (dies && death_ == Death::kAfterAppend) return Die();
  const size_t waiting = calls_.size();
  Handle(engine::Appended{*std::move(stored)});
  if (!dies) return;
  for (size_t i = waiting; i < calls_.size(); ++i) AnswerOf(calls_[i]);
  Die();
}

engine::Event EngineLoop::AnswerOf(const Call& call) {
  if (const auto* claim = std::get_if<engine::ClaimHost>(&call)) {
    return engine::ClaimAnswered{claim->call, farm_.Claim(*claim)};
  }
  if (const auto* change = std::get_if<engine::ChangeHost>(&call)) {
    return engine::ChangeAnswered{change->call, farm_.Change(*change)};
  }
  if (const auto* read = std::get_if<engine::ReadHost>(&call)) {
    return engine::HostRead{read->call, farm_.Read(*read)};
  }
  if (const auto* hook = std::get_if<engine::RunHook>(&call)) return RunHook(*hook);
  if (const auto* fence = std::get_if<engine::RunFence>(&call)) {
    return engine::FenceEnded{fence->call, fence_result_};
  }
  const auto& probe = std::get<engine::ProbeHost>(call);
  return engine::HostProbed{probe.call, farm_.Probe(probe)};
}

engine::Event EngineLoop::RunHook(const engine::RunHook& call) {
  engine::HookEnded ended{call.call, absl::InternalError("the fake runner did not answer")};
  hooks_.Run(
      {{call.hook.command().begin(), call.hook.command().end()}, call.environment, call.timeout},
      [](absl::string_view /*bytes*/) {},
      [&ended](absl::StatusOr<journal::v1::HookResult> result) {
        ended.result = std::move(result);
      });
  return ended;
}

void EngineLoop::Answer(size_t index) {
  const Call call = calls_[index];
  calls_.erase(calls_.begin() + static_cast<ptrdiff_t>(index));
  Handle(AnswerOf(call));
}

bool EngineLoop::FireNextTimer() {
  if (timers_.empty()) return false;
  now_ = std::max(now_, timers_.begin()->first);
  const uint64_t timer = timers_.begin()->second;
  timers_.erase(timers_.begin());
  Handle(engine::TimerFired{timer});
  return true;
}

void EngineLoop::Wait(absl::Duration duration) {
  const absl::Time end = now_ + duration;
  while (!timers_.empty() && timers_.begin()->first <= end) FireNextTimer();
  now_ = end;
}

void EngineLoop::RunToRest(int count_max) {
  for (int count = 0; engine_ != nullptr && !engine_->halted(); ++count) {
    if (!calls_.empty()) {
      Answer();
    } else if (!UnderWay(engine_->state().run().phase()) || !FireNextTimer()) {
      return;
    }
    if (count < count_max) continue;
    ADD_FAILURE() << "the run does not come to rest";
    return;
  }
}

}  // namespace baton
