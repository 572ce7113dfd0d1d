#include <cstdlib>
#include <memory>
#include <random>
#include <thread>

#include "absl/strings/str_format.h"
#include "common/log/log.h"
#include "common/rpc/grpc_log.h"
#include "common/status/status_macros.h"
#include "common/version/version.h"
#include "coordinator/ctl/ctl.h"
#include "coordinator/ctl/grpc_connect.h"
#include "coordinator/ctl/posix_console.h"

namespace {

// 128 random bits in hexadecimal.
std::string MakeRequestId() {
  std::random_device random;
  return absl::StrFormat("%08x%08x%08x%08x", random(), random(), random(), random());
}

}  // namespace

int main(int argc, char** argv) {
  using namespace baton;  // NOLINT(google-build-using-namespace): a root of twenty lines
  // What gRPC logs of a connection reaches people as the error of a call.
  LogOptions log;
  log.level = LogLevel::kError;
  if (!ConfigureLog(log).ok()) return EXIT_FAILURE;
  SendGrpcLogToLog();
  const char* home = std::getenv("HOME");
  ctl::PosixConsole console;
  ctl::Environment environment{.console = console,
                               .files = PosixFileSystem(),
                               .clock = SystemClock(),
                               .home = home == nullptr ? "" : home,
                               .version = Version()};
  std::unique_ptr<ctl::CoordinatorClient> client;
  environment.connect = [&](const auto& options) -> absl::StatusOr<ctl::CoordinatorClient*> {
    ASSIGN_OR_RETURN(client,
                     ctl::Connect(options, environment.files, environment.clock, environment.home));
    return client.get();
  };
  environment.make_request_id = MakeRequestId;
  environment.sleep = [](absl::Duration time) {
    std::this_thread::sleep_for(absl::ToChronoMilliseconds(time));
  };
  return static_cast<int>(ctl::RunCommandLine(environment, {argv + 1, argv + argc}));
}
