#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/time/clock.h"
#include "coordinator/ctl/session.h"
#include "tests/support/fake_console.h"
#include "tests/support/fake_coordinator_client.h"
#include "tests/support/temp_folder.h"

namespace baton {

// A clock that stands still in the time of day, and whose other time moves by a fixed step each
// time that it is asked. For one thread.
class SteppingClock : public Clock {
 public:
  absl::Duration step = absl::ZeroDuration();

  absl::Time Now() override;
  absl::Duration Monotonic() override { return elapsed_ += step; }

 private:
  absl::Duration elapsed_;
};

// The program `baton` with a fake console and a fake Baton coordinator, driven by lines of text:
//
//   given NAME WORDS   sets something up, see ctl_world.cc
//   baton ARGUMENTS    runs the program; the answer is what it printed and "exit N"
//   calls              what the Baton coordinator was asked since the last time
//
// In arguments, $DIR is a temporary folder, and double quotes hold words together.
class CtlWorld {
 public:
  CtlWorld();

  std::string Run(const std::string& line);

 private:
  std::string Given(std::vector<std::string> words);
  void SetFarm(const std::string& name);
  void SetReplay(int records, int decisions);
  void AddDifference(int sequence, const std::string& journaled, const std::string& replayed);
  void AddSecret(const std::string& name, const std::string& reference, const std::string& error);
  void AddFinding(const std::string& name, const std::string& host,
                  const std::vector<std::string>& given);
  void AddRuns(const std::vector<std::string>& names);
  void AddWatch(std::vector<coordinator::v1::RunEvent> events, absl::Status end, bool hangs);
  void SetTerminal(int columns, int lines);
  std::string RunProgram(std::vector<std::string> args);
  std::string Calls();

  TempFolder folder_;
  FakeConsole console_;
  FakeCoordinatorClient coordinator_;
  SteppingClock clock_;
  ctl::Environment environment_;
  size_t calls_shown_ = 0;
};

}  // namespace baton
