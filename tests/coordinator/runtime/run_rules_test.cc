#include "coordinator/runtime/run_rules.h"

#include <memory>
#include <string>

#include "coordinator/procedure/planner.h"
#include "gmock/gmock.h"
#include "tests/support/fake_journal.h"
#include "tests/support/farm_builder.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

// A plan of `move-controller --to fe2 --accept disk-space`, made when fe3's disk was full.
class AcceptedFindingsTest : public testing::Test {
 protected:
  AcceptedFindingsTest() {
    FillDisk("fe3");
    plan::v1::ProcedureRequest request;
    request.set_procedure(plan::v1::MOVE_CONTROLLER);
    request.set_to("fe2");
    request.add_accept("disk-space");
    request.set_reason("the disk is grown tonight");
    const absl::StatusOr<plan::v1::Plan> plan = MakePlan(farm_.file, farm_.observation, request);
    EXPECT_OK(plan.status());
    plan_ = *plan;
    absl::StatusOr<std::unique_ptr<RunBook>> book = RunBook::Load(journal_);
    EXPECT_OK(book.status());
    book_ = *std::move(book);
  }

  void FillDisk(const char* host) { farm_.Host(host).mutable_facts()->set_state_free_bytes(0); }

  absl::StatusOr<std::vector<journal::v1::Record>> Start() const {
    return RunRules(farm_.file, journal_, *book_, "incarnation", "baton")
        .Start("run-1", plan_, farm_.observation, "request-1", "operator:ana", absl::UnixEpoch());
  }

  Farm farm_ = MakeFarm();
  plan::v1::Plan plan_;
  mutable FakeJournal journal_;
  std::unique_ptr<RunBook> book_;
};

TEST_F(AcceptedFindingsTest, AreInTheRecordThatStartsTheRun) {
  ASSERT_OK_AND_ASSIGN(const std::vector<journal::v1::Record> records, Start());
  ASSERT_EQ(records.size(), 1);
  const plan::v1::Plan& plan = records[0].run_started().plan();
  const plan::v1::Finding& finding = plan.findings(0);
  EXPECT_EQ(finding.name(), "disk-space");
  EXPECT_EQ(finding.host(), "fe3");
  EXPECT_TRUE(finding.accepted());
  EXPECT_EQ(plan.request().reason(), "the disk is grown tonight");
}

// Nobody accepted what nobody had seen.
TEST_F(AcceptedFindingsTest, DoNotCoverAnotherHost) {
  FillDisk("fe1");
  EXPECT_THAT(Start(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr("disk-space on fe1: 0 MiB are free, 64 MiB are needed "
                                          "(not seen when disk-space was accepted: plan again)")));
}

// What hosts reach is no part of the digest: it is looked at again when the run starts.
TEST_F(AcceptedFindingsTest, DoNotCoverANetworkThatBrokeMeanwhile) {
  plan::v1::PortReach& attempt = *farm_.observation.add_reach();
  attempt.set_from("fe1");
  attempt.set_to("fe2");
  attempt.set_address("10.0.0.12");
  attempt.set_port(12000);
  attempt.set_detail("no answer within 1.2s");
  EXPECT_THAT(Start(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr("port-not-reachable on fe2: 10.0.0.12 port 12000 is not "
                                          "reached from fe1: no answer within 1.2s")));
}

}  // namespace
}  // namespace baton
