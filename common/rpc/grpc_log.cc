#include "common/rpc/grpc_log.h"

#include <grpc/support/log.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/log/log.h"

namespace baton {
namespace {

// gRPC calls it an error when a client connects by a name or address that is not in the server's
// certificate. Clients of ours do not look there: see GrpcCredentials.
constexpr absl::string_view kNoSuchServerName = "No match found for server name";

void LogLine(gpr_log_func_args* line) {
  const absl::string_view message = line->message;
  if (absl::StartsWith(message, kNoSuchServerName)) return;
  const std::string text = absl::StrCat("gRPC: ", message);
  // Most of its errors are a peer's doing, a failed handshake for one, and none is fatal.
  if (line->severity == GPR_LOG_SEVERITY_ERROR) {
    LogWarning(text);
  } else {
    LogDebug(text);
  }
}

}  // namespace

void SendGrpcLogToLog() { gpr_set_log_function(LogLine); }

}  // namespace baton
