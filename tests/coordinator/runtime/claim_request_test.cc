#include "coordinator/runtime/claim_request.h"

#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

TEST(ClaimRequestFor, NamesEveryOtherHost) {
  const Farm farm = MakeFarm({3, false});
  const agent::v1::ClaimRequest request = ClaimRequestFor(farm.file, "fe2", "10.0.0.5:7600");
  EXPECT_EQ(request.farm_id(), farm.file.farm_id);
  EXPECT_EQ(request.coordinator_address(), "10.0.0.5:7600");
  ASSERT_EQ(request.peers_size(), 2);
  EXPECT_EQ(request.peers(0).name(), "fe1");
  EXPECT_EQ(request.peers(0).agent_address(), "fe1.corp.example:7601");
  EXPECT_EQ(request.peers(1).name(), "fe3");
}

TEST(ClaimRequestFor, LeavesOutHostsWithoutAnAgent) {
  Farm farm = MakeFarm({3, false});
  farm.Entry("fe1").agent_address = {};
  const agent::v1::ClaimRequest request = ClaimRequestFor(farm.file, "fe2", "");
  ASSERT_EQ(request.peers_size(), 1);
  EXPECT_EQ(request.peers(0).name(), "fe3");
}

}  // namespace
}  // namespace baton
