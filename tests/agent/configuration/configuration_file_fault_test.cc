// What a disk that fails, and a machine that loses its power, leave of a rewrite and of a restore.

#include <cerrno>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "agent/configuration/file.h"
#include "common/hash/sha256.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/agent/configuration/testdata.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPath[] = "/platform/server.hsconf";
// Holds the old bytes, whichever way the file is replaced.
constexpr char kBackupPath[] = "/platform/server.hsconf.bak-run-7";

std::string OldBytes() { return ReadTestdata("server-windows.hsconf"); }

std::string NewBytes() {
  return absl::StrReplaceAll(OldBytes(), {{"Hostname>10.0.0.11<", "Hostname>10.0.0.12<"}});
}

std::string BytesOf(FileSystem& fs, const std::string& path) {
  return fs.ReadFile(path, kConfigurationBytesMax).value_or("unreadable");
}

// One way to replace the file: what is there before, and what after.
struct Deed {
  const char* name;
  std::string (*before)();
  std::string (*after)();
  uint64_t space_needed;  // on the disk
  void (*prepare)(FakeFileSystem& fs);
  absl::StatusOr<ConfigurationFile::RewriteOutcome> (*act)(FileSystem& fs);
};

void PrintTo(const Deed& deed, std::ostream* out) { *out << deed.name; }

const Deed kRewrite = {
    "Rewrite",
    OldBytes,
    NewBytes,
    OldBytes().size() + NewBytes().size(),
    [](FakeFileSystem& fs) { fs.PutFile(kPath, OldBytes()); },
    [](FileSystem& fs) {
      return ConfigurationFile(fs, kPath).Rewrite(
          Sha256(OldBytes()), {{"ServiceConfiguration/CompilerServerHostname", "10.0.0.12"}},
          "run-7");
    },
};

const Deed kRestore = {
    "Restore",
    NewBytes,
    OldBytes,
    OldBytes().size(),
    [](FakeFileSystem& fs) {
      fs.PutFile(kPath, NewBytes());
      fs.PutFile(kBackupPath, OldBytes());
    },
    [](FileSystem& fs) {
      return ConfigurationFile(fs, kPath).Restore("server.hsconf.bak-run-7", Sha256(NewBytes()),
                                                  Sha256(OldBytes()), "run-8");
    },
};

uint64_t MutatingCallsOf(const Deed& deed) {
  FakeFileSystem fs;
  deed.prepare(fs);
  const uint64_t before = fs.mutating_calls();
  EXPECT_OK(deed.act(fs));
  return fs.mutating_calls() - before;
}

struct Fault {
  const char* name;
  int error_number;
  absl::StatusCode code;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class FailingDisk : public testing::TestWithParam<std::tuple<Deed, Fault>> {};

TEST_P(FailingDisk, LeavesTheFileUntouchedAtEveryCall) {
  const auto& [deed, fault] = GetParam();
  const uint64_t calls = MutatingCallsOf(deed);
  uint64_t errors = 0;
  for (uint64_t call = 1; call <= calls; ++call) {
    SCOPED_TRACE(absl::StrCat("call ", call));
    FakeFileSystem fs;
    deed.prepare(fs);
    fs.FailAt(fs.mutating_calls() + call, PosixError("write", fault.error_number));
    const auto outcome = deed.act(fs);
    ASSERT_THAT(outcome, StatusIs(fault.code, AllOf(HasSubstr("write: "), HasSubstr(kPath))));
    ++errors;
    // Untouched, or new where the message says so.
    const bool declared =
        absl::StrContains(outcome.status().message(), "the new bytes are in place");
    EXPECT_EQ(BytesOf(fs, kPath), declared ? deed.after() : deed.before()) << outcome.status();
    EXPECT_THAT(fs.ListFolder("/platform").value(), Not(testing::Contains(HasSubstr("new"))));
    // The cause is gone: sent again, it works.
    ASSERT_OK(deed.act(fs));
    EXPECT_EQ(BytesOf(fs, kPath), deed.after());
    EXPECT_EQ(BytesOf(fs, kBackupPath), OldBytes());
  }
  EXPECT_EQ(errors, calls);
}

INSTANTIATE_TEST_SUITE_P(
    , FailingDisk,
    testing::Combine(
        testing::Values(kRewrite, kRestore),
        testing::Values(Fault{"Full", ENOSPC, absl::StatusCode::kResourceExhausted},
                        Fault{"ReadOnlyDisk", EROFS, absl::StatusCode::kPermissionDenied},
                        Fault{"ReadOnlyFolder", EACCES, absl::StatusCode::kPermissionDenied},
                        Fault{"Broken", EIO, absl::StatusCode::kInternal})),
    [](const auto& test) {
      return absl::StrCat(std::get<0>(test.param).name, std::get<1>(test.param).name);
    });

class Replacement : public testing::TestWithParam<Deed> {};

TEST_P(Replacement, LeavesTheFileUntouchedWhateverFitsOnAFullDisk) {
  const Deed& deed = GetParam();
  for (uint64_t space = 0; space < deed.space_needed; space += 97) {
    FakeFileSystem fs;
    deed.prepare(fs);
    fs.SetSpace(space);
    ASSERT_THAT(deed.act(fs), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(kPath)));
    ASSERT_EQ(BytesOf(fs, kPath), deed.before());
    ASSERT_THAT(fs.ListFolder("/platform").value(), Not(testing::Contains(HasSubstr("new"))));
  }
}

TEST_P(Replacement, LeavesOldOrNewBytesAndAWholeBackupWhenThePowerIsCut) {
  constexpr uint64_t kSeeds = 30;
  const Deed& deed = GetParam();
  const uint64_t calls = MutatingCallsOf(deed);
  for (uint64_t call = 1; call <= calls + 1; ++call) {
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
      SCOPED_TRACE(absl::StrCat("call ", call, " seed ", seed));
      FakeFileSystem fs;
      deed.prepare(fs);
      fs.FailFrom(fs.mutating_calls() + call, absl::UnavailableError("power cut"));
      const bool done = deed.act(fs).ok();
      EXPECT_EQ(done, call > calls);
      fs.Crash(seed);
      const std::string found = BytesOf(fs, kPath);
      ASSERT_TRUE(found == deed.after() || (!done && found == deed.before()));
      // Where the old bytes are gone from the file, the backup has them.
      const bool backed_up = fs.Describe(kBackupPath).ok();
      ASSERT_TRUE(backed_up || found == OldBytes());
      if (backed_up) {
        ASSERT_EQ(BytesOf(fs, kBackupPath), OldBytes());
      }
      ASSERT_OK(deed.act(fs));
      ASSERT_EQ(BytesOf(fs, kPath), deed.after());
      ASSERT_EQ(BytesOf(fs, kBackupPath), OldBytes());
    }
  }
}

// Somebody else writes the file while the new bytes are being prepared.
class MeddlingFileSystem : public FakeFileSystem {
 public:
  absl::Status SetOwnerAndMode(const std::string& path, uint32_t owner, uint32_t group,
                               uint32_t mode) override {
    PutFile(kPath, "<by><someone><else/></someone></by>");
    return FakeFileSystem::SetOwnerAndMode(path, owner, group, mode);
  }
};

TEST_P(Replacement, DoesNotOverwriteAChangeOfSomebodyElse) {
  MeddlingFileSystem fs;
  GetParam().prepare(fs);
  EXPECT_THAT(GetParam().act(fs), StatusIs(absl::StatusCode::kAborted,
                                           AllOf(HasSubstr(kPath), HasSubstr("not the expected"))));
  EXPECT_EQ(BytesOf(fs, kPath), "<by><someone><else/></someone></by>");
}

INSTANTIATE_TEST_SUITE_P(, Replacement, testing::Values(kRewrite, kRestore),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace baton
