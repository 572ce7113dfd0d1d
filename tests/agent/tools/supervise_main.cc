#include <unistd.h>

#include <cstdio>
#include <string>

#include "absl/strings/string_view.h"
#include "agent/tools/detached_supervisor_launcher.h"
#include "agent/tools/supervised_tool_runner.h"
#include "agent/tools/supervisor.h"

// What tests use as baton-agent:
//   supervise_main supervise FOLDER         is the supervisor
//   supervise_main start FOLDER ID SCRIPT   starts a tool, says so, and lives until it is killed
int main(int argc, char** argv) {
  const absl::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "supervise" && argc == 3) return baton::RunSupervisor(argv[2]);
  if (mode != "start" || argc != 5) return 2;

  baton::DetachedSupervisorLauncher launcher(argv[0]);
  baton::SupervisedToolRunner runner(argv[2], launcher);
  baton::ToolCommand command;
  command.id = argv[3];
  command.argv = {"/bin/sh", "-c", argv[4]};
  command.timeout = absl::Minutes(10);
  const absl::Status started = runner.Start(command);
  std::printf("%s\n", started.ToString().c_str());
  std::fflush(stdout);
  while (started.ok()) pause();
  return 1;
}
