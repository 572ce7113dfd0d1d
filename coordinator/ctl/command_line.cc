#include "coordinator/ctl/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace baton::ctl {
namespace {

constexpr char kDescription[] =
    "Moves roles between the servers of an OutSystems farm, and proves every step.";
constexpr char kFooter[] =
    "\nEvery command has --help with an example.\n"
    "Exit codes: 0 done, 1 error, 2 usage, 10 refused and nothing changed, 11 stopped and "
    "something\n"
    "changed, 12 waiting for a person, 13 outcome unknown.";

// Adds arguments to a command.
class ArgumentAdder {
 public:
  ArgumentAdder(CLI::App& app, Options& options) : app_(app), options_(options) {}

  void Add(const Argument& argument) {
    name_ = std::string(argument.name);
    help_ = std::string(argument.help);
    CLI::Option* option =
        std::visit([this](auto target) { return AddTo(target); }, argument.target);
    option->required(argument.required);
    if (!absl::StartsWith(argument.name, "--")) option->type_name("");
  }

 private:
  CLI::Option* AddTo(bool Options::*member) {
    return app_.add_flag(name_, options_.*member, help_);
  }
  CLI::Option* AddTo(std::string Options::*member) {
    return app_.add_option(name_, options_.*member, help_)->type_name(ValueName());
  }
  CLI::Option* AddTo(uint32_t Options::*member) {
    return app_.add_option(name_, options_.*member, help_)->type_name("N");
  }
  CLI::Option* AddTo(std::vector<std::string> Options::*member) {
    return app_.add_option(name_, options_.*member, help_)->type_name(ValueName());
  }

  // "--to" takes a TO, unless the words of help begin with a better name: "HOST that ...".
  std::string ValueName() const {
    const std::string first = help_.substr(0, help_.find(' '));
    const bool names_value = std::all_of(first.begin(), first.end(), [](char c) {
      return absl::ascii_isupper(static_cast<unsigned char>(c));
    });
    return names_value && first.size() > 1 ? first : "TEXT";
  }

  CLI::App& app_;
  Options& options_;
  std::string name_;
  std::string help_;
};

// The parser of a whole command line, made from the table.
class Parser {
 public:
  Parser(const std::vector<Command>& commands, Options& options)
      : app_(kDescription, "baton"), options_(options) {
    app_.footer(kFooter);
    app_.set_help_flag("--help,-h", "Print this help and exit");
    AddGlobalOptions();
    for (const Command& command : commands) AddCommand(command);
  }

  // The arguments must come last first, as CLI11 wants them.
  void Parse(std::vector<std::string> reversed) { app_.parse(std::move(reversed)); }

  std::string Help() const { return app_.help(); }

  // The most particular one: of `debts pay` that is not `debts`.
  const Command* Chosen() const {
    const Command* chosen = nullptr;
    for (const auto& [app, command] : commands_) {
      const bool more = chosen == nullptr || command->name.size() > chosen->name.size();
      if (app->parsed() && more) chosen = command;
    }
    return chosen;
  }

  // The command that was understood, or as much of it: "baton runs".
  std::string Understood() const {
    const Command* chosen = Chosen();
    if (chosen != nullptr) return absl::StrCat("baton ", chosen->name);
    for (const auto& [name, group] : groups_) {
      if (group->parsed()) return absl::StrCat("baton ", name);
    }
    return "baton";
  }

 private:
  void AddGlobalOptions() {
    app_.add_option("--format", options_.format, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->type_name("FORMAT");
    app_.add_option("--coordinator", options_.coordinator,
                    absl::StrCat("ADDRESS of the Baton coordinator, ", kDefaultAddress,
                                 " if nothing else is said"))
        ->type_name("HOST:PORT");
    app_.add_option("--socket", options_.socket,
                    absl::StrCat("unix socket of the Baton coordinator; ", kDefaultSocket,
                                 " if it exists and no address is given"))
        ->type_name("PATH");
    app_.add_option("--identity", options_.identity,
                    "folder with your certificate; ~/.baton, else /etc/baton/identity")
        ->type_name("DIR");
  }

  CLI::App& GroupOf(absl::string_view name) {
    CLI::App*& group = groups_[std::string(name)];
    if (group == nullptr) {
      group = app_.add_subcommand(std::string(name), std::string(GroupSummary(name)));
      group->fallthrough();
    }
    return *group;
  }

  void AddCommand(const Command& command) {
    const std::vector<std::string> words = absl::StrSplit(command.name, ' ');
    CLI::App& parent = words.size() > 1 ? GroupOf(words[0]) : app_;
    CLI::App* app = parent.add_subcommand(words.back(), std::string(command.summary));
    app->fallthrough();
    if (words.size() == 1) groups_[words[0]] = app;  // others may stand below it
    app->footer(absl::StrCat("\nExample:\n  ", command.example,
                             "\n\nOptions of every command: baton --help"));
    ArgumentAdder adder(*app, options_);
    for (const Argument& argument : command.arguments) adder.Add(argument);
    commands_.emplace_back(app, &command);
  }

  CLI::App app_;
  Options& options_;
  std::map<std::string, CLI::App*> groups_;
  std::vector<std::pair<CLI::App*, const Command*>> commands_;
};

}  // namespace

Invocation ParseCommandLine(const std::vector<Command>& commands, std::vector<std::string> args) {
  Invocation invocation;
  Parser parser(commands, invocation.options);
  std::reverse(args.begin(), args.end());
  try {
    parser.Parse(std::move(args));
  } catch (const CLI::CallForHelp&) {
    invocation.output = parser.Help();
    return invocation;
  } catch (const CLI::ParseError& error) {
    invocation.error = error.what();
    invocation.exit_code = ExitCode::kUsage;
  }
  invocation.command = parser.Chosen();
  invocation.hint = absl::StrCat(parser.Understood(), " --help");
  if (invocation.error.empty() && invocation.command == nullptr) {
    invocation.error = absl::StrCat(parser.Understood(), ": which command?");
    invocation.exit_code = ExitCode::kUsage;
  }
  return invocation;
}

}  // namespace baton::ctl
