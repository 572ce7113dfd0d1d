#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/world.h"

namespace baton::simulation {

template <typename T>
using Reply = std::function<void(absl::StatusOr<T>)>;

// Names a call at the agent that serves it; 0 for none.
using CallToken = uint64_t;

// Carries calls between the coordinator and machines: with delays, so that they overtake each
// other, and with every fault of a network: what is lost, late, or delivered twice. A caller hears
// exactly one answer, by its deadline. Not thread-safe.
class Network {
 public:
  explicit Network(World& world) : world_(world) {}

  // Calls `serve` at the machine, maybe not at all, maybe twice, maybe after the deadline; its
  // answer goes to `done`. When the caller has given up, `abandon` is called for what still waits.
  template <typename T>
  void Call(const Machine& machine, absl::Duration timeout,
            std::function<CallToken(Reply<T>)> serve, std::function<void(CallToken)> abandon,
            Reply<T> done) {
    auto pending = std::make_shared<Pending<T>>();
    pending->done = std::move(done);
    world_.time().After(timeout, [pending, abandon = std::move(abandon)] {
      if (pending->done == nullptr) return;
      pending->Finish(absl::DeadlineExceededError("no answer in time"));
      for (const CallToken token : pending->tokens) abandon(token);
    });
    if (world_.Roll(Fault::kMessageLost, machine.name())) return Break(pending);
    if (world_.Roll(Fault::kMessageTwice, machine.name())) {
      Deliver(machine, LateDelay(), serve, pending);
    }
    const bool late = world_.Roll(Fault::kMessageLate, machine.name());
    Deliver(machine, late ? LateDelay() : Delay(), std::move(serve), std::move(pending));
  }

 private:
  // A call that waits for its answer.
  template <typename T>
  struct Pending {
    Reply<T> done;  // null once it was answered
    std::vector<CallToken> tokens;

    void Finish(absl::StatusOr<T> answer) {
      if (done != nullptr) std::exchange(done, nullptr)(std::move(answer));
    }
  };

  template <typename T>
  void Deliver(const Machine& machine, absl::Duration delay,
               std::function<CallToken(Reply<T>)> serve, std::shared_ptr<Pending<T>> pending) {
    world_.time().After(delay, [this, &machine, serve = std::move(serve), pending] {
      if (!machine.reachable()) return;  // silence, until the deadline
      const CallToken token = serve([this, &machine, pending](absl::StatusOr<T> answer) {
        if (world_.Roll(Fault::kMessageLost, machine.name())) return Break(pending);
        world_.time().After(Delay(), [&machine, pending, answer = std::move(answer)]() mutable {
          if (machine.reachable()) pending->Finish(std::move(answer));
        });
      });
      if (token != 0) pending->tokens.push_back(token);
    });
  }

  // A message is lost: sometimes the connection is seen to break, sometimes there is silence.
  template <typename T>
  void Break(const std::shared_ptr<Pending<T>>& pending) {
    if (world_.random().Chance(0.5)) return;
    world_.time().After(Delay(),
                        [pending] { pending->Finish(absl::UnavailableError("connection broke")); });
  }

  absl::Duration Delay() {
    if (world_.Roll(Fault::kMessageSlow, "")) {
      return world_.random().Between(absl::Milliseconds(50), absl::Seconds(8));
    }
    return world_.random().Between(absl::Microseconds(200), absl::Milliseconds(5));
  }
  absl::Duration LateDelay() {
    return world_.random().Between(absl::Seconds(1), absl::Minutes(20));
  }

  World& world_;
};

}  // namespace baton::simulation
