#include "common/fs/record_log.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/fs/record_log_format.h"
#include "common/status/status_macros.h"
#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kPath[] = "/state/log";
constexpr uint64_t kMax = RecordLog::kFileBytesMax;
using Records = std::vector<std::string>;

class RecordLogTest : public testing::Test {
 protected:
  RecordLogTest() { EXPECT_OK(fs_.CreateFolders("/state", 0700)); }

  // The records that a fresh start finds.
  absl::StatusOr<Records> ReadBack() {
    ASSIGN_OR_RETURN(OpenedRecordLog opened, RecordLog::Open(fs_, kPath));
    return opened.records;
  }

  FakeFileSystem fs_;
};

TEST_F(RecordLogTest, KeepsSyncedRecords) {
  ASSERT_OK_AND_ASSIGN(const OpenedRecordLog opened, RecordLog::Open(fs_, kPath));
  EXPECT_THAT(opened.records, IsEmpty());
  EXPECT_FALSE(opened.torn_tail);
  ASSERT_OK(opened.log->Append("one"));
  ASSERT_OK(opened.log->Append(""));
  ASSERT_OK(opened.log->Sync());
  ASSERT_OK(opened.log->Append("lost"));
  fs_.Crash();
  EXPECT_THAT(ReadBack(), IsOkAndHolds(ElementsAre("one", "")));
}

TEST_F(RecordLogTest, OnARealDisk) {
  const TempFolder folder;
  const std::string path = folder / "log";
  FileSystem& fs = PosixFileSystem();
  {
    ASSERT_OK_AND_ASSIGN(const OpenedRecordLog opened, RecordLog::Open(fs, path));
    ASSERT_OK(opened.log->Append("one"));
    ASSERT_OK(opened.log->Rewrite({"two"}));
    ASSERT_OK(opened.log->Append("three"));
    ASSERT_OK(opened.log->Sync());
  }
  ASSERT_OK_AND_ASSIGN(const FileInfo info, fs.Describe(path));
  EXPECT_EQ(info.mode, 0600U);
  ASSERT_OK(fs.Truncate(path, info.size_bytes - 1));
  ASSERT_OK_AND_ASSIGN(const OpenedRecordLog opened, RecordLog::Open(fs, path));
  EXPECT_THAT(opened.records, ElementsAre("two"));
  EXPECT_TRUE(opened.torn_tail);
}

TEST_F(RecordLogTest, CutsATornTailAndGoesOn) {
  std::string data(kRecordLogHeader);
  AppendRecord("one", data);
  fs_.PutFile(kPath, data + "torn");
  ASSERT_OK_AND_ASSIGN(const OpenedRecordLog opened, RecordLog::Open(fs_, kPath));
  EXPECT_TRUE(opened.torn_tail);
  EXPECT_THAT(opened.records, ElementsAre("one"));
  EXPECT_EQ(opened.log->size_bytes(), data.size());
  EXPECT_THAT(fs_.ReadFile(kPath, kMax), IsOkAndHolds(data));
  ASSERT_OK(opened.log->Append("two"));
  EXPECT_THAT(ReadBack(), IsOkAndHolds(ElementsAre("one", "two")));
}

TEST_F(RecordLogTest, WhatOpenReturnsIsDurable) {
  {
    // A process that was killed: it appended and did not sync.
    ASSERT_OK_AND_ASSIGN(const OpenedRecordLog opened, RecordLog::Open(fs_, kPath));
    ASSERT_OK(opened.log->Append("one"));
  }
  EXPECT_THAT(ReadBack(), IsOkAndHolds(ElementsAre("one")));
  fs_.Crash();
  EXPECT_THAT(ReadBack(), IsOkAndHolds(ElementsAre("one")));
}

TEST_F(RecordLogTest, MakesTheNameThatAKilledProcessLeftDurable) {
  // Killed between the rename and the sync of the folder.
  ASSERT_OK(fs_.CreateFile(kPath, kRecordLogHeader, 0600));
  ASSERT_OK_AND_ASSIGN(const OpenedRecordLog opened, RecordLog::Open(fs_, kPath));
  ASSERT_OK(opened.log->Append("one"));
  ASSERT_OK(opened.log->Sync());
  fs_.Crash();
  EXPECT_THAT(ReadBack(), IsOkAndHolds(ElementsAre("one")));
}

TEST_F(RecordLogTest, NamesPathRecordAndByteOfDamageAndLeavesTheFileAlone) {
  std::string data(kRecordLogHeader);
  const size_t first = data.size();
  AppendRecord("one", data);
  AppendRecord("two", data);
  data[first] = '\x7f';
  fs_.PutFile(kPath, data);
  EXPECT_THAT(RecordLog::Open(fs_, kPath),
              StatusIs(StatusCode::kDataLoss,
                       StartsWith(absl::StrCat(kPath, ": record 1 at byte ", first))));
  EXPECT_THAT(fs_.ReadFile(kPath, kMax), IsOkAndHolds(data));
}

TEST_F(RecordLogTest, RefusesAnotherVersion) {
  fs_.PutFile(kPath, "baton-record-log 7\n");
  EXPECT_THAT(
      RecordLog::Open(fs_, kPath),
      StatusIs(StatusCode::kFailedPrecondition, AllOf(StartsWith(kPath), HasSubstr("version 7"))));
}

TEST_F(RecordLogTest, ARecordAboveTheLimitIsRefusedAndNothingElseHappens) {
  ASSERT_OK_AND_ASSIGN(const OpenedRecordLog opened, RecordLog::Open(fs_, kPath));
  const std::string largest(kRecordBytesMax, 'x');
  const auto refused = StatusIs(StatusCode::kInvalidArgument, HasSubstr("1048577 bytes"));
  EXPECT_THAT(opened.log->Append(largest + "x"), refused);
  EXPECT_THAT(opened.log->Rewrite({largest + "x"}), refused);
  ASSERT_OK(opened.log->Append(largest));
  ASSERT_OK_AND_ASSIGN(const Records records, ReadBack());
  EXPECT_EQ(records.size(), 1U);
}

TEST_F(RecordLogTest, AFullFileTakesNoMoreUntilItIsRewritten) {
  ASSERT_OK_AND_ASSIGN(const OpenedRecordLog opened, RecordLog::Open(fs_, kPath));
  const std::string largest(kRecordBytesMax, 'x');
  absl::Status appended;
  while (appended.ok()) appended = opened.log->Append(largest);
  EXPECT_THAT(appended, StatusIs(StatusCode::kResourceExhausted, HasSubstr(kPath)));
  EXPECT_LE(opened.log->size_bytes(), kMax);
  EXPECT_GT(opened.log->size_bytes(), kMax - kRecordBytesMax - kRecordHeaderBytes);
  ASSERT_OK(opened.log->Rewrite({"small"}));
  ASSERT_OK(opened.log->Append("one"));
  EXPECT_THAT(ReadBack(), IsOkAndHolds(ElementsAre("small", "one")));
}

TEST_F(RecordLogTest, CannotBeUsedAfterAFailure) {
  struct Case {
    const char* name;
    absl::Status (*run)(RecordLog&);
  };
  constexpr Case kCases[] = {
      {"Append", [](RecordLog& log) { return log.Append("x"); }},
      {"Sync", [](RecordLog& log) { return log.Sync(); }},
      {"Rewrite", [](RecordLog& log) { return log.Rewrite({"x"}); }},
  };
  for (const Case& failing : kCases) {
    ASSERT_OK_AND_ASSIGN(const OpenedRecordLog opened, RecordLog::Open(fs_, kPath));
    fs_.FailAt(fs_.mutating_calls() + 1, absl::UnavailableError("disk on fire"));
    EXPECT_THAT(failing.run(*opened.log),
                StatusIs(StatusCode::kUnavailable, HasSubstr("disk on fire")));
    for (const Case& later : kCases) {
      EXPECT_THAT(later.run(*opened.log),
                  StatusIs(StatusCode::kFailedPrecondition,
                           AllOf(StartsWith(kPath), HasSubstr("disk on fire"))))
          << later.name << " after " << failing.name;
    }
  }
  EXPECT_THAT(ReadBack(), IsOkAndHolds(IsEmpty()));
}

TEST_F(RecordLogTest, AFullDiskTearsTheTailOnly) {
  ASSERT_OK_AND_ASSIGN(const OpenedRecordLog opened, RecordLog::Open(fs_, kPath));
  ASSERT_OK(opened.log->Append("one"));
  fs_.SetSpace(9);
  EXPECT_THAT(opened.log->Append("two"),
              StatusIs(StatusCode::kResourceExhausted, HasSubstr("ENOSPC")));
  EXPECT_THAT(ReadBack(), IsOkAndHolds(ElementsAre("one")));
}

// What a process believes of a log that it writes: what must be there, and what may be there.
struct Belief {
  Records durable;
  std::vector<Records> possible;  // all later states that a crash may leave
};

// One life of a process: five records, with a rewrite on the way. Ends at the first error.
absl::Status Live(FileSystem& fs, Belief& belief) {
  ASSIGN_OR_RETURN(const OpenedRecordLog opened, RecordLog::Open(fs, kPath));
  belief = {.durable = opened.records, .possible = {}};
  Records records = opened.records;
  for (int i = 0; i < 5; ++i) {
    records.push_back(absl::StrCat("record ", i, std::string(static_cast<size_t>(i) * 20, 'x')));
    belief.possible.push_back(records);
    RETURN_IF_ERROR(opened.log->Append(records.back()));
    if (i == 2) {
      records = {"compacted"};
      belief.possible.push_back(records);
      RETURN_IF_ERROR(opened.log->Rewrite(records));
      belief = {.durable = records, .possible = {}};
    }
    if (i % 2 == 1) {
      RETURN_IF_ERROR(opened.log->Sync());
      belief = {.durable = records, .possible = {}};
    }
  }
  return absl::OkStatus();
}

// Two lives, with a power cut at mutating call `call` of the first; checks what the second finds.
void CheckCrashAt(uint64_t call, uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "call " << call << ", seed " << seed);
  FakeFileSystem fs;
  ASSERT_OK(fs.CreateFolders("/state", 0700));
  fs.FailFrom(call, absl::UnavailableError("power cut"));
  Belief belief;
  Live(fs, belief).IgnoreError();
  fs.Crash(seed);
  ASSERT_OK_AND_ASSIGN(OpenedRecordLog opened, RecordLog::Open(fs, kPath));
  EXPECT_TRUE(opened.records == belief.durable ||
              std::count(belief.possible.begin(), belief.possible.end(), opened.records) > 0)
      << testing::PrintToString(opened.records);
  ASSERT_OK(opened.log->Append("afterwards"));
  ASSERT_OK(opened.log->Sync());
  opened.records.emplace_back("afterwards");
  fs.Crash();
  ASSERT_OK_AND_ASSIGN(const OpenedRecordLog again, RecordLog::Open(fs, kPath));
  EXPECT_EQ(again.records, opened.records);
  EXPECT_FALSE(again.torn_tail);
}

TEST_F(RecordLogTest, APowerCutAtAnyCallLosesNothingThatWasSynced) {
  const uint64_t before = fs_.mutating_calls();
  Belief belief;
  ASSERT_OK(Live(fs_, belief));
  const uint64_t last = fs_.mutating_calls();
  ASSERT_GT(last, before + 10);
  for (uint64_t call = before + 1; call <= last + 1; ++call) {
    for (uint64_t seed = 0; seed < 100; ++seed) CheckCrashAt(call, seed);
  }
}

}  // namespace
}  // namespace baton
