#include "tests/integration/live_farm.h"

#include <fcntl.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/fs/file_system.h"
#include "common/process/file_descriptor.h"
#include "common/time/clock.h"
#include "coordinator/ctl/rehearse/expectation.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using rehearse::Lab;
using rehearse::LabHost;
using rehearse::SeenFarm;

constexpr absl::Duration kPatience = absl::Minutes(3);
// Between two looks at processes and files.
constexpr absl::Duration kLookInterval = absl::Milliseconds(5);
constexpr int kOutcomeUnknown = 13;  // the exit code of a command that lost the Baton coordinator
constexpr char kCoordinator[] = "coordinator";

rehearse::WaitLimit Limit() { return {absl::Now() + kPatience}; }

size_t CountIn(const SeenFarm& farm, const std::string& event) {
  return static_cast<size_t>(std::count(farm.events.begin(), farm.events.end(), event));
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteCrash(const std::string& folder, absl::string_view words) {
  const std::string path = folder + "/crash-at";
  if (words.empty()) {
    std::filesystem::remove(path);
  } else {
    std::ofstream(path) << words;
  }
}

// The first word of `text` that begins with `prefix` and a digit.
std::string WordIn(const std::string& text, absl::string_view prefix) {
  for (const std::string& word :
       std::vector<std::string>(absl::StrSplit(text, absl::ByAnyChar(" ,:\n")))) {
    absl::string_view rest = word;
    if (absl::ConsumePrefix(&rest, prefix) && !rest.empty() &&
        absl::ascii_isdigit(static_cast<unsigned char>(rest[0]))) {
      return word;
    }
  }
  return "";
}

}  // namespace

LiveFarm::LiveFarm(uint32_t hosts) {
  absl::StatusOr<std::unique_ptr<Lab>> lab =
      Lab::Make(PosixFileSystem(), SystemClock(), BATON_CRASHING_PROGRAMS, hosts);
  EXPECT_OK(lab.status());
  if (!lab.ok()) std::abort();  // nothing of a test makes sense then
  lab_ = *std::move(lab);
  EXPECT_OK(lab_->Start(Limit()));
  const CommandEnd adopted =
      Baton({"adopt", "--controller", "fe1", "--cache", "fe1", "--reason", "a test begins"});
  EXPECT_EQ(adopted.exit_code, 0) << adopted.output;
}

// --- Commands -----------------------------------------------------------------------------------

CommandEnd LiveFarm::Baton(const std::vector<std::string>& arguments, absl::string_view identity) {
  Process process = Spawn(CommandLine(arguments, identity));
  EXPECT_OK(process.WaitForEnd(kPatience));
  command_.emplace(std::move(process));
  return Collect();
}

CommandEnd LiveFarm::Move(const std::string& to) {
  return Baton({"run", "move-controller", "--to", to, "--yes", to});
}

void LiveFarm::Begin(const std::vector<std::string>& arguments) {
  command_.emplace(Spawn(CommandLine(arguments, rehearse::kLabOperatorName)));
}

void LiveFarm::BeginMove(const std::string& to) {
  Begin({"run", "move-controller", "--to", to, "--yes", to});
}

CommandEnd LiveFarm::Finish(const std::function<void(const std::string& daemon)>& on_death) {
  std::vector<std::string> daemons = {kCoordinator};
  for (const LabHost& host : lab_->layout().hosts()) daemons.push_back("agent-" + host.name);
  const auto look = [&](absl::Duration wait) {
    for (const std::string& daemon : daemons) {
      const absl::StatusOr<ProcessExit> end = lab_->processes().Await(daemon, wait);
      if (!end.ok()) continue;
      EXPECT_EQ(end->signal, SIGKILL) << daemon << " exited with " << end->code;
      if (on_death) on_death(daemon);
      Start(daemon);
    }
  };
  const absl::Time deadline = absl::Now() + kPatience;
  while (!command_->WaitForEnd(kLookInterval).ok() && absl::Now() < deadline) {
    look(absl::ZeroDuration());
  }
  CommandEnd result = Collect();
  // The command may hear of a death before anybody looks after the process.
  if (result.exit_code == kOutcomeUnknown) look(20 * kLookInterval);
  return result;
}

void LiveFarm::AwaitEvent(const std::string& event, size_t before) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (Count(event) <= before && absl::Now() < deadline) {
    ASSERT_FALSE(command_->WaitForEnd(kLookInterval).ok()) << ReadOutput();
  }
}

std::vector<std::string> LiveFarm::CommandLine(const std::vector<std::string>& arguments,
                                               absl::string_view identity) {
  std::vector<std::string> argv = {
      BATON_PROGRAM, "--coordinator",
      absl::StrCat(lab_->layout().coordinator_address(), ":", rehearse::kLabCoordinatorPort),
      "--identity",
      absl::StrContains(identity, '/') ? std::string(identity)
                                       : lab_->layout().IdentityOf(identity)};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

Process LiveFarm::Spawn(const std::vector<std::string>& argv) {
  const FileDescriptor output(
      open((folder_ / "output").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  ProcessCommand command;
  command.argv = argv;
  command.output_fd = output.get();
  command.dies_with_parent = true;
  absl::StatusOr<Process> process = Process::Spawn(command);
  EXPECT_OK(process.status());
  if (!process.ok()) std::abort();
  return *std::move(process);
}

std::string LiveFarm::ReadOutput() { return ReadText(folder_ / "output"); }

CommandEnd LiveFarm::Collect() {
  KillGroup(command_->identity(), SIGKILL).IgnoreError();
  const absl::StatusOr<ProcessExit> end = command_->Collect();
  command_.reset();
  EXPECT_OK(end.status());
  return {end.ok() && end->signal == 0 ? end->code : -1, ReadOutput()};
}

// --- Daemons ------------------------------------------------------------------------------------

void LiveFarm::SetCoordinatorCrash(absl::string_view words) {
  WriteCrash(lab_->layout().coordinator_folder(), words);
}

void LiveFarm::SetAgentCrash(const std::string& host, absl::string_view words) {
  WriteCrash(Host(host).agent, words);
}

int LiveFarm::CountAppends() {
  return std::atoi(ReadText(lab_->layout().coordinator_folder() + "/appends").c_str());
}

void LiveFarm::Stop(const std::string& daemon, int signal) {
  EXPECT_OK(lab_->processes().Signal(daemon, signal));
  const absl::StatusOr<ProcessExit> end = lab_->processes().Await(daemon, kPatience);
  EXPECT_OK(end.status());
  EXPECT_EQ(end.ok() && signal == SIGTERM ? end->code : 0, 0) << daemon;
}

void LiveFarm::Start(const std::string& daemon) {
  absl::string_view host = daemon;
  EXPECT_OK(absl::ConsumePrefix(&host, "agent-") ? lab_->StartAgent(Host(host), Limit())
                                                 : lab_->StartCoordinator(Limit()));
}

void LiveFarm::Restart(const std::string& daemon) {
  Stop(daemon, SIGTERM);
  Start(daemon);
}

void LiveFarm::PowerOff(const std::string& host) {
  Stop("agent-" + host, SIGKILL);
  Stop("host-" + host, SIGKILL);
}

void LiveFarm::PowerOn(const std::string& host) {
  EXPECT_OK(lab_->StartHost(Host(host), Limit()));
  Start("agent-" + host);
}

void LiveFarm::UseProfile(const std::string& host, const std::string& overlay) {
  const std::string folder = Host(host).agent;
  const std::string profile = folder + "/profile.yaml";
  std::ofstream(profile) << "base: standin\nname: standin\n" << overlay;
  const std::string config = lab_->layout().AgentConfig(Host(host));
  std::ofstream(folder + "/agent.yaml") << absl::StrReplaceAll(
      config, {{"profile: standin", absl::StrCat("profile: '", profile, "'")}});
  Restart("agent-" + host);
}

// --- From outside -------------------------------------------------------------------------------

SeenFarm LiveFarm::Look() {
  absl::StatusOr<SeenFarm> seen = rehearse::LookAtFarm(PosixFileSystem(), lab_->layout());
  EXPECT_OK(seen.status());
  return seen.ok() ? *std::move(seen) : SeenFarm();
}

size_t LiveFarm::Count(const std::string& event) {
  std::istringstream lines(ReadText(lab_->layout().database_state() + "/events.log"));
  size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    count += absl::EndsWith(line, " " + event) ? 1 : 0;
  }
  return count;
}

void LiveFarm::ExpectMoved(const SeenFarm& before, const std::string& to) {
  plan::v1::Run run;
  run.set_phase(plan::v1::RUN_SUCCEEDED);
  run.mutable_plan()->set_new_controller(to);
  const SeenFarm after = Look();
  const rehearse::ExpectedFarm expected = rehearse::ExpectAfter(before, lab_->layout(), run);
  for (const rehearse::OutsideCheck& check : rehearse::CheckFarm(before, after, expected, to)) {
    EXPECT_EQ(check.failure, "") << check.name;
  }
  const CommandEnd replay = Baton({"replay"});
  EXPECT_EQ(replay.exit_code, 0) << replay.output;
  for (const LabHost& host : lab_->layout().hosts()) {
    const std::string apply = "tool-started apply-configuration " + host.name;
    const std::string install = "tool-started install-service-center " + host.name;
    EXPECT_EQ(CountIn(after, apply) - CountIn(before, apply), 1U) << apply;
    EXPECT_EQ(CountIn(after, install) - CountIn(before, install), host.name == to ? 1U : 0U)
        << install;
  }
}

std::string RunIn(const std::string& output) { return WordIn(output, "run-"); }

std::string PlanIn(const std::string& output) { return WordIn(output, "plan-"); }

std::vector<int> FindProcesses(const std::vector<std::string>& words) {
  std::vector<int> pids;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    int pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    const std::string line = ReadText(entry.path().string() + "/cmdline");
    const bool all = std::all_of(words.begin(), words.end(), [&line](const std::string& word) {
      return absl::StrContains(line, word);
    });
    if (all) pids.push_back(pid);
  }
  return pids;
}

bool LongTests() {
  const char* value = std::getenv("BATON_LONG");
  return value != nullptr && std::string(value) == "1";
}

}  // namespace baton
