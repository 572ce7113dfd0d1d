#include "coordinator/ctl/follow.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "common/sync/mutex.h"
#include "coordinator/ctl/render_run.h"
#include "coordinator/engine/transitions.h"

namespace baton::ctl {
namespace {

using coordinator::v1::RunEvent;

// Events that wait to be shown; the Baton coordinator is slowed down beyond.
constexpr size_t kQueueSizeMax = 256;

struct WatchEnded {
  absl::Status status;
};
struct Interrupted {};
using Item = std::variant<RunEvent, WatchEnded, Interrupted>;

// From the threads that wait for the Baton coordinator and for Ctrl-C to the one that shows.
// Thread-safe.
class ItemQueue {
 public:
  // Waits for room, unless the queue is closed: then the item is dropped.
  void Push(Item item) {
    const MutexLock lock(mutex_);
    while (items_.size() >= kQueueSizeMax && !closed_) changed_.Wait(mutex_);
    if (closed_) return;
    items_.push_back(std::move(item));
    changed_.NotifyAll();
  }

  // The next item, or nothing after `timeout` or a little earlier.
  std::optional<Item> Pop(absl::Duration timeout) {
    const MutexLock lock(mutex_);
    if (items_.empty()) changed_.WaitFor(mutex_, timeout);
    if (items_.empty()) return std::nullopt;
    Item item = std::move(items_.front());
    items_.pop_front();
    changed_.NotifyAll();
    return item;
  }

  void Close() {
    const MutexLock lock(mutex_);
    closed_ = true;
    changed_.NotifyAll();
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::deque<Item> items_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

// One WatchRun on a thread of its own, which the destructor joins.
class Reader {
 public:
  Reader(CoordinatorClient& client, coordinator::v1::WatchRunRequest request, ItemQueue& queue)
      : thread_([&client, request = std::move(request), &queue] {
          absl::Status status =
              client.WatchRun(request, [&queue](const RunEvent& event) { queue.Push(event); });
          queue.Push(WatchEnded{std::move(status)});
        }) {}
  ~Reader() { thread_.join(); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

 private:
  std::thread thread_;
};

bool StandsStill(const plan::v1::Run& run) {
  return engine::Ended(run.phase()) || run.phase() == plan::v1::RUN_PAUSED ||
         run.phase() == plan::v1::RUN_WAITING;
}

class Follower {
 public:
  Follower(Session& session, CoordinatorClient& client, std::string run, uint64_t after_sequence,
           RunView& view)
      : session_(session),
        client_(client),
        run_(std::move(run)),
        view_(view),
        progress_(after_sequence) {}

  FollowEnd Run() {
    const auto interrupts =
        session_.console().CatchInterrupts([this] { queue_.Push(Interrupted{}); });
    last_heard_ = Now();
    std::optional<FollowEnd> end;
    while (!end.has_value()) {
      end = WatchOnce();
      if (!end.has_value()) end = WaitToRetry();
    }
    view_.OnEnd();
    return *std::move(end);
  }

 private:
  absl::Duration Now() { return session_.environment().clock.Monotonic(); }
  const Patience& patience() { return session_.environment().patience; }

  // Watches until the run stands still or the stream breaks; nothing means: try again.
  std::optional<FollowEnd> WatchOnce() {
    coordinator::v1::WatchRunRequest request;
    request.set_run(run_);
    request.set_after_sequence(progress_.last_sequence());
    const Reader reader(client_, std::move(request), queue_);
    while (true) {
      std::optional<Item> item = queue_.Pop(patience().tick);
      if (!item.has_value()) {
        view_.OnTick(progress_);
      } else if (const RunEvent* event = std::get_if<RunEvent>(&*item); event != nullptr) {
        OnEvent(*event);
      } else if (std::holds_alternative<Interrupted>(*item)) {
        return Detach();
      } else {
        return Judge(std::get<WatchEnded>(*item).status);
      }
    }
  }

  void OnEvent(const RunEvent& event) {
    if (lost_) view_.OnNote("the Baton coordinator answers again");
    lost_ = false;
    last_heard_ = Now();
    complete_ = event.has_run() && StandsStill(event.run());
    progress_.Apply(event);
    view_.OnEvent(event, progress_);
  }

  FollowEnd Detach() {
    queue_.Close();
    client_.StopWatching();
    return {FollowEnd::How::kDetached, progress_.run(), absl::OkStatus()};
  }

  std::optional<FollowEnd> Judge(const absl::Status& status) {
    if (status.ok() && complete_) {
      return FollowEnd{FollowEnd::How::kEnded, progress_.run(), absl::OkStatus()};
    }
    if (!status.ok() && !IsConnectionLost(status)) {
      return FollowEnd{FollowEnd::How::kFailed, progress_.run(), status};
    }
    why_ = status.ok() ? absl::UnavailableError("the stream ended before the run did") : status;
    if (Now() - last_heard_ >= patience().reconnect_for) {
      return FollowEnd{FollowEnd::How::kLost, progress_.run(), why_};
    }
    if (!lost_) {
      view_.OnNote(absl::StrCat("lost the Baton coordinator, trying again for ",
                                FormatElapsed(patience().reconnect_for), ": ",
                                Clean(why_.message())));
    }
    lost_ = true;
    return std::nullopt;
  }

  // Waits a little; only an interrupt can come meanwhile, for no reader runs.
  std::optional<FollowEnd> WaitToRetry() {
    const absl::Duration until = Now() + patience().retry_delay;
    for (absl::Duration now = Now(); now < until; now = Now()) {
      if (queue_.Pop(until - now).has_value()) return Detach();
    }
    return std::nullopt;
  }

  Session& session_;
  CoordinatorClient& client_;
  const std::string run_;
  RunView& view_;
  ItemQueue queue_;
  RunProgress progress_;
  absl::Duration last_heard_;
  bool lost_ = false;
  bool complete_ = false;
  absl::Status why_;
};

// The Baton coordinator will not tell how the run goes on, or cannot go on with it.
absl::StatusOr<ExitCode> FailFollow(Session& session, const FollowEnd& end,
                                    const std::string& watch) {
  if (!absl::IsFailedPrecondition(end.status)) return end.status;
  // A step under way may have changed its host, though no record of its end could be written.
  const bool changed =
      end.run.changed() || std::any_of(end.run.steps().begin(), end.run.steps().end(),
                                       [](const plan::v1::StepStatus& step) {
                                         return step.state() == plan::v1::STARTED;
                                       });
  const ExitCode code = changed ? ExitCode::kStopped : ExitCode::kRefused;
  return session.Fail(
      {code,
       std::string(end.status.message()),
       "the Baton coordinator goes on with the run by itself when it starts again",
       {"mend that, then on its machine: systemctl restart baton-coordinator", watch}});
}

}  // namespace

FollowEnd Follow(Session& session, CoordinatorClient& client, const std::string& run,
                 uint64_t after_sequence, RunView& view) {
  return Follower(session, client, run, after_sequence, view).Run();
}

absl::StatusOr<ExitCode> FollowToEnd(Session& session, const std::string& run,
                                     uint64_t after_sequence) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  const std::unique_ptr<RunView> view = MakeRunView(session);
  const FollowEnd end = Follow(session, *client, run, after_sequence, *view);
  const Style style = session.MakeStyle();
  const std::string watch = absl::StrCat(style.program, " runs watch ", ShellWord(run));
  switch (end.how) {
    case FollowEnd::How::kEnded:
      session.Say(RenderRunEnd(end.run, style));
      return ExitCodeOf(end.run);
    case FollowEnd::How::kDetached:
      session.Say(absl::StrCat("detached: run ", run, " goes on\nnext: ", watch, "\n"));
      return ExitCode::kDone;
    case FollowEnd::How::kLost:
      return session.Fail(OutcomeUnknown(end.status, {watch}));
    default:
      return FailFollow(session, end, watch);
  }
}

bool IsConnectionLost(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return false;
  }
}

}  // namespace baton::ctl
