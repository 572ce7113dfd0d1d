#include "coordinator/procedure/acceptance.h"

#include <string>

#include "coordinator/procedure/planner.h"
#include "gmock/gmock.h"
#include "tests/support/farm_builder.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A plan that accepts findings, in a farm where fe3's disk may be full.
absl::StatusOr<plan::v1::Plan> PlanThatAccepts(const std::string& finding, bool disk_is_full,
                                               const std::string& reason = "it is grown tonight") {
  Farm farm = MakeFarm();
  if (disk_is_full) farm.Host("fe3").mutable_facts()->set_state_free_bytes(0);
  plan::v1::ProcedureRequest request;
  request.set_procedure(plan::v1::MOVE_CONTROLLER);
  request.set_to("fe2");
  request.add_accept(finding);
  request.set_reason(reason);
  return MakePlan(farm.file, farm.observation, request);
}

TEST(AcceptFindings, MarksWhatIsAccepted) {
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan plan, PlanThatAccepts("disk-space", true));
  ASSERT_EQ(plan.findings_size(), 2);
  EXPECT_EQ(plan.findings(0).name(), "disk-space");
  EXPECT_TRUE(plan.findings(0).accepted());
  EXPECT_EQ(plan.findings(1).name(), "publication-unknown");
  EXPECT_FALSE(plan.findings(1).accepted());
  EXPECT_THAT(Forbidding({plan.findings().begin(), plan.findings().end()}), IsEmpty());
}

// A script that accepts what has gone since goes on, and hears of it.
TEST(AcceptFindings, TellsWhatIsAcceptedAndNotThere) {
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan plan, PlanThatAccepts("disk-space", false));
  ASSERT_EQ(plan.findings_size(), 2);
  EXPECT_EQ(plan.findings(1).name(), "acceptance-unused");
  EXPECT_EQ(plan.findings(1).level(), plan::v1::FINDING_WARNING);
  EXPECT_EQ(plan.findings(1).reason(), "disk-space is accepted, and was not found");
  EXPECT_GT(plan.stages_size(), 0);
}

TEST(AcceptFindings, RefusesWhatCannotBeAcceptedAndSaysWhy) {
  const struct {
    const char* finding;
    const char* reason;
    const char* words;
  } rows[] = {
      {"disk-space", "", "--accept needs --reason"},
      {"rain", "why", "no finding is called \"rain\""},
      {"two-controllers", "why",
       "two-controllers cannot be accepted. Two Deployment Controllers on one database compile"},
      {"private-key-differs", "why", "private-key-differs cannot be accepted. A Deployment"},
      {"time-zone", "why", "time-zone need not be accepted: it does not refuse a run"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(PlanThatAccepts(row.finding, true, row.reason),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(row.words)));
  }
}

}  // namespace
}  // namespace baton
