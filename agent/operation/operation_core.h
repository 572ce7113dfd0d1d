#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "agent/operation/change_rules.h"
#include "agent/operation/durable_state.h"
#include "agent/operation/effects.h"
#include "agent/operation/events.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/agent/v1/operation_log.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace baton {

struct Recovery;

// Decides what an agent does with claims and changes: who may change the host, in which order, and
// that each operation takes effect once. It does no I/O and reads no clock: events go in, effects
// come out, and the driver carries them out.
//
// One thing at a time goes to the log. What arrives while a write is on its way waits inside the
// core until OnLogged, so every decision rests on durable state alone and nothing is ever rolled
// back. A write that failed may still be found in the log after a crash: recovery copes with
// either. Not thread-safe. Movable and copyable.
class OperationCore {
 public:
  struct Options {
    std::string farm_id;
    std::string host;           // this host's name, for messages
    plan::v1::Profile profile;  // says which tools there are and which are repeatable
  };

  static constexpr size_t kAttachedMax = 16;  // calls that wait for one operation
  static constexpr size_t kWaitingMax = 64;   // calls that wait for the log

  // A core as its log left it. Operations that were accepted and have not ended are INTERRUPTED,
  // which is not written down, but for tools: one that runs is rejoined (the first, if several do),
  // one that has exited is written down as ended. Nothing else is acted upon. DATA_LOSS or
  // FAILED_PRECONDITION, naming the entry, if the log makes no sense or is a newer version's.
  static absl::StatusOr<Recovery> Recover(Options options,
                                          const std::vector<agent::v1::LogEntry>& log,
                                          absl::Span<const RecoveredTool> tools);

  // A core whose log cannot be read, for the reason `damage`: it refuses every claim and change
  // with DATA_LOSS until the agent is started with a log that can be.
  static OperationCore Damaged(Options options, const absl::Status& damage);

  // A call asks for a claim. Errors as of ClaimBook::Decide; RESOURCE_EXHAUSTED if it could not be
  // made durable; DATA_LOSS if the log is damaged.
  Effects OnClaim(Token token, const agent::v1::ClaimRequest& request);

  // A call asks for a change, at the time `now`. It is answered when the operation has ended, at
  // once if it had. Errors: DATA_LOSS if the log is damaged; as of ChangeRules::Judge;
  // RESOURCE_EXHAUSTED if too many calls wait, or if the change could not be made durable: nothing
  // was done; UNAVAILABLE if it was tried, and its end could not be made durable: ask again.
  Effects OnChange(Token token, Change change, const google::protobuf::Timestamp& now);

  // The entries of an Append are durable, or `status` says why not. DATA_LOSS says that the log can
  // take no more: from then on the core is damaged. Ignored unless `ticket` is on its way.
  Effects OnLogged(Ticket ticket, const absl::Status& status);

  // The operation that was begun or rejoined ended: `ended` has operation_id, state, detail,
  // end_time and result. Any state but SUCCEEDED, FAILED and UNKNOWN counts as INTERRUPTED. Ignored
  // unless that operation is under way.
  Effects OnEnded(const plan::v1::Operation& ended);

  // A call went away. What it started goes on.
  void OnDetached(Token token);

  // Claim, anchor, assignment and operations; its Snapshot is what to compact the log to.
  // REQUIRES, for compaction: no Append is on its way.
  const DurableState& state() const { return state_; }

  // The operation under way; nothing if none.
  std::optional<plan::v1::Operation> running() const;

  // Why nothing can be changed; ok if something can.
  const absl::Status& damage() const { return damage_; }

 private:
  // What follows when a write is durable.
  enum class After { kNothing, kAnswerClaim, kBegin, kAnswer };
  struct Write {
    Append append;
    After after = After::kNothing;
    std::optional<Token> claimant;  // for kAnswerClaim; unset when the call went away
    std::optional<Begin> begin;     // for kBegin
    bool acted = false;             // the host was changed, whether or not this can be written down
  };

  // The operation that holds the host, from the decision to accept it until it is answered.
  struct Current {
    std::string operation_id;
    std::vector<Token> attached;
  };

  explicit OperationCore(Options options);

  Effects Rejoin(absl::Span<const RecoveredTool> tools);
  Effects Take(Event event);
  void HandleWaiting(Effects& effects);
  void Handle(const ClaimEvent& event, Effects& effects);
  void Handle(const ChangeEvent& event, Effects& effects);
  void Handle(const EndedEvent& event, Effects& effects);

  void Attach(Token token, Effects& effects);
  void Accept(const ChangeEvent& event, Effects& effects);
  void Settle(const ChangeEvent& event, Effects& effects);

  void WriteDown(Write write, Effects& effects);
  void OnDurable(const Write& write, Effects& effects);
  void OnNotDurable(const Write& write, const absl::Status& status, Effects& effects);
  // Answers every attached call and lets go of the host.
  void Release(const absl::StatusOr<plan::v1::Operation>& answer, Effects& effects);

  std::string host_;
  ChangeRules rules_;
  DurableState state_;
  absl::Status damage_;
  std::optional<Current> current_;
  std::optional<Write> write_;  // on its way to the log
  std::deque<Event> waiting_;   // for write_
  Ticket last_ticket_ = 0;
};

// A core and what it wants done first.
struct Recovery {
  OperationCore core;
  Effects effects;
};

}  // namespace baton
