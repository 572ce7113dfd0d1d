#include "common/fs/file_system.h"

#include <string>

#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::absl::StatusCode;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kPath[] = "/etc/x.conf";

TEST(ParentFolder, IsWhatHoldsThePath) {
  EXPECT_EQ(ParentFolder("/var/x"), "/var");
  EXPECT_EQ(ParentFolder("/x"), "/");
  EXPECT_EQ(ParentFolder("/"), "/");
  EXPECT_EQ(ParentFolder("x"), ".");
  EXPECT_EQ(ParentFolder("a/x"), "a");
}

TEST(WriteFileAtomically, CreatesAndReplacesDurably) {
  FakeFileSystem fs;
  ASSERT_OK(fs.CreateFolders("/etc", 0755));
  for (const char* data : {"first", "second"}) {
    ASSERT_OK(WriteFileAtomically(fs, kPath, data, 0640));
    fs.Crash();
    EXPECT_THAT(fs.ReadFile(kPath, 100), IsOkAndHolds(data));
  }
  EXPECT_THAT(fs.ListFolder("/etc"), IsOkAndHolds(ElementsAre("x.conf")));
  ASSERT_OK_AND_ASSIGN(const FileInfo info, fs.Describe(kPath));
  EXPECT_EQ(info.mode, 0640U);
}

TEST(WriteFileAtomically, CleansUpAfterEveryFailure) {
  // Create, rename, sync of the folder.
  for (uint64_t call = 1; call <= 3; ++call) {
    SCOPED_TRACE(call);
    FakeFileSystem fs;
    fs.PutFile(kPath, "old");
    fs.FailAt(call, absl::InternalError("disk on fire"));
    EXPECT_THAT(WriteFileAtomically(fs, kPath, "new", 0600),
                StatusIs(StatusCode::kInternal,
                         AllOf(StartsWith("write /etc/x.conf: "), HasSubstr("disk on fire"))));
    EXPECT_THAT(fs.ListFolder("/etc"), IsOkAndHolds(ElementsAre("x.conf")));
    EXPECT_THAT(fs.ReadFile(kPath, 100), IsOkAndHolds(call == 3 ? "new" : "old"));
  }
}

TEST(WriteFileAtomically, LeavesTheOldFileWhenTheDiskIsFull) {
  FakeFileSystem fs;
  fs.PutFile(kPath, "old");
  fs.SetSpace(2);
  EXPECT_THAT(WriteFileAtomically(fs, kPath, "new", 0600),
              StatusIs(StatusCode::kResourceExhausted, HasSubstr("No space left")));
  EXPECT_THAT(fs.ListFolder("/etc"), IsOkAndHolds(ElementsAre("x.conf")));
  EXPECT_THAT(fs.ReadFile(kPath, 100), IsOkAndHolds("old"));
}

TEST(WriteFileAtomically, IsOldOrNewAfterACrashAtAnyCallAndWorksAgain) {
  constexpr uint64_t kCalls = 3;
  for (uint64_t call = 1; call <= kCalls + 1; ++call) {
    for (uint64_t seed = 0; seed < 50; ++seed) {
      SCOPED_TRACE(testing::Message() << "call " << call << ", seed " << seed);
      FakeFileSystem fs;
      fs.PutFile(kPath, "old");
      fs.FailFrom(call, absl::InternalError("dead"));
      const bool written = WriteFileAtomically(fs, kPath, "newer", 0600).ok();
      EXPECT_EQ(written, call > kCalls);
      fs.Crash(seed);
      if (written) {
        EXPECT_THAT(fs.ReadFile(kPath, 100), IsOkAndHolds("newer"));
      } else {
        EXPECT_THAT(fs.ReadFile(kPath, 100), IsOkAndHolds(AnyOf("old", "newer")));
      }
      ASSERT_OK(WriteFileAtomically(fs, kPath, "newest", 0600));
      EXPECT_THAT(fs.ReadFile(kPath, 100), IsOkAndHolds("newest"));
      EXPECT_THAT(fs.ListFolder("/etc"), IsOkAndHolds(ElementsAre("x.conf")));
    }
  }
}

TEST(ReplaceFile, KeepsOwnerAndMode) {
  FakeFileSystem fs;
  fs.PutFile(kPath, "old");
  ASSERT_OK(fs.SetOwnerAndMode(kPath, 12, 34, 0664));
  ASSERT_OK(ReplaceFile(fs, kPath, "new"));
  fs.Crash();
  EXPECT_THAT(fs.ReadFile(kPath, 100), IsOkAndHolds("new"));
  ASSERT_OK_AND_ASSIGN(const FileInfo info, fs.Describe(kPath));
  EXPECT_EQ(info.owner, 12U);
  EXPECT_EQ(info.group, 34U);
  EXPECT_EQ(info.mode, 0664U);
}

TEST(ReplaceFile, ReplacesOnlyWhatIsThere) {
  FakeFileSystem fs;
  ASSERT_OK(fs.CreateFolders("/etc", 0755));
  EXPECT_THAT(ReplaceFile(fs, kPath, "new"), StatusIs(StatusCode::kNotFound, HasSubstr(kPath)));
  EXPECT_THAT(ReplaceFile(fs, "/etc", "new"),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("not a regular file")));
}

TEST(ReplaceFile, CleansUpAfterEveryFailure) {
  // Create, owner and mode, rename.
  for (uint64_t call = 1; call <= 3; ++call) {
    SCOPED_TRACE(call);
    FakeFileSystem fs;
    fs.PutFile(kPath, "old");
    fs.FailAt(call, absl::InternalError("disk on fire"));
    EXPECT_THAT(ReplaceFile(fs, kPath, "new"),
                StatusIs(StatusCode::kInternal, HasSubstr("disk on fire")));
    EXPECT_THAT(fs.ListFolder("/etc"), IsOkAndHolds(ElementsAre("x.conf")));
    EXPECT_THAT(fs.ReadFile(kPath, 100), IsOkAndHolds("old"));
  }
}

}  // namespace
}  // namespace baton
