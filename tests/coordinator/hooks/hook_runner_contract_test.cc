// What every HookRunner promises, tried on the one that runs processes and on the fake.

#include <sys/stat.h>

#include <fstream>
#include <functional>
#include <latch>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/sync/mutex.h"
#include "coordinator/hooks/hook_output.h"
#include "coordinator/hooks/hook_runner.h"
#include "coordinator/hooks/posix_hook_runner.h"
#include "gmock/gmock.h"
#include "tests/support/fake_hook_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Program = FakeHookRunner::Program;

constexpr char kSecret[] = "hunter2";

// A runner, and a way to give it programs.
class RunnerWorld {
 public:
  virtual ~RunnerWorld() = default;
  // Installs a program and returns its path.
  virtual std::string Install(const Program& program) = 0;
  virtual HookRunner& runner() = 0;
  virtual void DestroyRunner() = 0;
};

// Programs are scripts of a shell.
class ProcessWorld : public RunnerWorld {
 public:
  std::string Install(const Program& program) override {
    const std::string path = folder_ / absl::StrCat("program-", ++programs_);
    std::ofstream(path + ".out") << program.output;
    std::ofstream script(path);
    script << "#!/bin/sh\n";
    if (program.prints_environment) script << "/usr/bin/env\n";
    script << "/bin/cat '" << path << ".out'\n";
    if (program.hangs) script << "exec /bin/sleep 1000\n";
    script << "exit " << program.exit_code << "\n";
    script.close();
    chmod(path.c_str(), 0700);
    return path;
  }
  HookRunner& runner() override { return *runner_; }
  void DestroyRunner() override { runner_.reset(); }

 private:
  TempFolder folder_;
  int programs_ = 0;
  std::unique_ptr<PosixHookRunner> runner_ =
      std::make_unique<PosixHookRunner>([] { return std::vector<std::string>{kSecret}; });
};

class FakeWorld : public RunnerWorld {
 public:
  std::string Install(const Program& program) override {
    const std::string path = absl::StrCat("/hooks/program-", runner_->programs.size());
    runner_->programs[path] = program;
    runner_->programs[path].secret = kSecret;
    return path;
  }
  HookRunner& runner() override { return *runner_; }
  void DestroyRunner() override { runner_.reset(); }
  FakeHookRunner& fake() { return *runner_; }

 private:
  std::unique_ptr<FakeHookRunner> runner_ = std::make_unique<FakeHookRunner>();
};

Program Ends(int exit_code, std::string output) {
  Program program;
  program.exit_code = exit_code;
  program.output = std::move(output);
  return program;
}

Program Hangs(std::string output) {
  Program program = Ends(0, std::move(output));
  program.hangs = true;
  return program;
}

// One hook under way.
class Execution {
 public:
  void Begin(HookRunner& runner, HookCommand command) {
    runner.Run(
        std::move(command),
        [this](absl::string_view bytes) {
          MutexLock lock(mutex_);
          EXPECT_FALSE(ended_.try_wait()) << "output after the end";
          output_.append(bytes.data(), bytes.size());
          shown_.NotifyAll();
        },
        [this](absl::StatusOr<journal::v1::HookResult> result) {
          result_ = std::move(result);
          ended_.count_down();
        });
  }
  absl::StatusOr<journal::v1::HookResult> Await() {
    ended_.wait();
    return result_;
  }
  std::string output() {
    MutexLock lock(mutex_);
    return output_;
  }
  void AwaitOutput(absl::string_view text) {
    MutexLock lock(mutex_);
    while (output_.find(std::string(text)) == std::string::npos) shown_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar shown_;
  std::string output_ ABSL_GUARDED_BY(mutex_);
  std::latch ended_{1};  // not of Abseil: the thread sanitizer does not see into that
  absl::StatusOr<journal::v1::HookResult> result_ = absl::UnknownError("not ended");
};

class HookRunnerContract
    : public testing::TestWithParam<std::function<std::unique_ptr<RunnerWorld>()>> {
 protected:
  HookCommand Command(const Program& program, absl::Duration timeout = absl::Minutes(1)) {
    return {{world_->Install(program)}, {"BATON_HOST=fe 1", "BATON_FARM=prod"}, timeout};
  }
  absl::StatusOr<journal::v1::HookResult> Run(const HookCommand& command) {
    execution_ = std::make_unique<Execution>();
    execution_->Begin(world_->runner(), command);
    return execution_->Await();
  }

  std::unique_ptr<RunnerWorld> world_ = GetParam()();
  std::unique_ptr<Execution> execution_;
};

TEST_P(HookRunnerContract, TellsExitCodeAndOutput) {
  ASSERT_OK_AND_ASSIGN(const journal::v1::HookResult result,
                       Run(Command(Ends(3, "pool web\nis locked\n"))));
  EXPECT_EQ(result.exit_code(), 3);
  EXPECT_EQ(result.signal(), 0);
  EXPECT_FALSE(result.timed_out());
  EXPECT_EQ(result.output_tail(), "pool web\nis locked\n");
  EXPECT_EQ(result.output_bytes(), 19u);
  EXPECT_EQ(execution_->output(), "pool web\nis locked\n");
}

TEST_P(HookRunnerContract, GivesTheEnvironmentAndWordsAsTheyAre) {
  Program program;
  program.prints_environment = true;
  ASSERT_OK_AND_ASSIGN(const journal::v1::HookResult result, Run(Command(program)));
  EXPECT_THAT(std::vector<std::string>(absl::StrSplit(result.output_tail(), '\n')),
              AllOf(Contains("BATON_HOST=fe 1"), Contains("BATON_FARM=prod")));
}

TEST_P(HookRunnerContract, KeepsTheEndOfMuchOutputAndShowsItsBeginning) {
  const std::string flood = std::string(kHookShownBytesMax + 100, 'x') + "the end\n";
  ASSERT_OK_AND_ASSIGN(const journal::v1::HookResult result, Run(Command(Ends(0, flood))));
  EXPECT_THAT(result.output_tail(), AllOf(SizeIs(kHookTailBytes), EndsWith("xthe end\n")));
  EXPECT_EQ(result.output_bytes(), flood.size());
  EXPECT_THAT(execution_->output(), SizeIs(kHookShownBytesMax));
}

TEST_P(HookRunnerContract, MasksSecrets) {
  ASSERT_OK_AND_ASSIGN(const journal::v1::HookResult result,
                       Run(Command(Ends(0, "password=hunter2.\n"))));
  EXPECT_EQ(result.output_tail(), "password=***.\n");
  EXPECT_EQ(execution_->output(), "password=***.\n");
}

TEST_P(HookRunnerContract, EndsWhatTakesTooLong) {
  ASSERT_OK_AND_ASSIGN(const journal::v1::HookResult result,
                       Run(Command(Hangs("waiting\n"), absl::Milliseconds(300))));
  EXPECT_TRUE(result.timed_out());
  EXPECT_NE(result.signal(), 0);
}

TEST_P(HookRunnerContract, SaysWhyAProgramWasNotStarted) {
  EXPECT_THAT(Run({{"/nowhere/at-all"}, {}, absl::Minutes(1)}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/at-all")));
  EXPECT_THAT(world_->runner().Check("/nowhere/at-all"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/at-all")));
  EXPECT_OK(world_->runner().Check(world_->Install({})));
}

TEST_P(HookRunnerContract, EndsHooksWhenItGoes) {
  if (auto* fake = dynamic_cast<FakeWorld*>(world_.get())) fake->fake().time_flies = false;
  Execution execution;
  execution.Begin(world_->runner(), Command(Hangs("begun, and a little more\n")));
  if (dynamic_cast<FakeWorld*>(world_.get()) == nullptr) execution.AwaitOutput("begun");
  world_->DestroyRunner();
  EXPECT_THAT(execution.Await(), StatusIs(absl::StatusCode::kCancelled, testing::_));
}

INSTANTIATE_TEST_SUITE_P(All, HookRunnerContract,
                         testing::Values([] { return std::make_unique<ProcessWorld>(); },
                                         [] { return std::make_unique<FakeWorld>(); }),
                         [](const auto& row) { return row.index == 0 ? "Posix" : "Fake"; });

}  // namespace
}  // namespace baton
