#include "agent/tools/tool_status.h"

#include "absl/strings/str_cat.h"
#include "agent/tools/tool_record.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr absl::string_view kStartKind = "start";
constexpr absl::string_view kExitKind = "exit";

void AddIdentity(ToolRecord& record, absl::string_view who, const ProcessIdentity& identity) {
  record.AddNumber(absl::StrCat(who, "_pid"), identity.pid);
  record.AddNumber(absl::StrCat(who, "_start_ticks"), static_cast<int64_t>(identity.start_ticks));
}

absl::StatusOr<ProcessIdentity> IdentityOf(const ToolRecord& record, absl::string_view who) {
  ProcessIdentity identity;
  ASSIGN_OR_RETURN(identity.pid, record.Number(absl::StrCat(who, "_pid")));
  ASSIGN_OR_RETURN(const int64_t ticks, record.Number(absl::StrCat(who, "_start_ticks")));
  identity.start_ticks = static_cast<uint64_t>(ticks);
  ASSIGN_OR_RETURN(identity.boot_id, record.Text("boot_id"));
  return identity;
}

absl::StatusOr<absl::Time> TimeOf(const ToolRecord& record, absl::string_view key) {
  ASSIGN_OR_RETURN(const int64_t time_us, record.Number(key));
  return absl::FromUnixMicros(time_us);
}

absl::string_view Cut(absl::string_view text) { return text.substr(0, kToolErrorBytesMax); }

}  // namespace

std::string EncodeToolStart(const ToolStart& start) {
  ToolRecord record;
  AddIdentity(record, "supervisor", start.supervisor);
  AddIdentity(record, "tool", start.tool);
  record.Add("boot_id", start.tool.boot_id);
  record.AddNumber("start_time_us", absl::ToUnixMicros(start.start_time));
  return record.Encode(kStartKind);
}

absl::StatusOr<ToolStart> DecodeToolStart(absl::string_view text) {
  ASSIGN_OR_RETURN(const ToolRecord record, ToolRecord::Decode(kStartKind, text));
  ToolStart start;
  ASSIGN_OR_RETURN(start.supervisor, IdentityOf(record, "supervisor"));
  ASSIGN_OR_RETURN(start.tool, IdentityOf(record, "tool"));
  ASSIGN_OR_RETURN(start.start_time, TimeOf(record, "start_time_us"));
  return start;
}

std::string EncodeToolExit(const ToolExit& exit) {
  ToolRecord record;
  record.AddNumber("exit_code", exit.exit_code);
  record.AddNumber("signal", exit.signal);
  record.AddNumber("timed_out", exit.timed_out ? 1 : 0);
  record.AddNumber("killed", exit.killed ? 1 : 0);
  record.AddNumber("succeeded", exit.succeeded ? 1 : 0);
  record.Add("start_error", Cut(exit.start_error));
  record.AddNumber("end_time_us", absl::ToUnixMicros(exit.end_time));
  record.AddNumber("output_bytes", static_cast<int64_t>(exit.output_bytes));
  record.AddNumber("output_bytes_dropped", static_cast<int64_t>(exit.output_bytes_dropped));
  record.Add("output_error", Cut(exit.output_error));
  return record.Encode(kExitKind);
}

absl::StatusOr<ToolExit> DecodeToolExit(absl::string_view text) {
  ASSIGN_OR_RETURN(const ToolRecord record, ToolRecord::Decode(kExitKind, text));
  ToolExit exit;
  ASSIGN_OR_RETURN(const int64_t exit_code, record.Number("exit_code"));
  exit.exit_code = static_cast<int>(exit_code);
  ASSIGN_OR_RETURN(const int64_t signal, record.Number("signal"));
  exit.signal = static_cast<int>(signal);
  ASSIGN_OR_RETURN(const int64_t timed_out, record.Number("timed_out"));
  exit.timed_out = timed_out != 0;
  ASSIGN_OR_RETURN(const int64_t killed, record.Number("killed"));
  exit.killed = killed != 0;
  ASSIGN_OR_RETURN(const int64_t succeeded, record.Number("succeeded"));
  exit.succeeded = succeeded != 0;
  ASSIGN_OR_RETURN(exit.start_error, record.Text("start_error"));
  ASSIGN_OR_RETURN(exit.end_time, TimeOf(record, "end_time_us"));
  ASSIGN_OR_RETURN(const int64_t bytes, record.Number("output_bytes"));
  exit.output_bytes = static_cast<uint64_t>(bytes);
  ASSIGN_OR_RETURN(const int64_t dropped, record.Number("output_bytes_dropped"));
  exit.output_bytes_dropped = static_cast<uint64_t>(dropped);
  ASSIGN_OR_RETURN(exit.output_error, record.Text("output_error"));
  return exit;
}

}  // namespace baton
