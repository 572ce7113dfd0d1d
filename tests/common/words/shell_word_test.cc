#include "common/words/shell_word.h"

#include "gtest/gtest.h"

namespace baton {
namespace {

TEST(ShellWord, CanBePasted) {
  EXPECT_EQ(ShellWord("repoint/fe3/apply"), "repoint/fe3/apply");
  EXPECT_EQ(ShellWord("before-prove/@coordinator/dns"), "before-prove/@coordinator/dns");
  EXPECT_EQ(ShellWord(""), "''");
  EXPECT_EQ(ShellWord("it's $HOME"), "'it'\\''s $HOME'");
}

}  // namespace
}  // namespace baton
