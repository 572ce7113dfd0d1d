#include "coordinator/procedure/planner.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/coordinator/procedure/plan_script.h"
#include "tests/support/farm_builder.h"
#include "tests/support/plan_text.h"
#include "tests/support/status_matchers.h"
#include "tests/support/transcript.h"

namespace baton {
namespace {

using testing::HasSubstr;

class PlanTranscript : public testing::TestWithParam<const char*> {};

TEST_P(PlanTranscript, ReadsAsWritten) {
  PlanScript script;
  RunTranscript(absl::StrCat(BATON_TRANSCRIPTS, "/plan_", GetParam(), ".txt"),
                [&script](const std::string& line) { return script.Run(line); });
}

INSTANTIATE_TEST_SUITE_P(
    , PlanTranscript,
    testing::Values("two_hosts", "three_hosts", "eight_hosts", "standalone", "passive_scheduler",
                    "manual_service", "unseen", "two_controllers", "activate_two_hosts",
                    "activate_four_hosts", "activate_six_hosts", "activate_standalone",
                    "activate_options", "activate_refused", "activate_findings", "cache_two_hosts",
                    "cache_three_hosts", "cache_five_hosts", "cache_apart", "cache_settings",
                    "cache_refused", "license_valid", "license_staged", "license_gate",
                    "license_by_hand", "license_tools", "republish", "twenty_hosts",
                    "standalone_new", "standalone_passive", "host_down", "service_down", "timeouts",
                    "cache_twenty_hosts", "cache_outside", "cache_stays", "cache_passive", "java",
                    "java_activate", "java_twenty_hosts", "lost_policies", "lost_witnesses",
                    "lost_unassigned", "pay", "pay_cache", "lost_front_end", "lost_cache",
                    "lost_active", "maintenance"),
    [](const auto& test) { return std::string(test.param); });

// Where a tool of the platform sets startup types, and stops what it disables.
TEST(StartupTypeStep, MayTakeAsLongAsTheHostsProfileSays) {
  Farm farm = MakeFarm({2, false});
  for (plan::v1::ServiceProfile& service :
       *farm.Host("fe1").mutable_profile()->mutable_services()) {
    service.mutable_startup_type_timeout()->set_seconds(600);
  }
  const std::string plan = PlanText(farm.MovePlan("fe2"));
  EXPECT_THAT(plan, HasSubstr("stand-down/fe1/disable-controller [P2.1 630s]"));
  EXPECT_THAT(plan, HasSubstr("promote/fe2/automatic-controller [P2.2 30s]"));
}

// --- Requests -----------------------------------------------------------------------------------

struct RequestRow {
  const char* name;
  void (*change)(plan::v1::ProcedureRequest& request);
  absl::StatusCode code;
  const char* words;
};

const RequestRow kRequests[] = {
    {"NoProcedure", [](auto& request) { request.clear_procedure(); },
     absl::StatusCode::kInvalidArgument, "procedure is not set"},
    {"NotThisOne",
     [](auto& request) { request.set_procedure(static_cast<plan::v1::Procedure>(99)); },
     absl::StatusCode::kUnimplemented, "does not have unknown yet"},
    {"HostsOfAnotherProcedure", [](auto& request) { request.add_activate("fe3"); },
     absl::StatusCode::kInvalidArgument, "are options of activate-passive"},
    {"NoHost", [](auto& request) { request.clear_to(); }, absl::StatusCode::kInvalidArgument,
     "needs --to HOST"},
    {"AStranger", [](auto& request) { request.set_to("fe9"); }, absl::StatusCode::kInvalidArgument,
     "farm prod has no host \"fe9\"; it has fe1, fe2, fe3"},
    {"RepublishesNothingWithoutAReason",
     [](auto& request) { request.set_republish(plan::v1::REPUBLISH_NONE); },
     absl::StatusCode::kInvalidArgument, "--republish none needs --reason"},
    {"LeavesModulesTheOldCache",
     [](auto& request) {
       request.set_procedure(plan::v1::MOVE_CONTROLLER_AND_CACHE);
       request.set_republish(plan::v1::REPUBLISH_NONE);
       request.set_reason("why");
     },
     absl::StatusCode::kInvalidArgument, "modules would keep the old cache"},
    {"RepublishesWithoutAMove",
     [](auto& request) {
       request.set_procedure(plan::v1::ACTIVATE_PASSIVE);
       request.clear_to();
       request.set_republish(plan::v1::REPUBLISH_FULL);
     },
     absl::StatusCode::kInvalidArgument, "--republish is an option of moves"},
    {"TooParallel", [](auto& request) { request.set_max_parallel(65); },
     absl::StatusCode::kInvalidArgument, "--max-parallel 65 is over the limit of 64"},
    {"TooLongAReason", [](auto& request) { request.set_reason(std::string(1001, 'x')); },
     absl::StatusCode::kInvalidArgument, "too long"},
    {"TooLongAChange", [](auto& request) { request.set_change(std::string(101, 'x')); },
     absl::StatusCode::kInvalidArgument, "too long"},
};

plan::v1::ProcedureRequest MoveRequest() {
  plan::v1::ProcedureRequest request;
  request.set_procedure(plan::v1::MOVE_CONTROLLER);
  request.set_to("fe2");
  return request;
}

class Requests : public testing::TestWithParam<RequestRow> {};

TEST_P(Requests, AreRefused) {
  const Farm farm = MakeFarm();
  plan::v1::ProcedureRequest request = MoveRequest();
  GetParam().change(request);
  EXPECT_THAT(MakePlan(farm.file, farm.observation, request),
              StatusIs(GetParam().code, HasSubstr(GetParam().words)));
}

INSTANTIATE_TEST_SUITE_P(Planner, Requests, testing::ValuesIn(kRequests),
                         [](const auto& test) { return std::string(test.param.name); });

// --- Plans --------------------------------------------------------------------------------------

TEST(MakePlan, IsAFunctionOfItsInputs) {
  const Farm farm = MakeFarm({5, true});
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan first,
                       MakePlan(farm.file, farm.observation, MoveRequest()));
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan second,
                       MakePlan(farm.file, farm.observation, MoveRequest()));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(first.observation().SerializeAsString(), farm.observation.SerializeAsString());
  EXPECT_EQ(first.farm_file_digest(), farm.file.digest);
}

TEST(MakePlan, KeepsTheCacheOfTheAssignment) {
  Farm farm = MakeFarm();
  plan::v1::Assignment& assignment = *farm.Host("fe1").mutable_assignment();
  assignment.set_controller("fe1");
  assignment.set_cache("fe3");
  assignment.set_epoch(4);
  assignment.set_state(plan::v1::HELD);
  const plan::v1::Plan plan = farm.MovePlan("fe2");
  EXPECT_EQ(plan.assignment().controller(), "fe2");
  EXPECT_EQ(plan.assignment().cache(), "fe3");
  EXPECT_EQ(plan.assignment().epoch(), 0U);
}

TEST(MakePlan, LeavesTheAssignmentAloneWhenGroupsChange) {
  Farm farm = MakeFarm({4});
  farm.StandBy("fe3");
  farm.StandBy("fe4");
  const plan::v1::Plan plan = farm.SwapPlan();
  EXPECT_FALSE(plan.has_assignment());
  EXPECT_EQ(plan.new_controller(), "");
  EXPECT_EQ(plan.first_irreversible_step(), "");
  for (const plan::v1::Stage& stage : plan.stages()) {
    for (const plan::v1::Step& step : stage.steps()) {
      EXPECT_NE(step.action().kind_case(), plan::v1::Action::kSetAssignment) << step.name();
    }
  }
}

// What a plan that swapped the groups asks for, asked for again, is the same plan: a run that
// stopped halfway is not answered with the way back.
TEST(MakePlan, KeepsTheHostsThatItChose) {
  Farm farm = MakeFarm({4});
  farm.StandBy("fe4");
  const plan::v1::Plan first = farm.SwapPlan();
  farm.StandBy("fe1");
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan second,
                       MakePlan(farm.file, farm.observation, first.request()));
  EXPECT_EQ(second.request().SerializeAsString(), first.request().SerializeAsString());
}

// The Deployment Controller of the new host is started by no step before the old one is down.
TEST(MakePlan, StartsTheNewControllerOnlyAfterTheOldOneIsDown) {
  for (const int hosts : {2, 3, 8}) {
    const plan::v1::Plan plan = MakeFarm({hosts, hosts == 3}).MovePlan("fe2", 4);
    bool down = false;
    bool started = false;
    for (const plan::v1::Stage& stage : plan.stages()) {
      for (const plan::v1::Step& step : stage.steps()) {
        const plan::v1::Action& action = step.action();
        if (action.stop_service().service() == plan::v1::CONTROLLER &&
            step.host() == plan.old_controller()) {
          down = true;
        }
        if (action.start_service().service() != plan::v1::CONTROLLER) continue;
        started = true;
        EXPECT_EQ(step.host(), "fe2");
        EXPECT_TRUE(down) << step.name();
      }
    }
    EXPECT_TRUE(started);
  }
}

}  // namespace
}  // namespace baton
