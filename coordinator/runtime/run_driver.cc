#include "coordinator/runtime/run_driver.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "coordinator/runtime/claim_request.h"

namespace baton {
namespace {

// A wait without any timer set ends after this, for no other reason than to look again.
constexpr absl::Duration kIdleWait = absl::Seconds(60);

}  // namespace

void RunDriver::Mailbox::Put(engine::Event event) {
  MutexLock lock(mutex);
  if (closed) return;
  events.push_back(std::move(event));
  arrived.NotifyAll();
}

RunDriver::RunDriver(const World& world, std::string farm_id, engine::RunState state,
                     engine::Event first)
    : world_(world),
      farm_id_(std::move(farm_id)),
      mailbox_(std::make_shared<Mailbox>()),
      engine_(farm_id_, std::move(state)),
      thread_(&RunDriver::Run, this, std::move(first)) {}

RunDriver::~RunDriver() {
  {
    MutexLock lock(mailbox_->mutex);
    mailbox_->closed = true;
    mailbox_->arrived.NotifyAll();
  }
  thread_.join();
}

void RunDriver::Post(engine::Event event) { mailbox_->Put(std::move(event)); }

absl::Status RunDriver::status() {
  MutexLock lock(status_mutex_);
  return status_;
}

void RunDriver::Run(engine::Event first) {
  engine::Event event = std::move(first);
  do {
    Carry(engine_.Handle(event, world_.clock.Now()));
  } while (NextEvent(event));
}

bool RunDriver::NextEvent(engine::Event& event) {
  MutexLock lock(mailbox_->mutex);
  while (!mailbox_->closed) {
    if (!mailbox_->events.empty()) {
      event = std::move(mailbox_->events.front());
      mailbox_->events.pop_front();
      return true;
    }
    const absl::Duration now = world_.clock.Monotonic();
    if (!timers_.empty() && timers_.begin()->first <= now) {
      event = engine::TimerFired{timers_.begin()->second};
      timers_.erase(timers_.begin());
      return true;
    }
    mailbox_->arrived.WaitFor(mailbox_->mutex,
                              timers_.empty() ? kIdleWait : timers_.begin()->first - now);
  }
  return false;
}

void RunDriver::Carry(engine::Effects effects) {
  for (engine::Effect& effect : effects) {
    std::visit([this](auto& e) { Do(std::move(e)); }, effect);
  }
}

void RunDriver::Do(engine::AppendRecords effect) {
  absl::StatusOr<std::vector<StoredRecord>> stored = world_.book.Append(std::move(effect.records));
  // The engine hears of it before anything else: what follows from a record follows at once.
  if (stored.ok()) {
    Carry(engine_.Handle(engine::Appended{*std::move(stored)}, world_.clock.Now()));
  } else {
    Carry(engine_.Handle(engine::AppendFailed{stored.status()}, world_.clock.Now()));
  }
}

void RunDriver::Do(engine::ClaimHost effect) {
  agent::v1::ClaimRequest request =
      ClaimRequestFor(world_.farm, effect.host, world_.coordinator_address);
  *request.mutable_claim() = effect.claim;
  *request.mutable_journal_end() = world_.journal.End();
  world_.agents.Claim(
      effect.host, request, kReadTimeout,
      [mailbox = mailbox_, call = effect.call](const absl::StatusOr<plan::v1::Claim>& claim) {
        mailbox->Put(engine::ClaimAnswered{call, claim.status()});
      });
}

void RunDriver::Do(engine::ChangeHost effect) {
  std::shared_ptr<std::atomic<uint64_t>>& received = received_[effect.fence.operation_id()];
  if (received == nullptr) received = std::make_shared<std::atomic<uint64_t>>(0);
  const ChangeRequest request{effect.fence, effect.action, effect.assignment,
                              *received,    effect.values, effect.licenses};
  world_.agents.Change(
      effect.host, request, effect.timeout,
      [&output = world_.output, step = effect.step, received](absl::string_view bytes) {
        *received += bytes.size();
        output.Add(step, bytes);
      },
      [mailbox = mailbox_, call = effect.call](absl::StatusOr<plan::v1::Operation> operation) {
        mailbox->Put(engine::ChangeAnswered{call, std::move(operation)});
      });
}

void RunDriver::Do(engine::ReadHost effect) {
  world_.agents.GetHost(
      effect.host, effect.request, kReadTimeout,
      [mailbox = mailbox_, call = effect.call](absl::StatusOr<plan::v1::Host> host) {
        mailbox->Put(engine::HostRead{call, std::move(host)});
      });
}

void RunDriver::Do(engine::ProbeHost effect) {
  world_.agents.Probe(
      effect.host, effect.request, kReadTimeout,
      [mailbox = mailbox_, call = effect.call](absl::StatusOr<agent::v1::ProbeReport> report) {
        mailbox->Put(engine::HostProbed{call, std::move(report)});
      });
}

void RunDriver::Do(engine::RunHook effect) {
  HookCommand command;
  command.argv.assign(effect.hook.command().begin(), effect.hook.command().end());
  command.environment = std::move(effect.environment);
  command.timeout = effect.timeout;
  world_.hooks.Run(
      std::move(command),
      [&output = world_.output, step = effect.step](absl::string_view bytes) {
        output.Add(step, bytes);
      },
      [mailbox = mailbox_, call = effect.call](absl::StatusOr<journal::v1::HookResult> result) {
        mailbox->Put(engine::HookEnded{call, std::move(result)});
      });
}

void RunDriver::Do(engine::RunFence effect) {
  world_.fences.CutOff(
      effect.fence, effect.timeout,
      [mailbox = mailbox_, call = effect.call](absl::StatusOr<journal::v1::FenceResult> result) {
        mailbox->Put(engine::FenceEnded{call, std::move(result)});
      });
}

void RunDriver::Do(engine::SetTimer effect) {
  timers_.emplace(world_.clock.Monotonic() + effect.delay, effect.timer);
}

void RunDriver::Do(engine::Halt effect) {
  // Whatever the code was, only a person helps: no caller may take it for a lost connection.
  const absl::Status halted = absl::FailedPreconditionError(
      absl::StrCat("the run stands still, as journaled: ", effect.status.message()));
  LogError(halted.message());
  MutexLock lock(status_mutex_);
  status_ = halted;
  world_.book.Ring();
}

}  // namespace baton
