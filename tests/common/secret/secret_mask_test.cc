#include "common/secret/secret_mask.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace baton {
namespace {

std::string Number(size_t index) { return absl::StrCat("<", index, ">"); }

TEST(SecretMask, FindsSecretsHoweverTheStreamIsCut) {
  const std::string stream = "abc pw abcabd pw2 ppw";
  for (size_t first = 0; first <= stream.size(); ++first) {
    for (size_t second = first; second <= stream.size(); ++second) {
      SecretMask mask({"pw", "abcabd", "pw2", ""}, Number);
      std::string shown = mask.Add(stream.substr(0, first));
      shown += mask.Add(stream.substr(first, second - first));
      shown += mask.Add(stream.substr(second));
      shown += mask.Finish();
      EXPECT_EQ(shown, "abc <0> <1> <2> p<0>") << first << " " << second;
    }
  }
}

TEST(SecretMask, HoldsBackNoMoreThanABeginning) {
  SecretMask mask({"pw2"}, Number);
  EXPECT_EQ(mask.Add("xxpw"), "xx");
  EXPECT_EQ(mask.Finish(), "pw");
}

TEST(SecretMask, PassesEverythingWithoutSecrets) {
  SecretMask mask({""}, Number);
  EXPECT_EQ(mask.Add("abc"), "abc");
  EXPECT_EQ(mask.Finish(), "");
}

}  // namespace
}  // namespace baton
