#include "agent/configuration/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/hash/sha256.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/agent/configuration/testdata.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr absl::string_view kSuffix = "run-7";

const std::vector<Edit>& Edits() {
  static const auto* edits =
      new std::vector<Edit>{{"ServiceConfiguration/CompilerServerHostname", "10.0.0.12"}};
  return *edits;
}

std::string BytesBefore() { return ReadTestdata("server-windows.hsconf"); }

std::string BytesAfter() {
  return absl::StrReplaceAll(BytesBefore(), {{"Hostname>10.0.0.11<", "Hostname>10.0.0.12<"}});
}

// Against the disk of this machine.
class RealConfigurationFile : public testing::Test {
 protected:
  RealConfigurationFile() { Write(path_, BytesBefore()); }

  static void Write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  std::string BytesOf(const std::string& path) {
    return PosixFileSystem().ReadFile(path, kConfigurationBytesMax).value_or("unreadable");
  }

  std::vector<std::string> Names() { return PosixFileSystem().ListFolder(folder_.path()).value(); }

  absl::StatusOr<ConfigurationFile::RewriteOutcome> Rewrite() {
    return file_.Rewrite(Sha256(BytesBefore()), Edits(), kSuffix);
  }

  const TempFolder folder_;
  const std::string path_ = folder_ / "server.hsconf";
  const std::string backup_ = folder_ / "server.hsconf.bak-run-7";
  ConfigurationFile file_{PosixFileSystem(), path_};
};

TEST_F(RealConfigurationFile, IsReadWithItsDigest) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, file_.Read());
  EXPECT_EQ(snapshot.bytes, BytesBefore());
  EXPECT_EQ(snapshot.digest, Sha256(BytesBefore()));
}

TEST_F(RealConfigurationFile, IsRewrittenWithABackupBesideIt) {
  ASSERT_OK_AND_ASSIGN(const auto outcome, Rewrite());
  EXPECT_TRUE(outcome.changed);
  EXPECT_EQ(outcome.digest_before, Sha256(BytesBefore()));
  EXPECT_EQ(outcome.digest_after, Sha256(BytesAfter()));
  EXPECT_EQ(outcome.digest_after, file_.PlannedDigest(BytesBefore(), Edits()).value());
  EXPECT_EQ(outcome.backup_path, backup_);
  EXPECT_EQ(BytesOf(path_), BytesAfter());
  EXPECT_EQ(BytesOf(backup_), BytesBefore());
  EXPECT_THAT(Names(), ElementsAre("server.hsconf", "server.hsconf.bak-run-7"));
}

TEST_F(RealConfigurationFile, GivesNoDigestOfASecret) {
  constexpr char kPath[] = "CacheInvalidationConfiguration/ServicePassword";
  ConfigurationFile file(PosixFileSystem(), path_, {kPath});
  ASSERT_OK_AND_ASSIGN(const auto before, file.Read());
  ASSERT_OK_AND_ASSIGN(const auto first, file.Rewrite(before.digest, {{kPath, "hunter2"}}, "a"));
  EXPECT_TRUE(first.changed);
  EXPECT_NE(first.digest_after, Sha256(BytesOf(path_)));
  ASSERT_OK_AND_ASSIGN(const auto second,
                       file.Rewrite(first.digest_after, {{kPath, "correct horse"}}, "b"));
  EXPECT_TRUE(second.changed);
  EXPECT_THAT(BytesOf(path_), HasSubstr("correct horse"));
  EXPECT_EQ(second.digest_after, first.digest_after);
  EXPECT_EQ(file.Read()->digest, first.digest_after);
}

TEST_F(RealConfigurationFile, KeepsModeOwnerAndGroup) {
  const bool root = geteuid() == 0;
  const uid_t owner = root ? 4711 : geteuid();
  const gid_t group = root ? 4712 : getegid();
  ASSERT_EQ(chown(path_.c_str(), owner, group), 0);
  ASSERT_EQ(chmod(path_.c_str(), 0647), 0);
  const mode_t umask_before = umask(0077);
  ASSERT_OK(Rewrite());
  umask(umask_before);
  ASSERT_OK_AND_ASSIGN(const FileInfo info, PosixFileSystem().Describe(path_));
  EXPECT_EQ(info.mode, 0647u);
  EXPECT_EQ(info.owner, owner);
  EXPECT_EQ(info.group, group);
  ASSERT_OK_AND_ASSIGN(const FileInfo backup, PosixFileSystem().Describe(backup_));
  EXPECT_EQ(backup.mode, 0600u);
}

TEST_F(RealConfigurationFile, IsNotWrittenWhereEveryValueIsThere) {
  ASSERT_OK(Rewrite());
  std::filesystem::remove(backup_);
  struct stat before {};
  ASSERT_EQ(stat(path_.c_str(), &before), 0);
  // The digest that the first rewrite expected: sending it again finds the work done.
  ASSERT_OK_AND_ASSIGN(const auto outcome, Rewrite());
  EXPECT_FALSE(outcome.changed);
  EXPECT_EQ(outcome.digest_before, Sha256(BytesAfter()));
  EXPECT_EQ(outcome.digest_after, outcome.digest_before);
  EXPECT_EQ(outcome.backup_path, "");
  struct stat after {};
  ASSERT_EQ(stat(path_.c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_THAT(Names(), ElementsAre("server.hsconf"));
}

TEST_F(RealConfigurationFile, IsRefusedNamingBothDigestsIfItIsAnother) {
  const std::string other = BytesBefore() + "<!-- by hand -->";
  Write(path_, other);
  EXPECT_THAT(Rewrite(), StatusIs(absl::StatusCode::kAborted,
                                  AllOf(HasSubstr(path_), HasSubstr(ToHex(Sha256(other))),
                                        HasSubstr(ToHex(Sha256(BytesBefore()))))));
  EXPECT_EQ(BytesOf(path_), other);
  EXPECT_THAT(Names(), ElementsAre("server.hsconf"));
}

TEST_F(RealConfigurationFile, IsRefusedIfItIsAnotherAndMalformed) {
  Write(path_, "<torn");
  EXPECT_THAT(Rewrite(), StatusIs(absl::StatusCode::kAborted, HasSubstr("not the expected")));
  EXPECT_THAT(file_.Rewrite(Sha256("<torn"), Edits(), kSuffix),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(path_), HasSubstr("line 1, column 1"))));
  EXPECT_EQ(BytesOf(path_), "<torn");
}

TEST_F(RealConfigurationFile, KeepsTheFirstBackupOfARun) {
  Write(backup_, "the first capture");
  ASSERT_OK_AND_ASSIGN(const auto outcome, Rewrite());
  EXPECT_EQ(outcome.backup_path, backup_);
  EXPECT_EQ(BytesOf(backup_), "the first capture");
  EXPECT_EQ(BytesOf(path_), BytesAfter());
}

TEST_F(RealConfigurationFile, IsNotWrittenIfItsBackupIsNoFile) {
  std::filesystem::create_symlink("/dev/null", backup_);
  EXPECT_THAT(Rewrite(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                  AllOf(HasSubstr(backup_), HasSubstr("not a regular file"))));
  EXPECT_EQ(BytesOf(path_), BytesBefore());
}

TEST_F(RealConfigurationFile, ReplacesWhatADeadAgentLeftBehind) {
  Write(folder_ / "server.hsconf.new-run-7", "half");
  Write(folder_ / "server.hsconf.bak-run-7.new", "half");
  ASSERT_OK(Rewrite());
  EXPECT_EQ(BytesOf(path_), BytesAfter());
  EXPECT_EQ(BytesOf(backup_), BytesBefore());
  EXPECT_THAT(Names(), ElementsAre("server.hsconf", "server.hsconf.bak-run-7"));
}

TEST_F(RealConfigurationFile, IsRefusedUnlessItIsARegularFileWithinTheLimit) {
  const std::string target = folder_ / "target";
  std::filesystem::rename(path_, target);
  EXPECT_THAT(Rewrite(), StatusIs(absl::StatusCode::kNotFound, HasSubstr(path_)));

  std::filesystem::create_symlink(target, path_);
  EXPECT_THAT(Rewrite(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("is a symbolic link")));
  EXPECT_EQ(BytesOf(target), BytesBefore());
  std::filesystem::remove(path_);

  std::filesystem::create_directory(path_);
  EXPECT_THAT(Rewrite(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not a regular file")));
  std::filesystem::remove(path_);

  // Nobody writes into this pipe: opening it would never return.
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(Rewrite(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not a regular file")));
  std::filesystem::remove(path_);

  Write(path_, "");
  ASSERT_EQ(truncate(path_.c_str(), off_t{1} << 30), 0);
  EXPECT_THAT(Rewrite(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("1073741824 bytes"), HasSubstr("the limit is 16777216"))));
  EXPECT_THAT(Names(), UnorderedElementsAre("server.hsconf", "target"));
}

TEST_F(RealConfigurationFile, RefusesMalformedArguments) {
  const auto kInvalid = absl::StatusCode::kInvalidArgument;
  for (const std::string& suffix : {std::string(), std::string("a/b"), std::string("../x"),
                                    std::string("a.b"), std::string(65, 'x')}) {
    EXPECT_THAT(file_.Rewrite(Sha256(BytesBefore()), Edits(), suffix),
                StatusIs(kInvalid, HasSubstr("backup suffix")));
  }
  EXPECT_THAT(file_.Rewrite(ToHex(Sha256(BytesBefore())), Edits(), kSuffix),
              StatusIs(kInvalid, HasSubstr("64 bytes, not 32")));
  EXPECT_THAT(Names(), ElementsAre("server.hsconf"));
}

// Against a disk in memory that fails when it is told to.
constexpr char kPath[] = "/platform/server.hsconf";
constexpr char kBackupPath[] = "/platform/server.hsconf.bak-run-7";

std::string BytesOf(FileSystem& fs, const std::string& path) {
  return fs.ReadFile(path, kConfigurationBytesMax).value_or("unreadable");
}

absl::StatusOr<ConfigurationFile::RewriteOutcome> RewriteOn(FileSystem& fs) {
  return ConfigurationFile(fs, kPath).Rewrite(Sha256(BytesBefore()), Edits(), kSuffix);
}

uint64_t MutatingCallsOfARewrite() {
  FakeFileSystem fs;
  fs.PutFile(kPath, BytesBefore());
  const uint64_t before = fs.mutating_calls();
  EXPECT_OK(RewriteOn(fs));
  return fs.mutating_calls() - before;
}

// The file after an error: untouched, or new where the message says so.
void ExpectUntouchedOrDeclared(FileSystem& fs, const absl::Status& error) {
  const bool declared = absl::StrContains(error.message(), "the new bytes are in place");
  EXPECT_EQ(BytesOf(fs, kPath), declared ? BytesAfter() : BytesBefore()) << error;
  EXPECT_THAT(std::string(error.message()), HasSubstr(kPath));
}

struct Fault {
  const char* name;
  int error_number;
  absl::StatusCode code;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class FailingDisk : public testing::TestWithParam<Fault> {};

TEST_P(FailingDisk, LeavesTheFileUntouchedAtEveryCall) {
  const uint64_t calls = MutatingCallsOfARewrite();
  uint64_t errors = 0;
  for (uint64_t call = 1; call <= calls; ++call) {
    SCOPED_TRACE(absl::StrCat("call ", call));
    FakeFileSystem fs;
    fs.PutFile(kPath, BytesBefore());
    fs.FailAt(fs.mutating_calls() + call, PosixError("write", GetParam().error_number));
    const auto outcome = RewriteOn(fs);
    ASSERT_THAT(outcome, StatusIs(GetParam().code, HasSubstr("write: ")));
    ++errors;
    ExpectUntouchedOrDeclared(fs, outcome.status());
    EXPECT_THAT(fs.ListFolder("/platform").value(), Not(testing::Contains(HasSubstr("new"))));
    // The cause is gone: sent again, it works.
    ASSERT_OK(RewriteOn(fs));
    EXPECT_EQ(BytesOf(fs, kPath), BytesAfter());
    EXPECT_EQ(BytesOf(fs, kBackupPath), BytesBefore());
  }
  EXPECT_EQ(errors, calls);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FailingDisk,
    testing::Values(Fault{"full", ENOSPC, absl::StatusCode::kResourceExhausted},
                    Fault{"read_only_disk", EROFS, absl::StatusCode::kPermissionDenied},
                    Fault{"read_only_folder", EACCES, absl::StatusCode::kPermissionDenied},
                    Fault{"broken", EIO, absl::StatusCode::kInternal}),
    [](const testing::TestParamInfo<Fault>& fault) { return fault.param.name; });

TEST(FullDisk, LeavesTheFileUntouchedWhateverFits) {
  const std::string before = BytesBefore();
  for (uint64_t space = 0; space < before.size() + BytesAfter().size(); space += 97) {
    FakeFileSystem fs;
    fs.PutFile(kPath, before);
    fs.SetSpace(space);
    const auto outcome = RewriteOn(fs);
    ASSERT_THAT(outcome, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(kPath)));
    ASSERT_EQ(BytesOf(fs, kPath), before);
    ASSERT_THAT(fs.ListFolder("/platform").value(), Not(testing::Contains(HasSubstr("new"))));
  }
}

TEST(PowerCut, LeavesOldOrNewBytesAndAWholeBackup) {
  constexpr uint64_t kSeeds = 30;
  const uint64_t calls = MutatingCallsOfARewrite();
  for (uint64_t call = 1; call <= calls + 1; ++call) {
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
      SCOPED_TRACE(absl::StrCat("call ", call, " seed ", seed));
      FakeFileSystem fs;
      fs.PutFile(kPath, BytesBefore());
      fs.FailFrom(fs.mutating_calls() + call, absl::UnavailableError("power cut"));
      const bool done = RewriteOn(fs).ok();
      EXPECT_EQ(done, call > calls);
      fs.Crash(seed);
      const std::string found = BytesOf(fs, kPath);
      ASSERT_TRUE(found == BytesAfter() || (!done && found == BytesBefore()));
      // Where the old bytes are gone from the file, the backup has them.
      const bool backed_up = fs.Describe(kBackupPath).ok();
      ASSERT_TRUE(backed_up || found == BytesBefore());
      if (backed_up) {
        ASSERT_EQ(BytesOf(fs, kBackupPath), BytesBefore());
      }
      ASSERT_OK(RewriteOn(fs));
      ASSERT_EQ(BytesOf(fs, kPath), BytesAfter());
      ASSERT_EQ(BytesOf(fs, kBackupPath), BytesBefore());
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

TEST(ConcurrentChange, IsNotOverwritten) {
  MeddlingFileSystem fs;
  fs.PutFile(kPath, BytesBefore());
  EXPECT_THAT(RewriteOn(fs), StatusIs(absl::StatusCode::kAborted,
                                      AllOf(HasSubstr(kPath), HasSubstr("not the expected"))));
  EXPECT_EQ(BytesOf(fs, kPath), "<by><someone><else/></someone></by>");
}

}  // namespace
}  // namespace baton
