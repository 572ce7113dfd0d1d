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

SerialReader::SerialReader(FileSystem& fs, const Profile& profile, ToolRunner& tools,
                           std::function<bool()> busy, Clock& clock)
    : fs_(fs), profile_(profile), tools_(tools), busy_(std::move(busy)), clock_(clock) {
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

void SerialReader::Loop() {
  absl::Duration pause;
  do {
    const bool busy = busy_();
    absl::StatusOr<std::string> answer;
    if (!busy) answer = AskTool();
    pause = busy ? kBusyPeriod : answer.ok() ? kPeriod : kPeriodAfterFailure;
    if (!busy && !answer.ok() && !absl::IsCancelled(answer.status())) {
      LogWarning(absl::StrCat(Word(plan::v1::READ_SERIAL), " ", answer.status().message()));
    }
    const MutexLock lock(mutex_);
    asked_ = true;
    if (!busy) tool_ = std::move(answer);
    changed_.NotifyAll();
  } while (Pause(pause));
}

absl::StatusOr<std::string> SerialReader::AskTool() {
  const ToolSpec& spec = *profile_.Find(plan::v1::READ_SERIAL);
  ToolCommand command;
  // Readings of an agent that went before may still be there.
  command.id = absl::StrCat(Word(spec.tool), "-", absl::ToUnixMicros(clock_.Now()));
  ASSIGN_OR_RETURN(command.argv, BuildCommand(spec, {}));
  if (!spec.working_directory.empty()) command.working_directory = spec.working_directory;
  command.timeout = spec.timeout;
  command.success_exit_codes = spec.success_exit_codes;
  command.output_bytes_max = kOutputBytesMax;
  RETURN_IF_ERROR(tools_.Start(command));
  ASSIGN_OR_RETURN(ToolStatus status, tools_.Inspect(command.id));
  while (status.state == ToolState::kRunning) {
    if (!Pause(kToolPollInterval)) {
      tools_.Kill(command.id).IgnoreError();  // it ends at its time-out, too
      return absl::CancelledError("was not read: the agent stops");
    }
    ASSIGN_OR_RETURN(status, tools_.Inspect(command.id));
  }
  ASSIGN_OR_RETURN(const std::string output, tools_.ReadOutput(command.id, 0, kOutputBytesMax));
  RETURN_IF_ERROR(tools_.Forget(command.id));
  if (!status.exit.has_value()) return absl::InternalError("was killed");
  RETURN_IF_ERROR(ExitStatus(*status.exit, output));
  return CheckSerial(LastOutputLine(output));
}

absl::StatusOr<std::string> SerialReader::ReadFile() {
  ASSIGN_OR_RETURN(const std::string text, fs_.ReadFile(profile_.serial->file, kFileBytesMax));
  return CheckSerial(text);
}

}  // namespace baton
