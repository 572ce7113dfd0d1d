#include "common/hash/sha256.h"

#include <string>

#include "gtest/gtest.h"

namespace baton {
namespace {

struct KnownAnswer {
  std::string data;
  std::string hex;
};

// The examples of FIPS 180-2, the empty message, and one of more than a block.
class Sha256KnownAnswerTest : public testing::TestWithParam<KnownAnswer> {};

INSTANTIATE_TEST_SUITE_P(
    Fips, Sha256KnownAnswerTest,
    testing::Values(
        KnownAnswer{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        KnownAnswer{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        KnownAnswer{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        KnownAnswer{std::string(1'000'000, 'a'),
                    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}));

TEST_P(Sha256KnownAnswerTest, AtOnce) {
  EXPECT_EQ(Sha256(GetParam().data).size(), 32U);
  EXPECT_EQ(ToHex(Sha256(GetParam().data)), GetParam().hex);
}

TEST_P(Sha256KnownAnswerTest, InPiecesAndAgain) {
  Sha256Hasher hasher;
  const absl::string_view data = GetParam().data;
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < data.size(); i += 7) hasher.Update(data.substr(i, 7));
    EXPECT_EQ(ToHex(hasher.Finish()), GetParam().hex) << "round " << round;
  }
}

TEST(ToHex, TwoLowerCaseDigitsPerByte) {
  EXPECT_EQ(ToHex(absl::string_view("\x00\x0f\xa5\xff", 4)), "000fa5ff");
}

}  // namespace
}  // namespace baton
