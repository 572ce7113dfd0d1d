#include "common/rpc/grpc_log.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>

#include <string>

#include "common/fs/file_system.h"
#include "common/log/log.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SendGrpcLogToLog, ErrorsBecomeWarningsOfOurs) {
  const TempFolder folder;
  const std::string path = folder / "log";
  LogOptions options;
  options.file = path;
  options.to_stderr = false;
  ASSERT_OK(ConfigureLog(options));
  SendGrpcLogToLog();
  grpc_init();  // before, the library logs nothing
  gpr_log("x.cc", 1, GPR_LOG_SEVERITY_ERROR, "No match found for server name: %s", "127.0.0.1.");
  gpr_log("x.cc", 1, GPR_LOG_SEVERITY_ERROR, "Handshake failed");
  gpr_log("x.cc", 1, GPR_LOG_SEVERITY_INFO, "details");
  grpc_shutdown();
  ASSERT_OK(ConfigureLog(LogOptions{}));  // flushes and closes the file
  EXPECT_THAT(PosixFileSystem().ReadFile(path, 10'000),
              IsOkAndHolds(AllOf(HasSubstr("gRPC: Handshake failed"), Not(HasSubstr("server name")),
                                 Not(HasSubstr("details")))));
}

}  // namespace
}  // namespace baton
