#include "coordinator/service/run_watch.h"

#include <utility>
#include <vector>

#include "common/status/status_macros.h"
#include "coordinator/engine/transitions.h"

namespace baton {
namespace {

using coordinator::v1::RunEvent;

constexpr size_t kBatch = 100;
// Tool output is looked for this often between records.
constexpr absl::Duration kPollPeriod = absl::Milliseconds(100);

// One watcher.
class Watch {
 public:
  Watch(RunBook& book, OutputFeed& output, const coordinator::v1::WatchRunRequest& request,
        const std::function<bool(const RunEvent&)>& write)
      : book_(book),
        output_(output),
        run_(request.run()),
        after_(request.after_sequence()),
        after_output_(output.newest()),
        write_(write) {}

  // Writes the run as it is. False if the caller is gone.
  absl::StatusOr<bool> WriteRun() {
    ASSIGN_OR_RETURN(const engine::RunState state, book_.Replay(run_));
    RunEvent event;
    *event.mutable_run() = state.run();
    return write_(event);
  }

  // Writes what is new. False if the caller is gone.
  absl::StatusOr<bool> WriteNew() {
    while (true) {
      ASSIGN_OR_RETURN(const std::vector<StoredRecord> records,
                       book_.Records(run_, after_, kBatch));
      for (const StoredRecord& stored : records) {
        // The output of a step is shown before its end: it was all there when the end was recorded.
        if (stored.record.has_step_finished() && !WriteOutput()) return false;
        RunEvent event;
        *event.mutable_record() = stored.record;
        if (!write_(event)) return false;
        after_ = stored.record.sequence();
      }
      if (records.size() < kBatch) return WriteOutput();
    }
  }

  // Waits for more.
  void Wait() { book_.WaitForRecords(after_, kPollPeriod); }

 private:
  bool WriteOutput() {
    for (const OutputFeed::Piece& piece : output_.After(after_output_)) {
      after_output_ = piece.number;
      RunEvent event;
      event.mutable_output()->set_step(piece.step);
      event.mutable_output()->set_output(piece.bytes);
      if (!write_(event)) return false;
    }
    return true;
  }

  RunBook& book_;
  OutputFeed& output_;
  const std::string run_;
  uint64_t after_;
  uint64_t after_output_;
  const std::function<bool(const RunEvent&)>& write_;
};

bool NeedsNobody(plan::v1::RunPhase phase) {
  return phase == plan::v1::RUN_RUNNING || phase == plan::v1::RUN_CANCELLING;
}

}  // namespace

absl::Status WatchRunEvents(RunBook& book, RunControl& control, OutputFeed& output,
                            const coordinator::v1::WatchRunRequest& request,
                            const std::function<bool(const RunEvent&)>& write,
                            const std::function<bool()>& gone) {
  Watch watch(book, output, request, write);
  ASSIGN_OR_RETURN(bool there, watch.WriteRun());
  while (there && !gone()) {
    // The phase is read first: whatever record ended the run is then among those written.
    ASSIGN_OR_RETURN(const plan::v1::Run run, book.Summary(request.run()));
    ASSIGN_OR_RETURN(there, watch.WriteNew());
    if (!NeedsNobody(run.phase())) return watch.WriteRun().status();
    RETURN_IF_ERROR(control.status());
    watch.Wait();
  }
  return absl::OkStatus();
}

}  // namespace baton
