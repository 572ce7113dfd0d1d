#include "tests/support/fake_file_system.h"

#include <memory>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::absl::StatusCode;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr uint64_t kMax = 1 << 20;

class FakeFileSystemTest : public testing::Test {
 protected:
  FakeFileSystemTest() { EXPECT_OK(fs_.CreateFolders("/d", 0700)); }

  FakeFileSystem fs_;
};

TEST_F(FakeFileSystemTest, LosesBytesThatWereNotSynced) {
  fs_.PutFile("/d/log", "put ");
  ASSERT_OK_AND_ASSIGN(const auto file, fs_.OpenForAppend("/d/log", 0600));
  ASSERT_OK(file->Append("synced"));
  ASSERT_OK(file->Sync());
  ASSERT_OK(file->Append(" lost"));
  fs_.Crash();
  EXPECT_THAT(fs_.ReadFile("/d/log", kMax), IsOkAndHolds("put synced"));
}

TEST_F(FakeFileSystemTest, LosesNamesOfAFolderThatWasNotSynced) {
  fs_.PutFile("/d/removed", "1");
  fs_.PutFile("/d/from", "2");
  ASSERT_OK(fs_.CreateFile("/d/created", "3", 0600));
  ASSERT_OK(fs_.Rename("/d/from", "/d/to"));
  ASSERT_OK(fs_.Remove("/d/removed"));
  ASSERT_OK(fs_.SyncFolder("/"));
  EXPECT_THAT(fs_.ListFolder("/d"), IsOkAndHolds(ElementsAre("created", "to")));
  fs_.Crash();
  EXPECT_THAT(fs_.ListFolder("/d"), IsOkAndHolds(ElementsAre("from", "removed")));
}

TEST_F(FakeFileSystemTest, KeepsNamesOfASyncedFolder) {
  fs_.PutFile("/d/removed", "1");
  fs_.PutFile("/d/from", "2");
  ASSERT_OK(fs_.CreateFile("/d/created", "3", 0600));
  ASSERT_OK(fs_.Rename("/d/from", "/d/to"));
  ASSERT_OK(fs_.Remove("/d/removed"));
  ASSERT_OK(fs_.SyncFolder("/d"));
  fs_.Crash();
  EXPECT_THAT(fs_.ListFolder("/d"), IsOkAndHolds(ElementsAre("created", "to")));
  EXPECT_THAT(fs_.ReadFile("/d/created", kMax), IsOkAndHolds("3"));
}

TEST_F(FakeFileSystemTest, ARenameBringsNoBytesToTheDisk) {
  fs_.PutFile("/d/x", "old");
  ASSERT_OK_AND_ASSIGN(const auto file, fs_.OpenForAppend("/d/new", 0600));
  ASSERT_OK(file->Append("never synced"));
  ASSERT_OK(fs_.Rename("/d/new", "/d/x"));
  ASSERT_OK(fs_.SyncFolder("/d"));
  fs_.Crash();
  EXPECT_THAT(fs_.ReadFile("/d/x", kMax), IsOkAndHolds(""));
}

TEST_F(FakeFileSystemTest, ASeedChoosesHowMuchOfTheTailSurvives) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    std::string before;
    for (int round = 0; round < 2; ++round) {
      FakeFileSystem fs;
      fs.PutFile("/x", "synced");
      ASSERT_OK_AND_ASSIGN(const auto file, fs.OpenForAppend("/x", 0600));
      ASSERT_OK(file->Append("abc"));
      fs.Crash(seed);
      ASSERT_OK_AND_ASSIGN(const std::string after, fs.ReadFile("/x", kMax));
      ASSERT_THAT(after, StartsWith("synced"));
      if (round == 1) {
        EXPECT_EQ(after, before) << "not deterministic";
      }
      before = after;
    }
    seen.insert(before.substr(6));
  }
  for (const std::string& tail : {std::string(), std::string("a"), std::string("abc"),
                                  std::string("ab\0", 3), std::string("\0", 1)}) {
    EXPECT_THAT(seen, Contains(tail));
  }
}

TEST_F(FakeFileSystemTest, ASeedChoosesHowManyNamesSurviveInTheirOrder) {
  std::set<std::vector<std::string>> seen;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    FakeFileSystem fs;
    for (const char* path : {"/1", "/2", "/3"}) ASSERT_OK(fs.CreateFile(path, "", 0600));
    fs.Crash(seed);
    ASSERT_OK_AND_ASSIGN(const auto names, fs.ListFolder("/"));
    seen.insert(names);
  }
  EXPECT_THAT(seen, ElementsAre(IsEmpty(), ElementsAre("1"), ElementsAre("1", "2"),
                                ElementsAre("1", "2", "3")));
}

TEST_F(FakeFileSystemTest, FilesOfBeforeTheCrashAreDead) {
  ASSERT_OK_AND_ASSIGN(const auto file, fs_.OpenForAppend("/d/log", 0600));
  fs_.Crash();
  EXPECT_THAT(file->Append("x"), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("crash")));
  EXPECT_THAT(file->Sync(), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("crash")));
}

TEST_F(FakeFileSystemTest, FailsOneCall) {
  ASSERT_EQ(fs_.mutating_calls(), 1U);
  fs_.FailAt(3, absl::UnavailableError("injected"));
  ASSERT_OK_AND_ASSIGN(const auto file, fs_.OpenForAppend("/d/log", 0600));
  EXPECT_THAT(fs_.ReadFile("/d/log", kMax), IsOkAndHolds(""));  // not counted
  EXPECT_THAT(file->Append("1234"), StatusIs(StatusCode::kUnavailable, "injected"));
  EXPECT_THAT(fs_.ReadFile("/d/log", kMax), IsOkAndHolds("12"));
  EXPECT_OK(file->Append("56"));
  EXPECT_OK(file->Sync());
  EXPECT_EQ(fs_.mutating_calls(), 5U);
}

TEST_F(FakeFileSystemTest, FailsFromACallOnUntilTheCrash) {
  fs_.FailFrom(2, absl::UnavailableError("injected"));
  const auto fails = StatusIs(StatusCode::kUnavailable, "injected");
  EXPECT_THAT(fs_.CreateFile("/d/x", "", 0600), fails);
  EXPECT_THAT(fs_.Remove("/d/x"), fails);
  EXPECT_THAT(fs_.CreateFolders("/e", 0700), fails);
  EXPECT_THAT(fs_.Rename("/d/x", "/d/y"), fails);
  EXPECT_THAT(fs_.SyncFolder("/d"), fails);
  EXPECT_THAT(fs_.Truncate("/d/x", 0), fails);
  EXPECT_THAT(fs_.SetOwnerAndMode("/d/x", 1, 1, 0), fails);
  EXPECT_THAT(fs_.OpenForAppend("/d/x", 0600), fails);
  EXPECT_EQ(fs_.mutating_calls(), 9U);
  fs_.Crash();
  EXPECT_OK(fs_.CreateFile("/d/x", "", 0600));
}

TEST_F(FakeFileSystemTest, TheDiskIsFullAfterItsSpace) {
  fs_.SetSpace(5);
  ASSERT_OK(fs_.CreateFile("/d/x", "123", 0600));
  ASSERT_OK_AND_ASSIGN(const auto file, fs_.OpenForAppend("/d/y", 0600));
  const auto full = StatusIs(StatusCode::kResourceExhausted, HasSubstr("ENOSPC"));
  EXPECT_THAT(file->Append("456"), full);
  EXPECT_THAT(fs_.ReadFile("/d/y", kMax), IsOkAndHolds("45"));
  EXPECT_THAT(fs_.CreateFile("/d/z", "7", 0600), full);
  fs_.SetSpace(1);
  EXPECT_OK(file->Append("6"));
}

TEST_F(FakeFileSystemTest, ARenameBetweenFoldersIsWholeAfterACrash) {
  ASSERT_OK(fs_.CreateFolders("/e", 0700));
  ASSERT_OK(fs_.CreateFile("/d/x", "data", 0600));
  ASSERT_OK(fs_.Rename("/d/x", "/e/x"));
  fs_.Crash();
  EXPECT_THAT(fs_.ListFolder("/d"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(fs_.ReadFile("/e/x", kMax), IsOkAndHolds("data"));
}

}  // namespace
}  // namespace baton
