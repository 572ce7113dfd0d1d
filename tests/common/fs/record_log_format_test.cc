#include "common/fs/record_log_format.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

const std::vector<std::string>& SmallRecords() {
  static const auto* const records = new std::vector<std::string>{
      "claim", "", std::string("\0\0\0\0", 4), std::string(300, 'x'), "last"};
  return *records;
}

std::string LogOf(const std::vector<std::string>& records) {
  std::string log(kRecordLogHeader);
  for (const std::string& record : records) AppendRecord(record, log);
  return log;
}

// How many of `records` lie wholly within the first `size` bytes of their log.
size_t RecordsWithin(const std::vector<std::string>& records, size_t size) {
  size_t end = kRecordLogHeader.size();
  size_t count = 0;
  for (const std::string& record : records) {
    end += kRecordHeaderBytes + record.size();
    if (end > size) break;
    ++count;
  }
  return count;
}

TEST(RecordLogFormat, TheseBytesAreOnDisks) {
  // The checksum is CRC-32 (as of zip and PNG) of 03 00 00 00 61 62 63.
  EXPECT_EQ(absl::BytesToHexString(LogOf({"abc"})),
            absl::StrCat(absl::BytesToHexString("baton-record-log 1\n"), "03000000", "335de166",
                         "616263"));
}

TEST(RecordLogFormat, ReadsWhatWasWritten) {
  const std::string log = LogOf(SmallRecords());
  ASSERT_OK_AND_ASSIGN(const ParsedRecordLog parsed, ParseRecordLog(log));
  EXPECT_THAT(parsed.records, ElementsAreArray(SmallRecords()));
  EXPECT_EQ(parsed.intact_bytes, log.size());
}

TEST(RecordLogFormat, ReadsTheLargestRecord) {
  const std::string log = LogOf({std::string(kRecordBytesMax, 'x'), "after"});
  ASSERT_OK_AND_ASSIGN(const ParsedRecordLog parsed, ParseRecordLog(log));
  EXPECT_EQ(parsed.records.size(), 2U);
  const std::string larger = LogOf({std::string(kRecordBytesMax + 1, 'x'), "after"});
  EXPECT_THAT(ParseRecordLog(larger), StatusIs(StatusCode::kDataLoss, HasSubstr("record 1")));
}

TEST(RecordLogFormat, ATornTailEndsTheLogAtEveryByte) {
  const std::string log = LogOf(SmallRecords());
  for (size_t size = kRecordLogHeader.size(); size <= log.size(); ++size) {
    SCOPED_TRACE(size);
    const size_t whole = RecordsWithin(SmallRecords(), size);
    const std::vector<std::string> expected(SmallRecords().begin(),
                                            SmallRecords().begin() + static_cast<int>(whole));
    for (const size_t zeros : {size_t{0}, size_t{1}, size_t{100}, size_t{5000}}) {
      const std::string torn = log.substr(0, size) + std::string(zeros, '\0');
      ASSERT_OK_AND_ASSIGN(const ParsedRecordLog parsed, ParseRecordLog(torn));
      // Zeros may happen to be just what a record of zeros lacked.
      ASSERT_GE(parsed.records.size(), whole);
      if (parsed.records.size() > whole) {
        EXPECT_EQ(parsed.records[whole], SmallRecords()[whole]);
      } else {
        EXPECT_THAT(parsed.records, ElementsAreArray(expected));
        EXPECT_EQ(parsed.intact_bytes, LogOf(expected).size());
      }
    }
  }
}

TEST(RecordLogFormat, EveryFlippedBitEndsTheLogOrIsReported) {
  const std::string log = LogOf(SmallRecords());
  const size_t last = LogOf({SmallRecords().begin(), SmallRecords().end() - 1}).size();
  for (size_t bit = 0; bit < log.size() * 8; ++bit) {
    SCOPED_TRACE(bit);
    std::string flipped = log;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const absl::StatusOr<ParsedRecordLog> parsed = ParseRecordLog(flipped);
    if (bit / 8 >= last) {
      ASSERT_OK(parsed);
      EXPECT_EQ(parsed->intact_bytes, last);
      EXPECT_EQ(parsed->records.size(), SmallRecords().size() - 1);
    } else if (bit / 8 >= kRecordLogHeader.size()) {
      const size_t number = RecordsWithin(SmallRecords(), bit / 8) + 1;
      EXPECT_THAT(parsed, StatusIs(StatusCode::kDataLoss,
                                   HasSubstr(absl::StrCat("record ", number, " at byte "))));
    } else {
      EXPECT_THAT(parsed.status().code(),
                  testing::AnyOf(StatusCode::kDataLoss, StatusCode::kFailedPrecondition));
    }
  }
}

TEST(RecordLogFormat, NamesTheDamagedRecordAndTheIntactOneBehindIt) {
  std::string log = LogOf({"first", "second", "third"});
  const size_t second = LogOf({"first"}).size();
  const size_t third = LogOf({"first", "second"}).size();
  log[second + kRecordHeaderBytes] = 'S';
  EXPECT_THAT(ParseRecordLog(log),
              StatusIs(StatusCode::kDataLoss,
                       absl::StrCat("record 2 at byte ", second,
                                    " is damaged; an intact record follows at byte ", third)));
}

TEST(RecordLogFormat, RefusesWhatBeginsOtherwise) {
  for (const char* data : {"", "baton-record-log", "baton-record-log 1", "baton-record-log \n",
                           "baton-record-log 1x\n", "baton-record-log 1234567890\n", "hosts:\n"}) {
    EXPECT_THAT(ParseRecordLog(data), StatusIs(StatusCode::kDataLoss, HasSubstr("record log")))
        << data;
  }
}

TEST(RecordLogFormat, RefusesAnotherVersion) {
  EXPECT_THAT(ParseRecordLog("baton-record-log 2\nwhatever"),
              StatusIs(StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("version 2;"), HasSubstr("version 1"))));
}

TEST(RecordLogFormat, GivesUpASearchThatCostsTooMuch) {
  // At every fourth byte a possible length of nearly a megabyte.
  std::string log(kRecordLogHeader);
  for (int i = 0; i < 600'000; ++i) log.append("\xff\xff\x0f\0", 4);
  EXPECT_THAT(ParseRecordLog(log), StatusIs(StatusCode::kDataLoss, HasSubstr("too long")));
}

}  // namespace
}  // namespace baton
