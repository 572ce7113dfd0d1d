#include "coordinator/procedure/confirmation.h"

#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

TEST(Confirmation, IsTheNewControllersNameWhereOneMoves) {
  const plan::v1::Plan plan = MakeFarm().MovePlan("fe2");
  EXPECT_EQ(ConfirmationOf(plan), "fe2");
  EXPECT_EQ(ConfirmationTitle(plan), "new Deployment Controller");
}

TEST(Confirmation, IsTheNameOfTheHostThatPays) {
  plan::v1::Plan plan;
  plan.mutable_request()->set_pays("fe1");
  EXPECT_EQ(ConfirmationOf(plan), "fe1");
  EXPECT_EQ(ConfirmationTitle(plan), "host that pays what it owes");
}

TEST(Confirmation, IsTheFarmsNameWhereNoneMoves) {
  Farm farm = MakeFarm();
  farm.StandBy("fe3");
  const plan::v1::Plan plan = farm.SwapPlan();
  EXPECT_EQ(ConfirmationOf(plan), "prod");
  EXPECT_EQ(ConfirmationTitle(plan), "farm");
}

}  // namespace
}  // namespace baton
