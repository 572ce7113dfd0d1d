#pragma once

#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agent/host/platform_configuration.h"
#include "agent/profile/profile.h"
#include "agent/tools/tool_runner.h"
#include "baton/plan/v1/host.pb.h"
#include "common/fs/file_system.h"
#include "common/sync/mutex.h"
#include "common/time/clock.h"

namespace baton {

// What the sources of a serial say; a source that the profile does not name is unset. With none, or
// with sources that fail or contradict each other, the serial is not known, and `error` names each
// source with what it says. Pure.
plan::v1::Serial CombineSerial(const std::optional<absl::StatusOr<std::string>>& file,
                               const std::optional<absl::StatusOr<std::string>>& tool,
                               const std::string& path);

// How long an agent that starts waits for the first answer of the profile's tool `read-serial`,
// before it listens: twice as long as the tool is expected to take, 30 s at most; 5 s if the
// profile does not say. Pure.
absl::Duration FirstSerialTimeout(const Profile& profile);

// What is taken for the tool's answer once it has answered `answer`, where `known` was before and
// the last `failures` readings failed, this one included: an error does not stand for a serial that
// was read before until the third in a row. Pure.
absl::StatusOr<std::string> SettleSerial(const absl::StatusOr<std::string>& known,
                                         absl::StatusOr<std::string> answer, int failures);

// Reads the serial that the platform's license is bound to: from the profile's file at each call,
// which is fast, and by its tool `read-serial` in the background, which may take a while: at the
// start, then every hour, and a minute after a failure. The tool only reads, so that it needs no
// fence, and is no operation. It gives way to operations: it is not begun while one is under way,
// and is killed when one comes; what was known stays. Thread-safe.
class SerialReader {
 public:
  static constexpr absl::Duration kPeriod = absl::Hours(1);
  static constexpr absl::Duration kPeriodAfterFailure = absl::Minutes(1);
  // A reading that has to give way gets this long from SIGTERM to SIGKILL.
  static constexpr absl::Duration kKillGrace = absl::Seconds(2);
  // How often it looks whether an operation that is under way has ended.
  static constexpr absl::Duration kBusyPeriod = absl::Seconds(1);

  // Keeps the tool from running beside an operation. Whoever submits a change holds one from before
  // the change is submitted until it is known to `busy`. Waits until a reading that runs has ended.
  class Hold {
   public:
    explicit Hold(SerialReader& reader);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    SerialReader& reader_;
  };

  // Borrows all. `tools` is of its own: ids there are names of readings. `busy` tells whether an
  // operation is under way.
  SerialReader(FileSystem& fs, const Profile& profile, PlatformConfiguration& configuration,
               ToolRunner& tools, std::function<bool()> busy, Clock& clock);

  // Ends the thread, and the tool if it runs.
  ~SerialReader();

  SerialReader(const SerialReader&) = delete;
  SerialReader& operator=(const SerialReader&) = delete;

  // The serial as it is known now; nothing if the profile does not say where it is. Never waits for
  // the tool: until it has answered, the serial is not known.
  std::optional<plan::v1::Serial> Read() ABSL_LOCKS_EXCLUDED(mutex_);

  // Waits until the tool has answered once, or cannot be asked now, for `timeout` at most. At once
  // if there is no such tool.
  void AwaitFirst(absl::Duration timeout) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Loop();
  // False if the tool must not run now. True, and End must follow, if it may.
  bool Begin() ABSL_LOCKS_EXCLUDED(mutex_);
  void End(absl::StatusOr<std::string> answer) ABSL_LOCKS_EXCLUDED(mutex_);
  bool MustGiveWay() ABSL_LOCKS_EXCLUDED(mutex_);
  // ABORTED if it had to give way, CANCELLED if the agent stops.
  absl::StatusOr<std::string> AskTool();
  absl::Status StartTool(const std::string& id);
  absl::StatusOr<ToolStatus> AwaitTool(const std::string& id);
  // Ends the tool before its time; ok when it has ended.
  absl::Status EndTool(const std::string& id);
  absl::StatusOr<std::string> ReadFile();
  // Sleeps until it is over or the object is about to go; false then.
  bool Pause(absl::Duration duration) ABSL_LOCKS_EXCLUDED(mutex_);

  FileSystem& fs_;
  const Profile& profile_;
  PlatformConfiguration& configuration_;
  ToolRunner& tools_;
  const std::function<bool()> busy_;
  Clock& clock_;
  Mutex mutex_;
  CondVar changed_;
  // What the tool said, as SettleSerial has it; unset if the profile has none.
  std::optional<absl::StatusOr<std::string>> tool_ ABSL_GUARDED_BY(mutex_);
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;  // in a row
  int holds_ ABSL_GUARDED_BY(mutex_) = 0;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;  // or found busy
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // asks the tool; joined by the destructor
};

}  // namespace baton
