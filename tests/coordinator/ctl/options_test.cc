#include "coordinator/ctl/options.h"

#include "gtest/gtest.h"

namespace baton::ctl {
namespace {

TEST(Options, ProgramWordsRepeatWhereTheBatonCoordinatorIs) {
  Options options;
  EXPECT_EQ(ProgramWords(options), "baton");
  options.coordinator = "10.0.0.5:7600";
  options.identity = "/people/a b";
  options.to = "fe2";
  EXPECT_EQ(ProgramWords(options), "baton --coordinator 10.0.0.5:7600 --identity '/people/a b'");
}

}  // namespace
}  // namespace baton::ctl
