#include "coordinator/procedure/planner.h"

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/words/words.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/transcript.h"

namespace baton {
namespace {

using testing::HasSubstr;

std::string StepText(const plan::v1::Step& step) {
  return absl::StrCat("  ", step.name(), " [", step.seed().empty() ? "-" : step.seed(), " ",
                      step.timeout().seconds(), "s", step.farm_exclusive() ? " exclusive" : "",
                      step.repeatable() ? "" : " once", "] ", step.sentence(),
                      step.transition().empty() ? "" : ": ", step.transition(), "\n");
}

std::string FindingsText(const plan::v1::Plan& plan) {
  std::string text;
  for (const plan::v1::Finding& finding : plan.findings()) {
    absl::StrAppend(&text, Word(finding.level()), " ", finding.name(),
                    finding.host().empty() ? "" : " on ", finding.host(),
                    finding.accepted() ? " (accepted)" : "", ": ", finding.reason(), "\n");
  }
  return text;
}

std::string PlanText(const plan::v1::Plan& plan) {
  const std::string old_controller = plan.old_controller().empty() ? "?" : plan.old_controller();
  std::string text = absl::StrCat(
      old_controller,
      plan.new_controller().empty() ? " stays" : absl::StrCat(" -> ", plan.new_controller()),
      ", hosts ", absl::StrJoin(plan.hosts(), " "), "\n", FindingsText(plan));
  for (const plan::v1::Stage& stage : plan.stages()) {
    absl::StrAppend(&text, stage.name(), ", ", stage.max_parallel(), " at a time",
                    stage.first_lane_leads() ? ", the first leads" : "", "\n");
    for (const plan::v1::Step& step : stage.steps()) {
      if (step.name() == plan.first_irreversible_step()) {
        absl::StrAppend(&text, "  --- cannot be undone from here ---\n");
      }
      absl::StrAppend(&text, StepText(step));
    }
  }
  return text;
}

// Builds a farm and plans, line by line:
//
//   farm N [standalone] [cache=H]  a healthy farm of N front-ends
//   set HOST SERVICE STATE TYPE    a service as it is found; states and types as in the protos
//   silence HOST                   its agent does not answer
//   passive HOST...                front-ends whose Scheduler is stopped and disabled
//   group HOST GROUP               the group that the farm file gives a host
//   drain TIME                     the farm file's
//   activate-passive [WORDS]       that plan, options as on the command line
//   cache KEY VALUE                what the farm file says of the cache
//   password [ERROR WORDS]         the farm file names the cache's password
//   setting HOST SETTING VALUE     a setting as it is found; MISSING or ENCRYPTED for such
//   plan TO [PARALLEL]             the plan of `move-controller --to TO`
//   plan-both TO [PARALLEL]        the plan of `move-controller-and-cache --to TO`
//   check-both TO                  its findings alone
class PlanScript {
 public:
  std::string Run(const std::string& line) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words[0] == "farm") return Build(words);
    if (words[0] == "set") return Set(words);
    if (words[0] == "silence") return Silence(words);
    if (words[0] == "passive") return Passive(words);
    if (words[0] == "group") return Group(words);
    if (words[0] == "drain") return Drain(words);
    if (words[0] == "activate-passive") return ActivatePassive(words);
    if (words[0] == "cache") return Cache(words);
    if (words[0] == "password") return Password(words);
    if (words[0] == "setting") return SetSetting(words);
    if (words[0] == "plan") return Plan(words, plan::v1::MOVE_CONTROLLER);
    if (words[0] == "plan-both" || words[0] == "check-both") {
      return Plan(words, plan::v1::MOVE_CONTROLLER_AND_CACHE);
    }
    return "unknown command";
  }

 private:
  static uint32_t Number(const std::string& word) {
    uint32_t number = 0;
    EXPECT_TRUE(absl::SimpleAtoi(word, &number)) << word;
    return number;
  }

  std::string Build(const std::vector<std::string>& words) {
    FarmShape shape{static_cast<int>(Number(words.at(1)))};
    for (size_t i = 2; i < words.size(); ++i) {
      absl::string_view word = words[i];
      shape.standalone_controller |= word == "standalone";
      if (absl::ConsumePrefix(&word, "cache=")) shape.cache = std::string(word);
    }
    farm_ = MakeFarm(shape);
    return "built";
  }

  std::string Set(const std::vector<std::string>& words) {
    plan::v1::RunState run_state{};
    plan::v1::StartupType type{};
    EXPECT_TRUE(plan::v1::RunState_Parse(words.at(3), &run_state)) << words[3];
    EXPECT_TRUE(plan::v1::StartupType_Parse(words.at(4), &type)) << words[4];
    const absl::StatusOr<plan::v1::Service> service = ParseService(words.at(2));
    EXPECT_OK(service);
    farm_.Service(words.at(1), *service) = ServiceAs(*service, run_state, type);
    return "set";
  }

  std::string Silence(const std::vector<std::string>& words) {
    farm_.Silence(words.at(1));
    return "silent";
  }

  std::string Passive(const std::vector<std::string>& words) {
    for (size_t i = 1; i < words.size(); ++i) farm_.StandBy(words[i]);
    return "passive";
  }

  std::string Group(const std::vector<std::string>& words) {
    farm_.Entry(words.at(1)).group =
        words.at(2) == "active" ? plan::v1::GROUP_ACTIVE : plan::v1::GROUP_PASSIVE;
    return "set";
  }

  std::string Drain(const std::vector<std::string>& words) {
    EXPECT_TRUE(absl::ParseDuration(words.at(1), &farm_.file.drain));
    return "set";
  }

  std::string ActivatePassive(const std::vector<std::string>& words) {
    plan::v1::ProcedureRequest request;
    request.set_procedure(plan::v1::ACTIVATE_PASSIVE);
    std::string option;
    for (size_t i = 1; i < words.size(); ++i) {
      if (words[i][0] == '-') {
        option = words[i];
      } else if (option == "--activate") {
        request.add_activate(words[i]);
      } else if (option == "--deactivate") {
        request.add_deactivate(words[i]);
      } else if (option == "--max-parallel") {
        request.set_max_parallel(Number(words[i]));
      } else {
        request.set_to(words[i]);
      }
    }
    const absl::StatusOr<plan::v1::Plan> plan = MakePlan(farm_.file, farm_.observation, request);
    if (!plan.ok()) return plan.status().ToString();
    return absl::StrCat("activate ", absl::StrJoin(plan->request().activate(), " "),
                        "; deactivate ", absl::StrJoin(plan->request().deactivate(), " "), "\n",
                        PlanText(*plan), "by hand: ", absl::StrJoin(plan->by_hand(), "; "), "\n");
  }

  std::string Cache(const std::vector<std::string>& words) {
    CacheSettings& cache = farm_.file.cache;
    if (words.at(1) == "port") cache.port = static_cast<uint16_t>(Number(words.at(2)));
    if (words.at(1) == "virtual_host") cache.virtual_host = words.at(2);
    if (words.at(1) == "username") cache.username = words.at(2);
    if (words.at(1) == "tls") cache.tls = words.at(2) == "true";
    if (words.at(1) == "tls_name") cache.tls_name = words.at(2);
    return "said";
  }

  std::string Password(const std::vector<std::string>& words) {
    farm_.NameCachePassword(absl::StrJoin(words.begin() + 1, words.end(), " "));
    return "named";
  }

  std::string SetSetting(const std::vector<std::string>& words) {
    const absl::StatusOr<plan::v1::Setting> setting = ParseSetting(words.at(2));
    EXPECT_OK(setting);
    plan::v1::SettingValue& value = farm_.Setting(words.at(1), *setting);
    value.set_missing(words.at(3) == "MISSING");
    value.set_encrypted(words.at(3) == "ENCRYPTED");
    value.set_value(value.missing() || value.encrypted() ? "" : words[3]);
    return "set";
  }

  std::string Plan(const std::vector<std::string>& words, plan::v1::Procedure procedure) {
    plan::v1::ProcedureRequest request;
    request.set_procedure(procedure);
    request.set_to(words.at(1));
    if (words.size() > 2) request.set_max_parallel(Number(words[2]));
    const absl::StatusOr<plan::v1::Plan> plan = MakePlan(farm_.file, farm_.observation, request);
    if (!plan.ok()) return plan.status().ToString();
    return words[0] == "check-both" ? FindingsText(*plan) : PlanText(*plan);
  }

  Farm farm_;
};

class PlanTranscript : public testing::TestWithParam<const char*> {};

TEST_P(PlanTranscript, ReadsAsWritten) {
  PlanScript script;
  RunTranscript(absl::StrCat(BATON_TRANSCRIPTS, "/plan_", GetParam(), ".txt"),
                [&script](const std::string& line) { return script.Run(line); });
}

INSTANTIATE_TEST_SUITE_P(, PlanTranscript,
                         testing::Values("two_hosts", "three_hosts", "eight_hosts", "standalone",
                                         "passive_scheduler", "manual_service", "unseen",
                                         "two_controllers", "activate_two_hosts",
                                         "activate_four_hosts", "activate_six_hosts",
                                         "activate_standalone", "activate_options",
                                         "activate_refused", "activate_findings", "cache_two_hosts",
                                         "cache_three_hosts", "cache_five_hosts", "cache_apart",
                                         "cache_settings", "cache_refused"),
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
    {"TooParallel", [](auto& request) { request.set_max_parallel(65); },
     absl::StatusCode::kInvalidArgument, "--max-parallel 65 is over the limit of 64"},
    {"TooLongAReason", [](auto& request) { request.set_reason(std::string(1001, 'x')); },
     absl::StatusCode::kInvalidArgument, "too long"},
    {"TooLongAChange", [](auto& request) { request.set_change(std::string(101, 'x')); },
     absl::StatusCode::kInvalidArgument, "too long"},
    {"AcceptsWithoutAReason", [](auto& request) { request.add_accept("disk-space"); },
     absl::StatusCode::kInvalidArgument, "--accept needs --reason"},
    {"AcceptsWhatIsNone",
     [](auto& request) {
       request.add_accept("rain");
       request.set_reason("why");
     },
     absl::StatusCode::kInvalidArgument, "no finding is called \"rain\""},
    {"AcceptsTwoControllers",
     [](auto& request) {
       request.add_accept("two-controllers");
       request.set_reason("why");
     },
     absl::StatusCode::kInvalidArgument, "two-controllers cannot be accepted"},
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

TEST(MakePlan, MarksWhatWasAccepted) {
  Farm farm = MakeFarm();
  farm.Host("fe3").mutable_facts()->set_state_free_bytes(0);
  plan::v1::ProcedureRequest request = MoveRequest();
  request.add_accept("disk-space");
  request.set_reason("the disk is grown tonight");
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan plan, MakePlan(farm.file, farm.observation, request));
  ASSERT_EQ(plan.findings_size(), 1);
  EXPECT_TRUE(plan.findings(0).accepted());
  EXPECT_THAT(Forbidding({plan.findings().begin(), plan.findings().end()}), testing::IsEmpty());
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
