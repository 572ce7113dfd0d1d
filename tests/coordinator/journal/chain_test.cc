#include "coordinator/journal/chain.h"

#include <string>

#include "common/hash/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using journal::v1::Record;
using testing::HasSubstr;

Record AliveRecord() {
  Record record;
  record.set_run("run-1");
  record.set_actor("operator:alice");
  record.mutable_run_alive()->add_steps("repoint/fe1/apply");
  return record;
}

plan::v1::Anchor AnchorAt(uint64_t sequence, absl::string_view hash) {
  plan::v1::Anchor anchor;
  anchor.set_sequence(sequence);
  anchor.set_hash(std::string(hash));
  return anchor;
}

TEST(Seal, GivesSequenceHashAndBytes) {
  const std::string before = Sha256("before");
  ASSERT_OK_AND_ASSIGN(const SealedRecord sealed, Seal(AliveRecord(), AnchorAt(7, before)));
  EXPECT_EQ(sealed.stored.record.sequence(), 8U);
  EXPECT_EQ(sealed.stored.record.previous_hash(), before);
  EXPECT_EQ(sealed.stored.hash, Sha256(sealed.bytes));
  ASSERT_OK_AND_ASSIGN(const StoredRecord read,
                       Unseal(8, sealed.bytes, sealed.stored.hash, AnchorAt(7, before)));
  EXPECT_EQ(read.record.SerializeAsString(), sealed.bytes);
  EXPECT_EQ(read.hash, sealed.stored.hash);
}

TEST(Seal, OverwritesWhatTheCallerSays) {
  Record record = AliveRecord();
  record.set_sequence(99);
  record.set_previous_hash("made up");
  ASSERT_OK_AND_ASSIGN(const SealedRecord sealed, Seal(record, AnchorAt(0, "")));
  EXPECT_EQ(sealed.stored.record.sequence(), 1U);
  EXPECT_EQ(sealed.stored.record.previous_hash(), "");
}

TEST(Seal, RefusesARecordThatIsTooLarge) {
  Record record = AliveRecord();
  record.mutable_run_alive()->add_steps(std::string(kJournalRecordBytesMax, 'x'));
  EXPECT_THAT(Seal(record, AnchorAt(0, "")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("over the limit of 8388608")));
}

// Damages that a reader meets, each with the words that it must find for it.
struct DamageRow {
  const char* name;
  uint64_t sequence;         // of the row
  uint64_t previous;         // of the record before
  absl::string_view before;  // hash of the record before
  void (*damage)(std::string& bytes);
  bool hashed_again;  // whoever damaged it gave it a hash that fits
  const char* words;
};

const DamageRow kDamages[] = {
    {"AByteFlipped", 8, 7, "before", [](std::string& bytes) { bytes.back() ^= 1; }, false,
     "journal record 8 is damaged: its bytes do not give its hash"},
    {"Cut", 8, 7, "before", [](std::string& bytes) { bytes.pop_back(); }, true,
     "journal record 8 is damaged: it cannot be parsed"},
    {"Empty", 8, 7, "before", [](std::string& bytes) { bytes.clear(); }, true,
     "journal record 8 is damaged: it says that it is 0"},
    {"AnotherPlace", 9, 8, "before", [](std::string& /*bytes*/) {}, false,
     "journal record 9 is damaged: it says that it is 8"},
    {"OneMissing", 9, 7, "before", [](std::string& /*bytes*/) {}, false,
     "journal record 8 is missing: the next one there is 9"},
    {"AnotherBefore", 8, 7, "another", [](std::string& /*bytes*/) {}, false,
     "journal record 8 does not follow record 7: its previous hash is another"},
    {"ANewerKind", 8, 7, "before",
     [](std::string& bytes) {
       Record record;
       record.ParseFromString(bytes);
       record.clear_run_alive();
       record.GetReflection()->MutableUnknownFields(&record)->AddLengthDelimited(1000, "new");
       bytes = record.SerializeAsString();
     },
     true, "journal record 8 is of a kind that this version does not know"},
};

class Damages : public testing::TestWithParam<DamageRow> {};

TEST_P(Damages, AreNamed) {
  const DamageRow& row = GetParam();
  ASSERT_OK_AND_ASSIGN(SealedRecord sealed, Seal(AliveRecord(), AnchorAt(7, "before")));
  row.damage(sealed.bytes);
  const std::string hash = row.hashed_again ? Sha256(sealed.bytes) : sealed.stored.hash;
  EXPECT_THAT(Unseal(row.sequence, sealed.bytes, hash, AnchorAt(row.previous, row.before)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(row.words)));
}

INSTANTIATE_TEST_SUITE_P(Chain, Damages, testing::ValuesIn(kDamages),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace baton
