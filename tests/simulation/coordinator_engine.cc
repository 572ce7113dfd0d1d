// Driving the engine: what RunDriver does with a thread, here in virtual time.

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/engine/transitions.h"
#include "coordinator/journal/chain.h"
#include "coordinator/runtime/run_driver.h"
#include "tests/simulation/coordinator_node.h"

namespace baton::simulation {
namespace {

// One in so many events is followed by a comparison with the journal.
constexpr uint64_t kCompareOneIn = 2000;

std::string Describe(const journal::v1::Record& record) {
  if (record.has_step_started()) {
    return absl::StrCat(record.step_started().step(), " starts, attempt ",
                        record.step_started().attempt());
  }
  if (record.has_step_finished()) {
    return absl::StrCat(record.step_finished().step(), " ", Word(record.step_finished().state()),
                        ": ", record.step_finished().detail());
  }
  if (record.has_claim_finished()) {
    return absl::StrCat("claim of ", record.claim_finished().host(),
                        record.claim_finished().accepted() ? " accepted " : " not accepted ",
                        record.claim_finished().detail());
  }
  if (record.has_run_started()) {
    return absl::StrCat(record.run(), " starts at epoch ", record.run_started().epoch());
  }
  if (record.has_run_paused()) {
    return absl::StrCat("run paused, ", Word(record.run_paused().reason()), ": ",
                        record.run_paused().detail());
  }
  if (record.has_run_resumed()) {
    return absl::StrCat("run goes on at epoch ", record.run_resumed().epoch(), " ",
                        journal::v1::Decision_Name(record.run_resumed().decision()), " ",
                        record.run_resumed().step());
  }
  if (record.has_run_finished()) {
    return absl::StrCat("run ", Word(record.run_finished().phase()), ": ",
                        record.run_finished().detail());
  }
  if (record.has_gate_answered()) {
    return absl::StrCat(record.gate_answered().step(),
                        record.gate_answered().approved() ? " approved" : " rejected");
  }
  if (record.has_run_alive()) return "run alive";
  return record.stop_requested().cancel() ? "cancel asked for" : "pause asked for";
}

// As in the daemon nothing is sent without the values that gates bring.
bool HasEveryAnswer(const engine::ChangeHost& effect) {
  const auto& arguments = effect.action.arguments();
  return std::all_of(
      arguments.begin(), arguments.end(), [&effect](const plan::v1::ToolArgument& argument) {
        return !argument.has_gate() ||
               std::any_of(effect.values.begin(), effect.values.end(),
                           [&argument](const agent::v1::ToolValue& value) {
                             return value.name() == argument.name() && value.has_file();
                           });
      });
}

// As in the daemon secrets are filled in when the request leaves.
void AddSecrets(engine::ChangeHost& effect) {
  for (const plan::v1::ToolArgument& argument : effect.action.arguments()) {
    if (argument.source_case() != plan::v1::ToolArgument::kSecret) continue;
    agent::v1::ToolValue& value = effect.values.emplace_back();
    value.set_name(argument.name());
    value.set_secret("a password");
  }
  if (!effect.action.has_rewrite()) return;
  for (plan::v1::SettingChange& change : *effect.action.mutable_rewrite()->mutable_changes()) {
    if (!change.secret().empty()) change.set_new_value(std::string(kFarmCachePassword));
  }
}

}  // namespace

void CoordinatorNode::Drive(engine::RunState state, const engine::Event& first) {
  ++engines_;
  engine_ = std::make_unique<engine::Engine>(farm_.farm_id, std::move(state));
  Feed(first);
}

void CoordinatorNode::Feed(const engine::Event& event) {
  if (engine_ == nullptr) return;
  const uint64_t engine = engines_;
  Handle(event);
  checker_.Reads(nullptr);
  checker_.Probes(nullptr);
  checker_.Hooks(nullptr);
  if (engine_ == nullptr || engine != engines_ || engine_->halted()) return;
  const plan::v1::RunPhase phase = engine_->state().run().phase();
  const bool rests = engine::Ended(phase) || phase == plan::v1::RUN_PAUSED;
  const bool sampled = world_.time().events() % kCompareOneIn == 0;
  const uint64_t sequence = engine_->state().run().sequence();
  if ((!rests && !sampled) || sequence == compared_) return;
  compared_ = sequence;
  if (world_.sabotage() != Sabotage::kCallBeforeJournal) {
    checker_.Compare(engine_->state());
  }
}

void CoordinatorNode::Handle(const engine::Event& event) {
  const uint64_t incarnation = incarnation_;
  for (engine::Effect& effect : engine_->Handle(event, world_.Now())) {
    if (world_.Roll(Fault::kCoordinatorKilledInEffects, "")) Kill();
    if (incarnation != incarnation_) return;
    std::visit([this](auto& e) { Do(std::move(e)); }, effect);
    if (incarnation != incarnation_) return;
  }
}

template <typename T>
Reply<T> CoordinatorNode::ToEngine(std::function<engine::Event(absl::StatusOr<T>)> event) {
  return [this, event = std::move(event), incarnation = incarnation_,
          engine = engines_](absl::StatusOr<T> answer) {
    if (incarnation == incarnation_ && engine == engines_) Feed(event(std::move(answer)));
  };
}

// --- The journal --------------------------------------------------------------------------------

absl::StatusOr<std::vector<StoredRecord>> CoordinatorNode::Append(
    std::vector<journal::v1::Record> records) {
  if (world_.Roll(Fault::kJournalFails, "")) {
    journal_.FailAppend(1, world_.random().Chance(0.5) ? FakeJournal::Failure::kBefore
                                                       : FakeJournal::Failure::kAfter);
  }
  absl::StatusOr<std::vector<StoredRecord>> stored = book_->Append(std::move(records));
  if (!stored.ok() || !world_.tracing()) return stored;
  for (const StoredRecord& record : *stored) {
    world_.Trace("journal", record.record.sequence(), " ", Describe(record.record));
  }
  return stored;
}

std::vector<StoredRecord> CoordinatorNode::Pretend(std::vector<journal::v1::Record> records) {
  Later(world_.random().Between(absl::Milliseconds(1), absl::Milliseconds(50)),
        [this, records] { Append(records).IgnoreError(); });
  std::vector<StoredRecord> pretended;
  for (journal::v1::Record& record : records) {
    absl::StatusOr<SealedRecord> sealed = Seal(std::move(record), pretended_);
    if (!sealed.ok()) continue;
    pretended_.set_sequence(sealed->stored.record.sequence());
    pretended_.set_hash(sealed->stored.hash);
    pretended.push_back(std::move(sealed->stored));
  }
  return pretended;
}

void CoordinatorNode::Do(engine::AppendRecords effect) {
  if (world_.sabotage() == Sabotage::kCallBeforeJournal) {
    return Handle(engine::Appended{Pretend(std::move(effect.records))});
  }
  if (world_.Roll(Fault::kCoordinatorKilledBeforeAppend, "")) return Kill();
  absl::StatusOr<std::vector<StoredRecord>> stored = Append(std::move(effect.records));
  if (stored.ok()) checker_.Stored(*stored, engine_->state());
  if (world_.Roll(Fault::kCoordinatorKilledAfterAppend, "")) return Kill();
  // The engine hears of it before anything else: what follows from a record follows at once.
  if (stored.ok()) {
    Handle(engine::Appended{*std::move(stored)});
  } else {
    Handle(engine::AppendFailed{stored.status()});
  }
}

void CoordinatorNode::GetSeenTo() {
  Later(world_.random().Between(absl::Seconds(10), absl::Minutes(10)), [this] { Kill(); });
}

void CoordinatorNode::Do(engine::Halt effect) {
  world_.Trace("coordinator", "halts: ", effect.status.message());
  if (absl::IsInternal(effect.status)) {
    return world_.Fail(absl::StrCat("the engine stops over itself: ", effect.status.message()));
  }
  GetSeenTo();
}

// --- Calls and timers ---------------------------------------------------------------------------

void CoordinatorNode::Do(engine::ClaimHost effect) {
  agent::v1::ClaimRequest request;
  request.set_farm_id(farm_.farm_id);
  *request.mutable_claim() = effect.claim;
  *request.mutable_journal_end() = journal_.End();
  AgentNode* agent = agents_.at(effect.host);
  world_.Trace("coordinator", "claims ", effect.host, " at epoch ", effect.claim.epoch());
  network_.Call<plan::v1::Claim>(
      agent->machine(), kReadTimeout,
      [agent, request](Reply<plan::v1::Claim> reply) {
        return agent->Claim(request, std::move(reply));
      },
      [agent](CallToken token) { agent->Abandon(token); },
      ToEngine<plan::v1::Claim>([call = effect.call](const absl::StatusOr<plan::v1::Claim>& claim) {
        return engine::ClaimAnswered{call, claim.status()};
      }));
}

void CoordinatorNode::Do(engine::ChangeHost effect) {
  checker_.Sends(effect);
  if (!HasEveryAnswer(effect)) {
    return Later(absl::ZeroDuration(), [this, call = effect.call, engine = engines_] {
      if (engine != engines_) return;
      Feed(engine::ChangeAnswered{call, absl::InvalidArgumentError("a gate brought no file")});
    });
  }
  AddSecrets(effect);
  world_.Trace("coordinator", "asks ", effect.host, " for ", effect.fence.operation_id());
  AgentNode* agent = agents_.at(effect.host);
  network_.Call<plan::v1::Operation>(
      agent->machine(), effect.timeout,
      [agent, request = ChangeRequest{std::move(effect.fence), std::move(effect.action),
                                      std::move(effect.assignment), 0, std::move(effect.values),
                                      std::move(effect.licenses)}](
          Reply<plan::v1::Operation> reply) { return agent->Change(request, std::move(reply)); },
      [agent](CallToken token) { agent->Abandon(token); },
      ToEngine<plan::v1::Operation>(
          [this, call = effect.call](absl::StatusOr<plan::v1::Operation> operation) {
            if (!operation.ok()) {
              world_.Trace("coordinator", "hears: ", operation.status().message());
            }
            return engine::ChangeAnswered{call, std::move(operation)};
          }));
}

void CoordinatorNode::Do(engine::ReadHost effect) {
  AgentNode* agent = agents_.at(effect.host);
  network_.Call<plan::v1::Host>(
      agent->machine(), kReadTimeout,
      [agent](const Reply<plan::v1::Host>& reply) { return agent->GetHost(reply); },
      [](CallToken /*token*/) {},
      [this, call = effect.call, incarnation = incarnation_,
       engine = engines_](absl::StatusOr<plan::v1::Host> host) {
        if (incarnation != incarnation_ || engine != engines_) return;
        const engine::Event event = engine::HostRead{call, std::move(host)};
        const auto& read = std::get<engine::HostRead>(event);
        checker_.Reads(read.host.ok() ? &*read.host : nullptr);
        Feed(event);
      });
}

void CoordinatorNode::Do(engine::ProbeHost effect) {
  for (agent::v1::ProbeTarget& target : *effect.request.mutable_targets()) {
    if (target.has_amqp()) target.mutable_amqp()->set_password(std::string(kFarmCachePassword));
  }
  AgentNode* agent = agents_.at(effect.host);
  network_.Call<agent::v1::ProbeReport>(
      agent->machine(), kReadTimeout,
      [agent, request = effect.request](const Reply<agent::v1::ProbeReport>& reply) {
        return agent->Probe(request, reply);
      },
      [](CallToken /*token*/) {},
      [this, call = effect.call, incarnation = incarnation_,
       engine = engines_](absl::StatusOr<agent::v1::ProbeReport> report) {
        if (incarnation != incarnation_ || engine != engines_) return;
        const engine::Event event = engine::HostProbed{call, std::move(report)};
        const auto& probed = std::get<engine::HostProbed>(event);
        checker_.Probes(probed.report.ok() ? &*probed.report : nullptr);
        Feed(event);
      });
}

// A command of the site takes its time and now and then fails; it dies with the coordinator.
void CoordinatorNode::Do(engine::RunHook effect) {
  checker_.StartsHook(*engine_->state().FindStep(effect.step), engine_->state());
  journal::v1::HookResult result;
  result.set_exit_code(world_.random().Chance(0.1) ? 1 : 0);
  result.set_timed_out(world_.random().Chance(0.05));
  const absl::Duration takes =
      result.timed_out() ? effect.timeout
                         : world_.random().Between(absl::Milliseconds(1), absl::Seconds(20));
  Later(takes, [this, call = effect.call, engine = engines_, result] {
    if (engine != engines_) return;
    checker_.Hooks(&result);
    Feed(engine::HookEnded{call, result});
  });
}

// No simulated farm has a fence yet.
void CoordinatorNode::Do(engine::RunFence effect) {
  world_.Fail(absl::StrCat("a fence is run for ", effect.host));
}

void CoordinatorNode::Do(engine::SetTimer effect) {
  Later(effect.delay, [this, timer = effect.timer, engine = engines_] {
    if (engine == engines_) Feed(engine::TimerFired{timer});
  });
}

}  // namespace baton::simulation
