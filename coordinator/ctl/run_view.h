#pragma once

#include <memory>

#include "absl/strings/string_view.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "coordinator/ctl/run_progress.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {

// Shows a run to whoever watches it. Not thread-safe.
class RunView {
 public:
  virtual ~RunView() = default;

  // An event came; `progress` has taken it in.
  virtual void OnEvent(const coordinator::v1::RunEvent& event, const RunProgress& progress) = 0;
  // Some time went by.
  virtual void OnTick(const RunProgress& progress) = 0;
  // Something about the connection rather than about the run.
  virtual void OnNote(absl::string_view note) = 0;
  // Nothing more will come: what is drawn again and again goes away.
  virtual void OnEnd() = 0;
};

// The view for this session: a record a line of JSON, a live view on a terminal, else an event a
// line. Borrows the session.
std::unique_ptr<RunView> MakeRunView(Session& session);

}  // namespace baton::ctl
