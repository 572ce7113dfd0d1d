#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agent/operation/change.h"
#include "agent/operation/durable_state.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"

namespace baton {

// What to do with a change that is not refused.
enum class Verdict {
  kAccept,  // write its acceptance down, then carry it out
  kAttach,  // it is under way: answer when it has ended
  kAnswer,  // answer with the operation as it is remembered
  kSettle,  // write down how an interrupted rewrite or restore ended: the file's digest tells
};

// The rules for changes: which is carried out, and which takes no effect because it did so before.
// They are a function of what is durable and of what is under way. Thread-safe.
class ChangeRules {
 public:
  // `profile` says which tools `host` has and which of them are repeatable.
  ChangeRules(std::string host, plan::v1::Profile profile);

  // Judges `change`, while the operation `under_way` holds the host (empty: none does). Refusals
  // name both sides and come, in this order, with
  //   INVALID_ARGUMENT     a field is malformed
  //   FAILED_PRECONDITION  the fence does not match the claim
  //   INVALID_ARGUMENT     the id is known with another action
  //   NOT_FOUND            the id is unknown, and the profile does not have the tool
  //   INVALID_ARGUMENT     the id is unknown, and the values are not those that the tool takes
  //   FAILED_PRECONDITION  it is unknown, or would act again, and a later one was accepted in the
  //                        epoch
  //   ABORTED              another operation is under way
  absl::StatusOr<Verdict> Judge(const DurableState& state, absl::string_view under_way,
                                const Change& change) const;

 private:
  absl::StatusOr<Verdict> JudgeUnknown(const DurableState& state, absl::string_view under_way,
                                       const Change& change) const;
  absl::StatusOr<Verdict> JudgeInterrupted(const DurableState& state, absl::string_view under_way,
                                           const KnownOperation& known, const Change& change) const;
  absl::Status CheckIdle(absl::string_view under_way) const;
  const plan::v1::ToolProfile* FindTool(plan::v1::Tool tool) const;
  bool Repeatable(const plan::v1::Action& action) const;

  std::string host_;
  plan::v1::Profile profile_;
};

}  // namespace baton
