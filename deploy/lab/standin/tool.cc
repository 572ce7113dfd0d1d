#include "deploy/lab/standin/tool.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

#include "common/time/clock.h"
#include "deploy/lab/standin/database.h"

namespace baton::standin {
namespace {

constexpr int kErrorExitCode = 1;
constexpr int kExitCodeMax = 255;
constexpr size_t kFloodLineBytes = 1024;

void Flood(int64_t size_bytes, std::ostream& out) {
  const std::string line = absl::StrCat(std::string(kFloodLineBytes - 1, 'x'), "\n");
  while (size_bytes > 0) {
    const int64_t part = std::min(size_bytes, static_cast<int64_t>(line.size()));
    out.write(line.data(), part);
    size_bytes -= part;
  }
  out.flush();
}

int Fail(const absl::Status& why, std::ostream& out) {
  out << "Error: " << absl::string_view(why.message()) << std::endl;
  return kErrorExitCode;
}

}  // namespace

void WaitKeepingAlive(absl::Duration duration, const std::function<void()>& keep_alive) {
  const absl::Duration end = SystemClock().Monotonic() + duration;
  for (absl::Duration left = duration; left > absl::ZeroDuration();
       left = end - SystemClock().Monotonic()) {
    std::this_thread::sleep_for(absl::ToChronoNanoseconds(std::min(left, kHeartbeatInterval)));
    if (keep_alive) keep_alive();
  }
}

ToolProgress::ToolProgress(std::ostream& out, std::vector<absl::string_view> lines,
                           absl::Duration total)
    : out_(out),
      lines_(std::move(lines)),
      share_(lines_.empty() ? total : total / static_cast<int64_t>(lines_.size())) {}

void ToolProgress::Next() {
  if (next_ == lines_.size()) return;
  Say(lines_[next_++]);
  WaitKeepingAlive(share_, keep_alive_);
}

void ToolProgress::Finish() {
  while (next_ < lines_.size()) Next();
}

void ToolProgress::Say(absl::string_view line) { out_ << line << std::endl; }

void ToolProgress::Hang() { WaitKeepingAlive(kHangMax, keep_alive_); }

int RunTool(const HostState& state, std::ostream& out, const Tool& tool) {
  const absl::StatusOr<Fault> fault = state.ReadFault(tool.name);
  if (!fault.ok()) return Fail(fault.status(), out);
  const absl::StatusOr<absl::Duration> seconds = state.KnobDuration("tool_seconds", kToolDefault);
  if (!seconds.ok()) return Fail(seconds.status(), out);
  ToolProgress progress(out, tool.lines, *seconds + fault->delay);
  switch (fault->kind) {
    case Fault::Kind::kFail:
      Fail(absl::InternalError("An unexpected error occurred."), out);
      return std::min(fault->code, kExitCodeMax);
    case Fault::Kind::kHang:
      progress.Next();
      progress.Hang();
      return kErrorExitCode;
    case Fault::Kind::kLie:
      progress.Finish();
      return 0;
    case Fault::Kind::kFlood:
      Flood(fault->size_bytes, out);
      break;
    default:
      break;
  }
  const absl::Status done = tool.action(progress);
  if (!done.ok()) return Fail(done, out);
  progress.Finish();
  return 0;
}

}  // namespace baton::standin
