#include "coordinator/ctl/rehearse/expectation.h"

#include <functional>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

namespace baton::rehearse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kOld[] = "127.5.6.11";
constexpr char kNew[] = "127.5.6.12";

std::string SettingsNaming(const std::string& controller) {
  return absl::StrCat("<A>x</A><CompilerServerHostname>", controller, "</CompilerServerHostname>");
}

// A host with or without the role, in a farm whose settings name `controller`.
SeenHost MakeHost(bool has_role, const std::string& controller) {
  SeenHost host;
  host.settings = SettingsNaming(controller);
  host.controller_host = controller;
  host.services["controller"] = has_role ? SeenService{"running", "automatic", "open"}
                                         : SeenService{"stopped", "disabled", "closed"};
  host.services["scheduler"] = {"running", "automatic", "open"};
  host.ping_page = has_role;
  return host;
}

const LabLayout& Layout() {
  static const auto* const kLayout = new LabLayout("/lab", "/bin", 2, 4 * 250 + 5);
  return *kLayout;
}

// Two hosts; `role` has the Deployment Controller.
SeenFarm MakeFarm(const std::string& role) {
  const std::string controller = role == "fe1" ? kOld : kNew;
  SeenFarm farm;
  for (const std::string name : {"fe1", "fe2"}) {
    farm.hosts[name] = MakeHost(name == role, controller);
  }
  farm.events = {"controller-connected fe1"};
  if (role == "fe2") {
    farm.events.insert(farm.events.end(),
                       {"controller-connected fe2", "service-center-install fe2",
                        absl::StrCat("license-installed ", Layout().Find("fe2")->serial, " fe2"),
                        "republish fe2"});
  }
  return farm;
}

plan::v1::Run RunIn(plan::v1::RunPhase phase) {
  plan::v1::Run run;
  run.set_phase(phase);
  run.mutable_plan()->set_new_controller("fe2");
  return run;
}

plan::v1::Action* AddStep(const std::string& name, const std::string& host,
                          plan::v1::StepState state, plan::v1::Run& run) {
  plan::v1::StepStatus* status = run.add_steps();
  status->set_step(name);
  status->set_state(state);
  plan::v1::Step* step = run.mutable_plan()->add_stages()->add_steps();
  step->set_name(name);
  step->set_host(host);
  return step->mutable_action();
}

std::vector<std::string> FailedChecks(const SeenFarm& before, const SeenFarm& after,
                                      const plan::v1::Run& run) {
  std::vector<std::string> failed;
  for (const OutsideCheck& check :
       CheckFarm(before, after, ExpectAfter(before, Layout(), run), "fe2")) {
    if (!check.failure.empty()) failed.push_back(check.name);
  }
  return failed;
}

TEST(Expectation, AMoveThatSucceededIsMeasuredByWhatItIsFor) {
  EXPECT_EQ(Layout().Find("fe2")->address, kNew);
  EXPECT_THAT(FailedChecks(MakeFarm("fe1"), MakeFarm("fe2"), RunIn(plan::v1::RUN_SUCCEEDED)),
              IsEmpty());
  EXPECT_THAT(FailedChecks(MakeFarm("fe1"), MakeFarm("fe1"), RunIn(plan::v1::RUN_SUCCEEDED)),
              ElementsAre("fe1/settings", "fe1/startup-types", "fe1/services", "fe1/ports",
                          "fe2/settings", "fe2/startup-types", "fe2/services", "fe2/ports",
                          "fe2/ping-page", "farm/one-controller", "farm/controller-connected",
                          "farm/service-center-installed", "farm/licensed", "farm/republished"));
}

TEST(Expectation, ModulesNeedNotBePublishedWhereThatWasNotAskedFor) {
  plan::v1::Run run = RunIn(plan::v1::RUN_SUCCEEDED);
  run.mutable_plan()->mutable_request()->set_republish(plan::v1::REPUBLISH_NONE);
  SeenFarm after = MakeFarm("fe2");
  after.events.pop_back();
  EXPECT_THAT(FailedChecks(MakeFarm("fe1"), after, run), IsEmpty());
}

TEST(Expectation, AnActivationThatSucceededIsMeasuredByWhatItIsFor) {
  plan::v1::Run run;
  run.set_phase(plan::v1::RUN_SUCCEEDED);
  run.mutable_plan()->mutable_request()->set_procedure(plan::v1::ACTIVATE_PASSIVE);
  run.mutable_plan()->mutable_request()->add_activate("fe2");
  run.mutable_plan()->mutable_request()->add_deactivate("fe1");
  const SeenService up = {"running", "automatic", "open"};
  const SeenService down = {"stopped", "disabled", "closed"};
  SeenFarm before = MakeFarm("fe1");
  for (const std::string name : {"fe1", "fe2"}) before.hosts[name].services["deployment"] = up;
  before.hosts["fe2"].services["scheduler"] = down;
  SeenFarm after = before;
  EXPECT_THAT(FailedChecks(before, after, run),
              ElementsAre("fe1/startup-types", "fe1/services", "fe1/ports", "fe2/startup-types",
                          "fe2/services", "fe2/ports"));
  after.hosts["fe1"].services["scheduler"] = down;
  after.hosts["fe2"].services["scheduler"] = up;
  EXPECT_THAT(FailedChecks(before, after, run), IsEmpty());
  after.hosts["fe2"].services["deployment"].startup_type = "manual";
  after.hosts["fe2"].services["controller"] = up;
  EXPECT_THAT(FailedChecks(before, after, run),
              ElementsAre("fe2/startup-types", "fe2/services", "fe2/ports", "farm/one-controller"));
}

// One thing that is not as it should be after a move, and the checks that must see it.
struct Blemish {
  std::string name;
  std::function<void(SeenFarm&)> apply;
  std::vector<std::string> seen_by;
};
void PrintTo(const Blemish& blemish, std::ostream* out) { *out << blemish.name; }

class BlemishTest : public testing::TestWithParam<Blemish> {};

TEST_P(BlemishTest, IsSeen) {
  SeenFarm after = MakeFarm("fe2");
  GetParam().apply(after);
  EXPECT_EQ(FailedChecks(MakeFarm("fe1"), after, RunIn(plan::v1::RUN_SUCCEEDED)),
            GetParam().seen_by);
}

INSTANTIATE_TEST_SUITE_P(
    All, BlemishTest,
    testing::Values(
        Blemish{
            "SplitBrain",
            [](SeenFarm& farm) { farm.events.insert(farm.events.begin(), "split-brain fe1 fe2"); },
            {"farm/no-split-brain"}},
        Blemish{"Overlap",
                [](SeenFarm& farm) {
                  farm.events.insert(farm.events.begin(),
                                     "tool-overlap apply-configuration fe1 fe2");
                },
                {"farm/no-tool-overlap"}},
        Blemish{"LicenseOfTheOldOne",
                [](SeenFarm& farm) {
                  farm.events.push_back(
                      absl::StrCat("license-installed ", Layout().Find("fe1")->serial, " fe2"));
                },
                {"farm/licensed"}},
        Blemish{"PublishedByTheOldOne",
                [](SeenFarm& farm) { farm.events.emplace_back("republish fe1"); },
                {"farm/republished"}},
        Blemish{"OldOneCameBack",
                [](SeenFarm& farm) { farm.events.emplace_back("controller-connected fe1"); },
                {"farm/controller-connected"}},
        Blemish{
            "TwoAnswer",
            [](SeenFarm& farm) { farm.hosts["fe1"].services["controller"].ports = "half open"; },
            {"fe1/ports", "farm/one-controller"}},
        Blemish{"WokenService",
                [](SeenFarm& farm) {
                  farm.hosts["fe1"].services["controller"].startup_type = "automatic";
                },
                {"fe1/startup-types"}},
        Blemish{"Stopped",
                [](SeenFarm& farm) { farm.hosts["fe1"].services["scheduler"].state = "stopped"; },
                {"fe1/services"}},
        Blemish{"OtherSettings",
                [](SeenFarm& farm) {
                  farm.hosts["fe1"].settings = "<A>y</A>" + farm.hosts["fe1"].settings.substr(8);
                },
                {"fe1/settings"}},
        Blemish{"NoPage",
                [](SeenFarm& farm) { farm.hosts["fe2"].ping_page = false; },
                {"fe2/ping-page"}}),
    [](const auto& row) { return row.param.name; });

TEST(Expectation, ARunThatStoppedIsTakenAtItsWord) {
  plan::v1::Run run = RunIn(plan::v1::RUN_PAUSED);
  AddStep("stop", "fe1", plan::v1::SUCCEEDED, run)
      ->mutable_stop_service()
      ->set_service(plan::v1::CONTROLLER);
  AddStep("disable", "fe1", plan::v1::STEP_FAILED, run)
      ->mutable_set_startup_type()
      ->set_service(plan::v1::CONTROLLER);
  AddStep("rewrite", "fe2", plan::v1::PENDING, run)->mutable_rewrite();
  const SeenFarm before = MakeFarm("fe1");
  SeenFarm after = before;
  EXPECT_THAT(FailedChecks(before, after, run), ElementsAre("fe1/services", "fe1/ports"));

  after.hosts["fe1"].services["controller"] = {"stopped", "automatic", "closed"};
  EXPECT_THAT(FailedChecks(before, after, run), IsEmpty());
  // Whether a step that failed had an effect is not known.
  after.hosts["fe1"].services["controller"].startup_type = "disabled";
  EXPECT_THAT(FailedChecks(before, after, run), IsEmpty());
  // One that was not reached must have none.
  after.hosts["fe2"] = MakeHost(false, kNew);
  EXPECT_THAT(FailedChecks(before, after, run), ElementsAre("fe2/settings"));
}

TEST(Expectation, ARewriteThatIsDoneMustBeSeen) {
  plan::v1::Run run = RunIn(plan::v1::RUN_PAUSED);
  plan::v1::SettingChange* change =
      AddStep("rewrite", "fe2", plan::v1::SUCCEEDED, run)->mutable_rewrite()->add_changes();
  change->set_setting(plan::v1::CONTROLLER_HOST);
  change->set_new_value(kNew);
  const SeenFarm before = MakeFarm("fe1");
  SeenFarm after = before;
  EXPECT_THAT(FailedChecks(before, after, run), ElementsAre("fe2/settings"));
  after.hosts["fe2"] = MakeHost(false, kNew);
  EXPECT_THAT(FailedChecks(before, after, run), IsEmpty());
}

// --- The cache ----------------------------------------------------------------------------------

// The same farm with a cache, where the Deployment Controller is.
SeenFarm MakeCacheFarm(const std::string& role) {
  SeenFarm farm = MakeFarm(role);
  for (auto& [name, host] : farm.hosts) {
    host.cache_host = host.controller_host;
    absl::StrAppend(&host.settings, "<ServiceHost encrypted=\"false\">", host.cache_host,
                    "</ServiceHost><ServicePassword encrypted=\"true\">$2$", role, name,
                    "</ServicePassword>");
    host.services["cache"] = name == role ? SeenService{"running", "automatic", "open"}
                                          : SeenService{"stopped", "disabled", "closed"};
  }
  if (role == "fe2") farm.events.emplace_back("cache-service-created fe2");
  return farm;
}

plan::v1::Run CacheRunIn(plan::v1::RunPhase phase) {
  plan::v1::Run run = RunIn(phase);
  run.mutable_plan()->mutable_request()->set_procedure(plan::v1::MOVE_CONTROLLER_AND_CACHE);
  return run;
}

TEST(Expectation, AMoveOfTheCacheIsMeasuredByItToo) {
  const SeenFarm before = MakeCacheFarm("fe1");
  const plan::v1::Run run = CacheRunIn(plan::v1::RUN_SUCCEEDED);
  EXPECT_THAT(FailedChecks(before, MakeCacheFarm("fe2"), run), IsEmpty());
  // Where it is not about the cache, that must be as it was.
  EXPECT_THAT(FailedChecks(before, MakeCacheFarm("fe2"), RunIn(plan::v1::RUN_SUCCEEDED)),
              ElementsAre("fe1/settings", "fe1/startup-types", "fe1/services", "fe1/ports",
                          "fe2/settings", "fe2/startup-types", "fe2/services", "fe2/ports"));
  SeenFarm after = MakeCacheFarm("fe2");
  after.hosts["fe1"].services["cache"] = {"running", "disabled", "open"};
  after.hosts["fe2"].cache_host = kOld;
  after.events.emplace_back("cache-service-created fe1");
  after.leaks = {"/lab/coordinator/state/journal.db"};
  EXPECT_THAT(FailedChecks(before, after, run),
              ElementsAre("fe1/services", "fe1/ports", "fe2/settings", "farm/no-password-in-files",
                          "farm/cache-made-once"));
}

TEST(Expectation, AStepAboutTheCacheIsTakenAtItsWord) {
  plan::v1::Run run = CacheRunIn(plan::v1::RUN_PAUSED);
  AddStep("create", "fe2", plan::v1::SUCCEEDED, run)->set_run_tool(plan::v1::CREATE_CACHE_SERVICE);
  plan::v1::SettingChange* change =
      AddStep("rewrite", "fe2", plan::v1::SUCCEEDED, run)->mutable_rewrite()->add_changes();
  change->set_setting(plan::v1::CACHE_HOST);
  change->set_new_value(kNew);
  const SeenFarm before = MakeCacheFarm("fe1");
  EXPECT_THAT(FailedChecks(before, before, run),
              ElementsAre("fe2/settings", "fe2/startup-types", "fe2/services", "fe2/ports"));
}

}  // namespace
}  // namespace baton::rehearse
