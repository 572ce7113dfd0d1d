#include "coordinator/ctl/rehearse/junit_report.h"

#include "gtest/gtest.h"

namespace baton::rehearse {
namespace {

TEST(JunitReport, HasACaseForEachStepAndEachCheck) {
  plan::v1::Run run;
  const auto add = [&run](const std::string& name, plan::v1::StepState state) {
    plan::v1::StepStatus* step = run.add_steps();
    step->set_step(name);
    step->set_state(state);
    return step;
  };
  plan::v1::StepStatus* first = add("preflight/fe1/unchanged", plan::v1::SUCCEEDED);
  first->mutable_start_time()->set_seconds(10);
  first->mutable_end_time()->set_seconds(11);
  first->mutable_end_time()->set_nanos(250'000'000);
  add("repoint/fe1/apply", plan::v1::STEP_FAILED)->set_detail("exit code 3: \"no\" <config>");
  add("prove/fe1/ports", plan::v1::PENDING);
  EXPECT_EQ(JunitReport({{"rehearse",
                          absl::Milliseconds(1500),
                          run,
                          {{"fe1/settings", ""}, {"fe1/ports", "closed"}}},
                         {"another", absl::Seconds(2), {}, {{"fe1/ports", ""}}}}),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="rehearse" tests="5" failures="3" time="1.500">
    <testcase classname="step" name="preflight/fe1/unchanged" time="1.250"/>
    <testcase classname="step" name="repoint/fe1/apply" time="0.000">
      <failure message="failed: exit code 3: &quot;no&quot; &lt;config&gt;"/>
    </testcase>
    <testcase classname="step" name="prove/fe1/ports" time="0.000">
      <failure message="not reached"/>
    </testcase>
    <testcase classname="outside" name="fe1/settings" time="0.000"/>
    <testcase classname="outside" name="fe1/ports" time="0.000">
      <failure message="closed"/>
    </testcase>
  </testsuite>
  <testsuite name="another" tests="1" failures="0" time="2.000">
    <testcase classname="outside" name="fe1/ports" time="0.000"/>
  </testsuite>
</testsuites>
)");
}

TEST(EscapeXml, ReplacesWhatXmlCannotHold) {
  EXPECT_EQ(EscapeXml("a&b\x01\xff\n"), "a&amp;b??&#10;");
}

}  // namespace
}  // namespace baton::rehearse
