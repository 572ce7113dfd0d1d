#include "tests/simulation/coordinator_node.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/words/words.h"
#include "coordinator/engine/transitions.h"
#include "coordinator/procedure/planner.h"
#include "coordinator/runtime/former_run_reader.h"
#include "coordinator/runtime/gate_rules.h"
#include "coordinator/runtime/observer.h"
#include "google/protobuf/util/time_util.h"

namespace baton::simulation {
namespace {

constexpr char kOperator[] = "operator:alice";

// Observations under way.
struct Gathering {
  plan::v1::Observation observation;
  size_t missing = 0;
};

}  // namespace

CoordinatorNode::CoordinatorNode(World& world, const FarmFile& farm, FakeJournal& journal,
                                 Network& network, std::map<std::string, AgentNode*> agents,
                                 Checker& checker)
    : world_(world),
      farm_(farm),
      journal_(journal),
      network_(network),
      agents_(std::move(agents)),
      checker_(checker) {
  Start();
}

// --- Life and death -----------------------------------------------------------------------------

void CoordinatorNode::Start() {
  journal_.Reopen();
  absl::StatusOr<std::unique_ptr<RunBook>> book = RunBook::Load(journal_);
  if (!book.ok() || !(*book)->damage().ok()) {
    return world_.Fail(
        absl::StrCat("the coordinator cannot read its journal: ",
                     book.ok() ? (*book)->damage().message() : book.status().message()));
  }
  book_ = *std::move(book);
  pretended_ = journal_.End();
  world_.Trace("coordinator", "starts as incarnation-", incarnation_, ", journal ends at ",
               pretended_.sequence());
  rules_ = std::make_unique<RunRules>(farm_, journal_, *book_,
                                      absl::StrCat("incarnation-", incarnation_), "main");
  TakeOver();
}

void CoordinatorNode::TakeOver() {
  const std::string run = book_->ActiveRun();
  if (run.empty()) return;
  absl::StatusOr<engine::RunState> state = book_->Replay(run);
  if (!state.ok()) return world_.Fail(std::string(state.status().message()));
  if (state->run().phase() == plan::v1::RUN_PAUSED) return;
  busy_ = true;
  auto shared = std::make_shared<engine::RunState>(*std::move(state));
  Observe([this, shared](const plan::v1::Observation& observation) {
    busy_ = false;
    const engine::Event event = rules_->JudgeFound(*shared, observation, world_.Now());
    Drive(std::move(*shared), event);
  });
}

void CoordinatorNode::Kill() {
  if (!running()) return;
  ++incarnation_;
  engine_.reset();
  rules_.reset();
  book_.reset();
  busy_ = false;
  const absl::Duration away =
      world_.Roll(Fault::kCoordinatorAwayLong, "")
          ? world_.random().Between(absl::Minutes(10), absl::Hours(2))
          : world_.random().Between(absl::Milliseconds(500), absl::Minutes(2));
  world_.Trace("coordinator", "dies, for ", absl::FormatDuration(away));
  Later(away, [this] { Start(); });
}

void CoordinatorNode::Later(absl::Duration delay, std::function<void()> step) {
  world_.time().After(delay, [this, step = std::move(step), incarnation = incarnation_] {
    if (incarnation == incarnation_) step();
  });
}

template <typename T>
Reply<T> CoordinatorNode::WhileAlive(Reply<T> done) {
  return [this, done = std::move(done), incarnation = incarnation_](absl::StatusOr<T> answer) {
    if (incarnation == incarnation_) done(std::move(answer));
  };
}

// --- What people ask for ------------------------------------------------------------------------

absl::Status CoordinatorNode::Ready() const {
  if (!running()) return absl::UnavailableError("the Baton coordinator is away");
  return busy_ ? absl::UnavailableError("the Baton coordinator is busy") : absl::OkStatus();
}

void CoordinatorNode::Observe(std::function<void(plan::v1::Observation)> done) {
  auto gathering = std::make_shared<Gathering>();
  gathering->missing = farm_.hosts.size();
  const absl::Time sent = world_.Now();
  for (const FarmHost& host : farm_.hosts) {
    const int index = gathering->observation.hosts_size();
    gathering->observation.add_hosts();
    AgentNode* agent = agents_.at(host.name);
    network_.Call<plan::v1::Host>(
        agent->machine(), farm_.observe_timeout,
        [agent](const Reply<plan::v1::Host>& reply) { return agent->GetHost(reply); },
        [](CallToken /*token*/) {},
        WhileAlive<plan::v1::Host>([this, gathering, index, sent, done,
                                    name = host.name](absl::StatusOr<plan::v1::Host> state) {
          *gathering->observation.mutable_hosts(index) =
              ObservationOf(name, std::move(state), sent, world_.Now() - sent);
          if (--gathering->missing > 0) return;
          *gathering->observation.mutable_time() =
              google::protobuf::util::TimeUtil::NanosecondsToTimestamp(
                  absl::ToUnixNanos(world_.Now()));
          done(std::move(gathering->observation));
        }));
  }
}

void CoordinatorNode::CreatePlan(const plan::v1::ProcedureRequest& request,
                                 Reply<plan::v1::Plan> done) {
  if (const absl::Status ready = Ready(); !ready.ok()) return done(ready);
  Observe([this, request, done = std::move(done)](const plan::v1::Observation& observation) {
    const absl::StatusOr<std::optional<FormerRun>> former = ReadFormerRun(*book_, request);
    if (!former.ok()) return done(former.status());
    absl::StatusOr<plan::v1::Plan> plan = MakePlan(farm_, observation, request, PointerTo(*former));
    if (!plan.ok()) return done(plan.status());
    plan->set_plan_id(absl::StrCat("plan-", ++plans_));
    plan->set_actor(kOperator);
    if (const absl::Status saved = journal_.SavePlan(*plan); !saved.ok()) return done(saved);
    done(*std::move(plan));
  });
}

void CoordinatorNode::StartRun(const coordinator::v1::StartRunRequest& request,
                               Reply<std::string> done) {
  if (const absl::Status ready = Ready(); !ready.ok()) return done(ready);
  if (std::string known = book_->FindByRequest(request.request_id()); !known.empty()) {
    return done(std::move(known));
  }
  absl::StatusOr<plan::v1::Plan> plan = rules_->CheckStart(request);
  if (!plan.ok()) return done(plan.status());
  busy_ = true;
  auto shared = std::make_shared<plan::v1::Plan>(*std::move(plan));
  Observe(
      [this, shared, request, done = std::move(done)](const plan::v1::Observation& observation) {
        busy_ = false;
        const std::string run = absl::StrCat("run-", ++runs_);
        absl::StatusOr<std::vector<journal::v1::Record>> records = rules_->Start(
            run, std::move(*shared), observation, request.request_id(), kOperator, world_.Now());
        if (!records.ok()) return done(records.status());
        if (world_.Roll(Fault::kCoordinatorKilledBeforeAppend, "start")) return Kill();
        const absl::Status stored = Append(*std::move(records)).status();
        if (!stored.ok()) {
          GetSeenTo();
          return done(stored);
        }
        if (world_.Roll(Fault::kCoordinatorKilledAfterAppend, "start")) return Kill();
        pretended_ = journal_.End();
        absl::StatusOr<engine::RunState> state = book_->Replay(run);
        if (!state.ok()) return world_.Fail(std::string(state.status().message()));
        Drive(*std::move(state), engine::BeginRun{});
        done(run);
      });
}

void CoordinatorNode::StopRun(const std::string& run, bool cancel) {
  if (!Ready().ok()) return;
  const absl::StatusOr<plan::v1::Run> before = book_->Summary(run);
  if (!before.ok() || engine::Ended(before->phase())) return;
  if (!cancel && before->phase() == plan::v1::RUN_PAUSED) return;
  world_.Trace("person", cancel ? "cancels " : "pauses ", run);
  const engine::StopAsked asked{kOperator, cancel, "asked for in a simulation"};
  if (engine_ != nullptr) return Feed(asked);
  absl::StatusOr<engine::RunState> state = book_->Replay(run);
  if (!state.ok()) return world_.Fail(std::string(state.status().message()));
  Drive(*std::move(state), asked);
}

void CoordinatorNode::ResumeRun(const coordinator::v1::ResumeRunRequest& request,
                                Reply<std::string> done) {
  if (const absl::Status ready = Ready(); !ready.ok()) return done(ready);
  absl::StatusOr<engine::RunState> state = book_->Replay(request.run());
  if (!state.ok()) return done(state.status());
  const absl::StatusOr<journal::v1::RunResumed> resumed = rules_->CheckResume(request, *state);
  if (!resumed.ok()) return done(resumed.status());
  if (resumed->decision() == journal::v1::FORCE_STOP) {
    Drive(*std::move(state), engine::ResumeAsked{kOperator, *resumed});
    return done(request.run());
  }
  busy_ = true;
  auto shared = std::make_shared<engine::RunState>(*std::move(state));
  Observe([this, shared, resumed = *resumed, request,
           done = std::move(done)](const plan::v1::Observation& observation) {
    busy_ = false;
    const absl::StatusOr<journal::v1::RunResumed> goes_on =
        rules_->GoOn(resumed, *shared, observation);
    if (!goes_on.ok()) return done(goes_on.status());
    Drive(std::move(*shared), engine::ResumeAsked{kOperator, *goes_on});
    done(request.run());
  });
}

void CoordinatorNode::AnswerGate(const coordinator::v1::AnswerGateRequest& request,
                                 const Reply<std::string>& done) {
  if (const absl::Status ready = Ready(); !ready.ok()) return done(ready);
  if (engine_ == nullptr) return done(absl::UnavailableError("nobody drives the run yet"));
  const absl::StatusOr<journal::v1::GateAnswered> answered =
      CheckGateAnswer(request, engine_->state());
  if (!answered.ok()) return done(answered.status());
  world_.Trace("person", request.approve() ? "approves " : "rejects ", request.gate());
  Feed(engine::GateAnswer{kOperator, *answered});
  done(request.run());
}

const engine::RunState* CoordinatorNode::NewestRun() {
  if (!running()) return nullptr;
  if (engine_ != nullptr) return &engine_->state();
  const std::vector<plan::v1::Run> newest = book_->List(1, "");
  if (newest.empty()) return nullptr;
  if (found_.run().sequence() != newest.front().sequence()) {
    absl::StatusOr<engine::RunState> state = book_->Replay(newest.front().run());
    if (!state.ok()) return nullptr;
    found_ = *std::move(state);
  }
  return &found_;
}

}  // namespace baton::simulation
