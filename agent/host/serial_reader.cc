#include "agent/host/serial_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "agent/profile/build_command.h"
#include "agent/tools/tool_words.h"
#include "common/log/log.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton {
namespace {

constexpr uint64_t kOutputBytesMax = 64 << 10;
constexpr uint64_t kFileBytesMax = 4096;
constexpr size_t kSerialBytesMax = 100;
constexpr absl::Duration kFirstTimeout = absl::Seconds(5);
constexpr absl::Duration kFirstTimeoutMax = absl::Seconds(30);
// So many readings in a row must fail before a serial that was read is not believed any more.
constexpr int kFailuresMin = 3;

// What stands for a serial. Anything else is not compared with one.
absl::StatusOr<std::string> CheckSerial(absl::string_view text) {
  const absl::string_view serial = absl::StripAsciiWhitespace(text);
  if (serial.empty()) return absl::NotFoundError("says nothing");
  const bool printable = std::all_of(serial.begin(), serial.end(),
                                     [](unsigned char c) { return absl::ascii_isprint(c); });
  if (!printable || serial.size() > kSerialBytesMax) {
    return absl::InvalidArgumentError("says what is no serial");
  }
  return std::string(serial);
}

std::string Says(const absl::StatusOr<std::string>& answer) {
  return answer.ok() ? absl::StrCat("says ", *answer) : std::string(answer.status().message());
}

}  // namespace

plan::v1::Serial CombineSerial(const std::optional<absl::StatusOr<std::string>>& file,
                               const std::optional<absl::StatusOr<std::string>>& tool,
                               const std::string& path) {
  plan::v1::Serial serial;
  const bool files_agrees = !file.has_value() || file->ok();
  const bool tool_agrees = !tool.has_value() || tool->ok();
  const bool differ =
      file.has_value() && tool.has_value() && file->ok() && tool->ok() && **file != **tool;
  if (files_agrees && tool_agrees && !differ && (file.has_value() || tool.has_value())) {
    serial.set_value(file.has_value() ? **file : **tool);
    return serial;
  }
  std::string error;
  if (file.has_value()) error = absl::StrCat(path, " ", Says(*file));
  if (tool.has_value()) {
    absl::StrAppend(&error, error.empty() ? "" : "; ", Word(plan::v1::READ_SERIAL), " ",
                    Says(*tool));
  }
  serial.set_error(error.empty() ? "no source of it is known" : error);
  return serial;
}

absl::Duration FirstSerialTimeout(const Profile& profile) {
  const ToolSpec* spec = profile.Find(plan::v1::READ_SERIAL);
  if (spec == nullptr || spec->expected_duration <= absl::ZeroDuration()) return kFirstTimeout;
  return std::min(2 * spec->expected_duration, kFirstTimeoutMax);
}

absl::StatusOr<std::string> SettleSerial(const absl::StatusOr<std::string>& known,
                                         absl::StatusOr<std::string> answer, int failures) {
  if (!answer.ok() && known.ok() && failures < kFailuresMin) return known;
  return answer;
}

SerialReader::SerialReader(FileSystem& fs, const Profile& profile,
                           PlatformConfiguration& configuration, ToolRunner& tools,
                           std::function<bool()> busy, Clock& clock)
    : fs_(fs),
      profile_(profile),
      configuration_(configuration),
      tools_(tools),
      busy_(std::move(busy)),
      clock_(clock) {
  if (profile_.Find(plan::v1::READ_SERIAL) == nullptr) return;
  tool_ = absl::UnavailableError("was not read yet");
  thread_ = std::thread(&SerialReader::Loop, this);
}

SerialReader::~SerialReader() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

std::optional<plan::v1::Serial> SerialReader::Read() {
  std::optional<absl::StatusOr<std::string>> file;
  if (profile_.serial.has_value()) file = ReadFile();
  const MutexLock lock(mutex_);
  if (!file.has_value() && !tool_.has_value()) return std::nullopt;
  return CombineSerial(file, tool_, profile_.serial.value_or(SerialSpec()).file);
}

void SerialReader::AwaitFirst(absl::Duration timeout) {
  const absl::Duration deadline = clock_.Monotonic() + timeout;
  const MutexLock lock(mutex_);
  while (tool_.has_value() && !asked_ && clock_.Monotonic() < deadline) {
    changed_.WaitFor(mutex_, deadline - clock_.Monotonic());
  }
}

bool SerialReader::Pause(absl::Duration duration) {
  const absl::Duration deadline = clock_.Monotonic() + duration;
  const MutexLock lock(mutex_);
  while (!stopping_ && clock_.Monotonic() < deadline) {
    changed_.WaitFor(mutex_, deadline - clock_.Monotonic());
  }
  return !stopping_;
}

SerialReader::Hold::Hold(SerialReader& reader) : reader_(reader) {
  const MutexLock lock(reader_.mutex_);
  ++reader_.holds_;
  while (reader_.reading_) reader_.changed_.Wait(reader_.mutex_);
}

SerialReader::Hold::~Hold() {
  const MutexLock lock(reader_.mutex_);
  --reader_.holds_;
}

bool SerialReader::Begin() {
  const MutexLock lock(mutex_);
  reading_ = holds_ == 0 && !busy_();
  if (reading_) return true;
  asked_ = true;
  changed_.NotifyAll();
  return false;
}

void SerialReader::End(absl::StatusOr<std::string> answer) {
  const MutexLock lock(mutex_);
  reading_ = false;
  asked_ = true;
  if (!absl::IsAborted(answer.status())) {
    failures_ = answer.ok() ? 0 : failures_ + 1;
    tool_ = SettleSerial(*tool_, std::move(answer), failures_);
  }
  changed_.NotifyAll();
}

bool SerialReader::MustGiveWay() {
  const MutexLock lock(mutex_);
  return holds_ > 0 || busy_();
}

void SerialReader::Loop() {
  absl::Duration pause;
  do {
    pause = kBusyPeriod;
    if (!Begin()) continue;
    absl::StatusOr<std::string> answer = AskTool();
    const absl::Status& status = answer.status();
    if (!absl::IsAborted(status)) pause = status.ok() ? kPeriod : kPeriodAfterFailure;
    if (!status.ok() && !absl::IsAborted(status) && !absl::IsCancelled(status)) {
      LogWarning(absl::StrCat(Word(plan::v1::READ_SERIAL), " ", status.message()));
    }
    End(std::move(answer));
  } while (Pause(pause));
}

absl::StatusOr<std::string> SerialReader::AskTool() {
  // Readings of an agent that went before may still be there.
  const std::string id =
      absl::StrCat(Word(plan::v1::READ_SERIAL), "-", absl::ToUnixMicros(clock_.Now()));
  const absl::Status started = StartTool(id);
  if (!started.ok()) {
    // A supervisor that is late finds nothing to begin.
    tools_.Forget(id).IgnoreError();
    return started;
  }
  ASSIGN_OR_RETURN(const ToolStatus status, AwaitTool(id));
  ASSIGN_OR_RETURN(const std::string output, tools_.ReadOutput(id, 0, kOutputBytesMax));
  RETURN_IF_ERROR(tools_.Forget(id));
  if (!status.exit.has_value()) return absl::InternalError("was killed");
  RETURN_IF_ERROR(ExitStatus(*status.exit, output));
  return CheckSerial(LastOutputLine(output));
}

absl::Status SerialReader::StartTool(const std::string& id) {
  const ToolSpec& spec = *profile_.Find(plan::v1::READ_SERIAL);
  ToolCommand command;
  command.id = id;
  ASSIGN_OR_RETURN(command.argv, BuildCommand(spec, {}));
  if (!spec.working_directory.empty()) command.working_directory = spec.working_directory;
  command.timeout = spec.timeout;
  command.kill_grace = kKillGrace;
  command.success_exit_codes = spec.success_exit_codes;
  command.output_bytes_max = kOutputBytesMax;
  command.secrets = configuration_.PlaintextSecrets();
  return tools_.Start(command);
}

absl::StatusOr<ToolStatus> SerialReader::AwaitTool(const std::string& id) {
  ASSIGN_OR_RETURN(ToolStatus status, tools_.Inspect(id));
  while (status.state == ToolState::kRunning) {
    if (MustGiveWay()) {
      RETURN_IF_ERROR(EndTool(id));
      RETURN_IF_ERROR(tools_.Forget(id));
      return absl::AbortedError("gave way to an operation");
    }
    if (!Pause(kToolPollInterval)) {
      tools_.Kill(id).IgnoreError();  // it ends at its time-out, too
      return absl::CancelledError("was not read: the agent stops");
    }
    ASSIGN_OR_RETURN(status, tools_.Inspect(id));
  }
  return status;
}

absl::Status SerialReader::EndTool(const std::string& id) {
  bool asked = false;
  while (true) {
    ASSIGN_OR_RETURN(const ToolStatus status, tools_.Inspect(id));
    if (status.state != ToolState::kRunning) return absl::OkStatus();
    // Again where its supervisor had only begun.
    if (!asked) asked = tools_.Kill(id).ok();
    if (!Pause(kToolPollInterval)) return absl::CancelledError("the agent stops");
  }
}

absl::StatusOr<std::string> SerialReader::ReadFile() {
  ASSIGN_OR_RETURN(const std::string text, fs_.ReadFile(profile_.serial->file, kFileBytesMax));
  return CheckSerial(text);
}

}  // namespace baton
