// The main function of every benchmark program.

#include <cstdlib>

#include "benchmark/benchmark.h"
#include "common/log/log.h"
#include "tests/bench/measure.h"

int main(int argc, char** argv) {
  // The output is the table. gRPC would tell of every agent that is silent on purpose.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  baton::LogOptions log;
  log.level = baton::LogLevel::kError;
  baton::bench::Require(baton::ConfigureLog(log));
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
