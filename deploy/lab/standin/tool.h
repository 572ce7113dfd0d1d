#pragma once

#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "deploy/lab/standin/host_state.h"

namespace baton::standin {

inline constexpr absl::Duration kToolDefault = absl::Milliseconds(200);
inline constexpr absl::Duration kHangMax = absl::Hours(1);

// Waits `duration` and calls `keep_alive` (may be empty) at least every kHeartbeatInterval
// meanwhile.
void WaitKeepingAlive(absl::Duration duration, const std::function<void()>& keep_alive);

// What a tool prints while it works: its lines spread over the time that it takes.
class ToolProgress {
 public:
  ToolProgress(std::ostream& out, std::vector<absl::string_view> lines, absl::Duration total);

  // From now on called while the tool waits, to keep its session with the database.
  void KeepAlive(std::function<void()> keep_alive) { keep_alive_ = std::move(keep_alive); }

  // Prints the next line and waits for its share of the time. Without lines left it returns at
  // once.
  void Next();
  void Finish();  // all lines that are left

  // A line besides the announced ones.
  void Say(absl::string_view line);

  // As a tool that never comes back; returns after kHangMax.
  void Hang();

 private:
  std::ostream& out_;
  std::vector<absl::string_view> lines_;
  absl::Duration share_;
  size_t next_ = 0;
  std::function<void()> keep_alive_;
};

// One of the platform's tools. `name` is the abstract one, as faults and events use it. `action`
// does the work and calls `Next` between its parts; what it leaves of the lines is printed after
// it.
struct Tool {
  std::string name;
  std::vector<absl::string_view> lines;
  std::function<absl::Status(ToolProgress&)> action;
};

// Runs a tool with its injected fault, if there is one. The exit code: 0 for success, 1 for an
// error, whose words are printed, or the fault's. A lying tool prints all of its lines and does
// nothing.
int RunTool(const HostState& state, std::ostream& out, const Tool& tool);

}  // namespace baton::standin
