#include "common/rpc/peer_authorization.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

const PeerName kAlice{"lab", Role::kOperator, "alice"};
const PeerName kVera{"lab", Role::kViewer, "vera"};

MethodPolicy TestPolicy() {
  return MethodPolicy({{"/baton.v1.Farm/", {Role::kOperator, Role::kViewer}},
                       {"/baton.v1.Farm/StartRun", {Role::kOperator}},
                       {"/baton.v1.Other/Only", {Role::kOperator}}});
}

TEST(MethodPolicy, ARuleForAMethodBeatsTheOneForItsService) {
  const MethodPolicy policy = TestPolicy();
  EXPECT_OK(policy.Check(kVera, "/baton.v1.Farm/GetFarm"));
  EXPECT_OK(policy.Check(kAlice, "/baton.v1.Farm/StartRun"));
  EXPECT_THAT(policy.Check(kVera, "/baton.v1.Farm/StartRun"),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       "viewer:vera may not call /baton.v1.Farm/StartRun: allowed are operator"));
}

TEST(MethodPolicy, WhatNoRuleNamesIsRefused) {
  const MethodPolicy policy = TestPolicy();
  const std::vector<std::string> paths = {"",
                                          "/",
                                          "/baton.v1.Farm",
                                          "baton.v1.Farm/GetFarm",
                                          "/baton.v1.Other/",
                                          "*",
                                          "GetFarm",
                                          "/baton.v1.Farms/GetFarm",
                                          "/baton.v1.Other/Only/",
                                          "//",
                                          "/baton.v1.Farm/x/StartRun",
                                          "/baton.v1.farm/GetFarm"};
  for (const std::string& path : paths) {
    EXPECT_THAT(policy.Check(kAlice, path),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         HasSubstr("operator:alice may not call " + path + ": nobody may")));
  }
}

TEST(AuthorizeCall, OtherFarmsMayNothing) {
  const PeerName stranger{"prod", Role::kOperator, "alice"};
  EXPECT_OK(AuthorizeCall(TestPolicy(), "lab", kAlice, "/baton.v1.Farm/GetFarm"));
  EXPECT_THAT(AuthorizeCall(TestPolicy(), "lab", stranger, "/baton.v1.Farm/GetFarm"),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       "operator:alice is of farm \"prod\", this is farm \"lab\""));
}

}  // namespace
}  // namespace baton
