#include "deploy/lab/standin/standin.h"

#include <signal.h>
#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/status/status_macros.h"
#include "deploy/lab/standin/configuration_tool.h"
#include "deploy/lab/standin/database.h"
#include "deploy/lab/standin/host_manager.h"
#include "deploy/lab/standin/init_host.h"
#include "deploy/lab/standin/init_script.h"
#include "deploy/lab/standin/java_tools.h"
#include "deploy/lab/standin/service_process.h"

namespace baton::standin {
namespace {

// What the subcommands read their options into. `exit_code` is what the chosen one returned.
struct CommandLine {
  InitOptions init;
  std::string state;
  std::string service;
  std::string listen;
  std::string server;
  int ready_fd = -1;
  bool die_with_parent = false;
  int exit_code = 0;
};

int Report(const absl::Status& status) {
  if (status.ok()) return 0;
  std::cerr << "platform-standin: " << absl::string_view(status.message()) << std::endl;
  return 1;
}

// Nothing that a test or a rehearsal starts may outlive it, however it ends.
void DieWithParentIfAsked(const CommandLine& line) {
  if (line.die_with_parent) prctl(PR_SET_PDEATHSIG, SIGTERM);
}

int RunHost(const CommandLine& line) {
  const HostState state(line.state);
  DieWithParentIfAsked(line);
  EventLoop loop;
  HostManager manager(state, loop);
  const absl::Status booted = manager.Boot();
  return booted.ok() ? loop.Run() : Report(booted);
}

int RunService(const CommandLine& line) {
  const HostState state(line.state);
  EventLoop loop;
  return ServiceProcess(line.service, state, loop, line.ready_fd).Run();
}

int RunDatabase(const CommandLine& line) {
  const HostState state(line.state);
  const absl::StatusOr<Endpoint> endpoint = ParseEndpoint(line.listen);
  if (!endpoint.ok()) return Report(endpoint.status());
  DieWithParentIfAsked(line);
  EventLoop loop;
  loop.OnSignal([&loop](int /*number*/) { loop.Stop(0); });
  Database database(state, loop);
  const absl::Status started = database.Start(*endpoint);
  return started.ok() ? loop.Run() : Report(started);
}

// What a person does in Service Center to a server that is lost.
absl::Status DisableServer(const CommandLine& line) {
  const HostState state(line.state);
  ASSIGN_OR_RETURN(const HostFacts host, ReadHostFacts(state));
  ASSIGN_OR_RETURN(const MachineConfig machine, state.ReadMachineConfig());
  ASSIGN_OR_RETURN(Session database,
                   DatabaseSession(host, machine.database,
                                   absl::StrCat("hello service service-center ", host.name)));
  RETURN_IF_ERROR(database.Open());
  return database.Call(absl::StrCat("disable-server ", line.server)).status();
}

CLI::App* AddStateCommand(CLI::App& app, CommandLine& line, const std::string& name,
                          const std::string& description) {
  CLI::App* command = app.add_subcommand(name, description);
  command->add_option("--state", line.state, "the state folder")->required();
  return command;
}

void AddInit(CLI::App& app, CommandLine& line) {
  InitOptions& init = line.init;
  CLI::App* command = app.add_subcommand("init", "make a host's state folder");
  command->add_option("--state", init.state, "the folder")->required();
  command->add_option("--name", init.name, "the host's name in events; default: its address");
  command->add_option("--address", init.address, "the host's own address")->required();
  command->add_option("--database", init.database, "ADDRESS:PORT")->required();
  command->add_option("--controller", init.controller, "address of the Deployment Controller")
      ->required();
  command->add_option("--front-end", init.front_end, "true or false");
  command->add_option("--role", init.role, "controller or front-end");
  command->add_option("--application-port", init.application_port, "of the web server");
  command->add_option("--key-seed", init.key_seed, "equal on all hosts of a farm");
  command->add_option("--stack", init.stack, "dotnet or java");
  command->add_option("--serial", init.serial, "what a license is bound to");
  command->add_flag("--cache", init.cache, "the host has the farm's RabbitMQ");
  command->add_flag("--passive", init.passive, "the host stands by: its scheduler is disabled");
  command->callback([&line] { line.exit_code = Report(InitHost(line.init)); });
}

void AddDieWithParent(CLI::App& command, CommandLine& line) {
  command.add_flag("--die-with-parent", line.die_with_parent,
                   "end when the thread that started this program ends");
}

void AddDaemons(CLI::App& app, CommandLine& line) {
  CLI::App* host = AddStateCommand(app, line, "host", "boot a host and manage its services");
  AddDieWithParent(*host, line);
  host->callback([&line] { line.exit_code = RunHost(line); });

  CLI::App* service = AddStateCommand(app, line, "service", "run one service");
  service->add_option("name", line.service, "controller, deployment, scheduler, cache or web")
      ->required();
  service->add_option("--ready-fd", line.ready_fd, "gets a byte once the service runs");
  service->callback([&line] { line.exit_code = RunService(line); });

  CLI::App* database = AddStateCommand(app, line, "database", "run the farm's database");
  database->add_option("--listen", line.listen, "ADDRESS:PORT; port 0 chooses one")->required();
  AddDieWithParent(*database, line);
  database->callback([&line] { line.exit_code = RunDatabase(line); });
}

using ToolRunner = int (*)(const HostState&, const std::vector<std::string>&, std::ostream&);

using AskingToolRunner = int (*)(const HostState&, const std::vector<std::string>&, std::istream&,
                                 std::ostream&);

// A tool that asks its questions on standard input.
template <AskingToolRunner run>
int AskingOnTerminal(const HostState& state, const std::vector<std::string>& words,
                     std::ostream& out) {
  return run(state, words, std::cin, out);
}

// The arguments of the platform's tools are theirs alone: everything unknown is passed on.
void AddTool(CLI::App& app, CommandLine& line, const std::string& name, ToolRunner run) {
  CLI::App* command = AddStateCommand(app, line, name, "behave like the platform's tool");
  command->set_help_flag();
  command->allow_extras();
  command->callback([&line, command, run] {
    line.exit_code = run(HostState(line.state), command->remaining(), std::cout);
  });
}

}  // namespace

int RunStandin(int argc, char** argv) {
  CLI::App app("Behaves like the OutSystems platform, in labs.", "platform-standin");
  app.require_subcommand(1);
  CommandLine line;
  AddInit(app, line);
  AddDaemons(app, line);
  AddTool(app, line, "configuration-tool", RunConfigurationTool);
  AddTool(app, line, "sc-installer", RunScInstaller);
  AddTool(app, line, "osp-tool", RunOspTool);
  AddTool(app, line, "init-script", RunInitScript);
  AddTool(app, line, "service-configurator", AskingOnTerminal<RunServiceConfigurator>);
  AddTool(app, line, "java-configuration-tool", AskingOnTerminal<RunJavaConfigurationTool>);
  CLI::App* disable =
      AddStateCommand(app, line, "disable-server", "leave a server out of installations");
  disable->add_option("name", line.server, "the server's name")->required();
  disable->callback([&line] { line.exit_code = Report(DisableServer(line)); });
  CLI11_PARSE(app, argc, argv);
  return line.exit_code;
}

}  // namespace baton::standin
