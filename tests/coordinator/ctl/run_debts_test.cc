#include "coordinator/ctl/run_debts.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

namespace baton::ctl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Steps = std::vector<std::pair<std::string, plan::v1::StepState>>;

constexpr char kStop[] = "stand-down/fe1/stop-controller";
constexpr char kDisable[] = "stand-down/fe1/disable-controller";

plan::v1::Run RunWith(const Steps& steps) {
  plan::v1::Run run;
  run.mutable_plan()->set_new_controller("fe2");
  for (const auto& [name, state] : steps) {
    run.add_steps()->set_step(name);
    run.mutable_steps()->rbegin()->set_state(state);
  }
  return run;
}

void PlanDebt(plan::v1::Run& run, const std::string& host, bool stand_down) {
  plan::v1::Debt& debt = *run.mutable_plan()->add_debts();
  debt.set_host(host);
  debt.set_stand_down(stand_down);
}

// "fe1 stand-down", "fe3".
std::vector<std::string> Words(const plan::v1::Run& run) {
  std::vector<std::string> words;
  for (const RunDebt& debt : DebtsOf(run)) {
    words.push_back(absl::StrCat(debt.host, debt.stand_down ? " stand-down" : ""));
  }
  return words;
}

TEST(DebtsOf, AreThoseThatThePlanLeavesOutOnceAStepHasStarted) {
  plan::v1::Run run = RunWith({{"repoint/fe2/rewrite", plan::v1::PENDING}});
  PlanDebt(run, "fe1", true);
  PlanDebt(run, "fe4", false);
  EXPECT_THAT(Words(run), IsEmpty());
  run.mutable_steps(0)->set_state(plan::v1::STARTED);
  EXPECT_THAT(Words(run), ElementsAre("fe1 stand-down", "fe4"));
}

TEST(DebtsOf, KnowALostHostThatStoodDownAfterAll) {
  plan::v1::Run run = RunWith({{kStop, plan::v1::SUCCEEDED}, {kDisable, plan::v1::SUCCEEDED}});
  PlanDebt(run, "fe1", true);
  EXPECT_THAT(Words(run), ElementsAre("fe1"));
  run.mutable_steps(1)->set_state(plan::v1::OWED);
  EXPECT_THAT(Words(run), ElementsAre("fe1 stand-down"));
}

TEST(DebtsOf, AreThoseThatTheRunWentOnWithout) {
  const plan::v1::Run run = RunWith({{"repoint/fe2/rewrite", plan::v1::SUCCEEDED},
                                     {"repoint/fe3/rewrite", plan::v1::SUCCEEDED},
                                     {"repoint/fe3/apply", plan::v1::OWED},
                                     {"after-repoint/@coordinator/dns", plan::v1::OWED}});
  EXPECT_THAT(Words(run), ElementsAre("fe3"));
}

TEST(OwableHosts, AreThoseWithAStepThatNeedsADecision) {
  EXPECT_THAT(OwableHosts(RunWith({{kStop, plan::v1::SUCCEEDED},
                                   {"repoint/fe1/apply", plan::v1::STEP_FAILED},
                                   {"repoint/fe3/apply", plan::v1::UNKNOWN},
                                   {"repoint/fe4/apply", plan::v1::PENDING}})),
              ElementsAre("fe1", "fe3"));
}

TEST(OwableHosts, AreNotTheNewOneNorTheOneThatPaysNorHooks) {
  plan::v1::Run run = RunWith({{"repoint/fe2/apply", plan::v1::STEP_FAILED},
                               {"repoint/fe3/apply", plan::v1::STEP_FAILED},
                               {"before-repoint/@coordinator/dns", plan::v1::STEP_FAILED}});
  EXPECT_THAT(OwableHosts(run), ElementsAre("fe3"));
  run.mutable_plan()->mutable_request()->set_pays("fe3");
  EXPECT_THAT(OwableHosts(run), IsEmpty());
}

TEST(OwableHosts, AreNotThoseWhoseOwnMayStillRun) {
  EXPECT_THAT(OwableHosts(RunWith({{kStop, plan::v1::STEP_FAILED}, {kDisable, plan::v1::PENDING}})),
              IsEmpty());
  EXPECT_THAT(OwableHosts(RunWith({{kStop, plan::v1::SUCCEEDED},
                                   {kDisable, plan::v1::INTERRUPTED},
                                   {"stand-down/fe3/stop-scheduler", plan::v1::STEP_FAILED}})),
              ElementsAre("fe3"));
}

TEST(OwableHosts, AreThoseThatDidNotAcceptTheClaim) {
  plan::v1::Run run = RunWith({{"repoint/fe1/apply", plan::v1::PENDING},
                               {"repoint/fe2/apply", plan::v1::SUCCEEDED},
                               {"repoint/fe3/apply", plan::v1::PENDING},
                               {"repoint/fe4/apply", plan::v1::SUCCEEDED},
                               {"repoint/fe5/apply", plan::v1::PENDING}});
  run.add_claimed_hosts("fe1");
  run.mutable_plan()->mutable_request()->add_lost()->set_host("fe5");
  EXPECT_THAT(OwableHosts(run), IsEmpty());
  run.set_pause_reason(plan::v1::CLAIM_MISSING);
  EXPECT_THAT(OwableHosts(run), ElementsAre("fe3"));
}

}  // namespace
}  // namespace baton::ctl
