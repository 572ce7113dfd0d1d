#include "common/log/log.h"

#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "spdlog/logger.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/rotating_file_sink.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace baton {
namespace {

constexpr char kLinePattern[] = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";
// '*' is JournalPriority.
constexpr char kJournalPattern[] = "%*%v";

// "<6>": the syslog priority that the journal takes from the start of a line.
class JournalPriority : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& line) override {
    const absl::string_view prefix = Prefix(message.level);
    line.append(prefix.data(), prefix.data() + prefix.size());
  }

  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JournalPriority>();
  }

 private:
  static absl::string_view Prefix(spdlog::level::level_enum level) {
    if (level >= spdlog::level::err) return "<3>";
    if (level == spdlog::level::warn) return "<4>";
    return level == spdlog::level::info ? "<6>" : "<7>";
  }
};

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

spdlog::sink_ptr MakeStderrSink() {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  // systemd sets JOURNAL_STREAM for what it has connected to the journal.
  if (std::getenv("JOURNAL_STREAM") == nullptr) {
    sink->set_pattern(kLinePattern);
    return sink;
  }
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<JournalPriority>('*').set_pattern(kJournalPattern);
  sink->set_formatter(std::move(formatter));
  return sink;
}

std::unique_ptr<spdlog::logger> MakeLogger(const LogOptions& options) {
  std::vector<spdlog::sink_ptr> sinks;
  if (options.to_stderr) sinks.push_back(MakeStderrSink());
  if (!options.file.empty()) {
    sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        options.file, kLogFileSizeBytesMax, kLogFilesKept));
    sinks.back()->set_pattern(kLinePattern);
  }
  auto logger = std::make_unique<spdlog::logger>("baton", sinks.begin(), sinks.end());
  logger->set_level(SpdlogLevel(options.level));
  // A service manager may end the process at any moment; lines are few.
  logger->flush_on(spdlog::level::debug);
  return logger;
}

// Never destroyed: threads may log until the process is gone.
std::unique_ptr<spdlog::logger>& Logger() {
  static auto& logger = *new std::unique_ptr<spdlog::logger>(MakeLogger({}));
  return logger;
}

std::string Scrub(absl::string_view message) {
  const absl::string_view kept = message.substr(0, kLogMessageSizeBytesMax);
  std::string scrubbed;
  scrubbed.reserve(kept.size());
  for (const char c : kept) {
    if (c == '\n') {
      scrubbed += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      absl::StrAppendFormat(&scrubbed, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      scrubbed += c;
    }
  }
  if (kept.size() < message.size()) {
    absl::StrAppend(&scrubbed, "... (", message.size() - kept.size(), " bytes left out)");
  }
  return scrubbed;
}

void Write(spdlog::level::level_enum level, absl::string_view message) {
  spdlog::logger& logger = *Logger();
  if (logger.should_log(level)) logger.log(level, spdlog::string_view_t(Scrub(message)));
}

}  // namespace

absl::Status ConfigureLog(const LogOptions& options) {
  try {
    Logger() = MakeLogger(options);
  } catch (const spdlog::spdlog_ex& error) {
    return absl::FailedPreconditionError(
        absl::StrCat("open the log file ", options.file, ": ", error.what()));
  }
  return absl::OkStatus();
}

void LogDebug(absl::string_view message) { Write(spdlog::level::debug, message); }
void LogInfo(absl::string_view message) { Write(spdlog::level::info, message); }
void LogWarning(absl::string_view message) { Write(spdlog::level::warn, message); }
void LogError(absl::string_view message) { Write(spdlog::level::err, message); }

}  // namespace baton
