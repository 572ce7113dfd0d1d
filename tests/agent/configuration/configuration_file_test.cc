#include "agent/configuration/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "common/hash/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/agent/configuration/testdata.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
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

constexpr char kBackup[] = "server.hsconf.bak-run-7";

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
  EXPECT_EQ(outcome.backup, kBackup);
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

// An agent died after it wrote a password, which digests leave out: the same is asked for again.
TEST_F(RealConfigurationFile, NamesTheBackupOfARewriteThatWasDoneBefore) {
  constexpr char kPath[] = "CacheInvalidationConfiguration/ServicePassword";
  const std::vector<Edit> edits = {{kPath, "hunter2"}};
  ConfigurationFile file(PosixFileSystem(), path_, {kPath});
  ASSERT_OK(file.Rewrite(file.Read()->digest, {{kPath, "not encrypted either"}}, "run-6"));
  ASSERT_OK_AND_ASSIGN(const auto before, file.Read());
  ASSERT_OK(file.Rewrite(before.digest, edits, "run-7"));
  ASSERT_OK_AND_ASSIGN(const auto again, file.Rewrite(before.digest, edits, "run-7"));
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.backup, kBackup);
  ASSERT_OK_AND_ASSIGN(const auto other_run, file.Rewrite(before.digest, edits, "run-8"));
  EXPECT_EQ(other_run.backup, "");
  // A backup that holds something else is not named.
  ASSERT_OK(file.Rewrite(before.digest, Edits(), "run-7"));
  ASSERT_OK_AND_ASSIGN(const auto rewritten, file.Rewrite(before.digest, Edits(), "run-7"));
  EXPECT_FALSE(rewritten.changed);
  EXPECT_EQ(rewritten.backup, "");
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
  EXPECT_EQ(outcome.backup, "");
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
  EXPECT_EQ(outcome.backup, kBackup);
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

// --- Restoring ----------------------------------------------------------------------------------

class RestoredConfigurationFile : public RealConfigurationFile {
 protected:
  RestoredConfigurationFile() {
    if (!Rewrite().ok()) ADD_FAILURE() << "the file cannot be rewritten";
  }

  absl::StatusOr<ConfigurationFile::RewriteOutcome> Restore(const std::string& backup = kBackup) {
    return file_.Restore(backup, Sha256(BytesAfter()), Sha256(BytesBefore()), "run-8");
  }
};

TEST_F(RestoredConfigurationFile, IsAsItWas) {
  ASSERT_EQ(chmod(path_.c_str(), 0647), 0);
  ASSERT_OK_AND_ASSIGN(const auto outcome, Restore());
  EXPECT_TRUE(outcome.changed);
  EXPECT_EQ(outcome.digest_before, Sha256(BytesAfter()));
  EXPECT_EQ(outcome.digest_after, Sha256(BytesBefore()));
  EXPECT_EQ(outcome.backup, "");
  EXPECT_EQ(BytesOf(path_), BytesBefore());
  EXPECT_EQ(BytesOf(backup_), BytesBefore());
  ASSERT_OK_AND_ASSIGN(const FileInfo info, PosixFileSystem().Describe(path_));
  EXPECT_EQ(info.mode, 0647u);
  // What the run wrote may hold a password: no copy of it stays.
  EXPECT_THAT(Names(), ElementsAre("server.hsconf", kBackup));
}

TEST_F(RestoredConfigurationFile, IsNotWrittenTwice) {
  ASSERT_OK(Restore());
  ASSERT_OK_AND_ASSIGN(const auto outcome, Restore());
  EXPECT_FALSE(outcome.changed);
  EXPECT_EQ(outcome.digest_after, Sha256(BytesBefore()));
  EXPECT_EQ(outcome.backup, "");
}

TEST_F(RestoredConfigurationFile, IsRefusedUnlessFileAndBackupAreAsExpected) {
  const std::string other = BytesAfter() + "<!-- by hand -->";
  Write(path_, other);
  EXPECT_THAT(Restore(), StatusIs(absl::StatusCode::kAborted,
                                  AllOf(HasSubstr(path_), HasSubstr(ToHex(Sha256(other))),
                                        HasSubstr(ToHex(Sha256(BytesAfter()))))));
  EXPECT_EQ(BytesOf(path_), other);

  Write(path_, BytesAfter());
  Write(backup_, other);
  EXPECT_THAT(Restore(), StatusIs(absl::StatusCode::kAborted,
                                  AllOf(HasSubstr(kBackup), HasSubstr(ToHex(Sha256(other))),
                                        HasSubstr(ToHex(Sha256(BytesBefore()))))));
  EXPECT_EQ(BytesOf(path_), BytesAfter());
}

TEST_F(RestoredConfigurationFile, PutsASecretBackThatNoDigestTells) {
  constexpr char kPath[] = "CacheInvalidationConfiguration/ServicePassword";
  ConfigurationFile file(PosixFileSystem(), path_, {kPath});
  ASSERT_OK_AND_ASSIGN(const auto start, file.Read());
  ASSERT_OK_AND_ASSIGN(const auto old, file.Rewrite(start.digest, {{kPath, "old"}}, "a"));
  ASSERT_OK_AND_ASSIGN(const auto fresh, file.Rewrite(old.digest_after, {{kPath, "new"}}, "b"));
  ASSERT_OK_AND_ASSIGN(const auto outcome,
                       file.Restore(fresh.backup, fresh.digest_after, fresh.digest_before, "c"));
  EXPECT_TRUE(outcome.changed);
  EXPECT_THAT(BytesOf(path_), HasSubstr(">old<"));
}

TEST_F(RestoredConfigurationFile, IsRestoredFromItsOwnBackupsOnly) {
  Write(folder_ / "other.hsconf.bak-run-7", BytesBefore());
  for (const std::string& name :
       {std::string(), std::string("other.hsconf.bak-run-7"), std::string("server.hsconf"),
        std::string("server.hsconf.bak-"), std::string("server.hsconf.new-run-7"),
        std::string("server.hsconf.bak-run-7.new"), std::string("server.hsconf.bak-../x"),
        std::string("../server.hsconf.bak-run-7"), backup_, std::string("./") + kBackup,
        std::string("server.hsconf.bak-run-7\0x", 25)}) {
    EXPECT_THAT(Restore(name),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is no name of a backup")));
  }
  EXPECT_THAT(Restore("server.hsconf.bak-run-1"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("server.hsconf.bak-run-1")));
  std::filesystem::rename(backup_, folder_ / "target");
  std::filesystem::create_symlink(folder_ / "target", backup_);
  EXPECT_THAT(Restore(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("is a symbolic link")));
  EXPECT_EQ(BytesOf(path_), BytesAfter());
}

TEST_F(RestoredConfigurationFile, RefusesMalformedDigests) {
  EXPECT_THAT(file_.Restore(kBackup, "short", Sha256(BytesBefore()), "run-8"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("the expected digest has 5")));
  EXPECT_THAT(file_.Restore(kBackup, Sha256(BytesAfter()), "short", "run-8"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("the restored digest has 5")));
}

}  // namespace
}  // namespace baton
