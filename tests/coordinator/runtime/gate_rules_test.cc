#include "coordinator/runtime/gate_rules.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/coordinator/engine/run_records.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using coordinator::v1::AnswerGateRequest;
using plan::v1::GateInput;
using testing::HasSubstr;

constexpr char kGate[] = "license/fe2/provide";

void AddInput(const std::string& name, GateInput::Kind kind, bool required, plan::v1::Gate& gate) {
  GateInput* input = gate.add_inputs();
  input->set_name(name);
  input->set_description("the " + name);
  input->set_kind(kind);
  input->set_required(required);
}

// A plan with a gate that asks for a file and, if one likes, a ticket, and a step behind it.
plan::v1::Plan PlanWithGate() {
  plan::v1::Plan plan;
  plan.add_hosts("fe2");
  plan::v1::Stage* stage = plan.add_stages();
  stage->set_name("license");
  stage->set_max_parallel(1);
  plan::v1::Step* gate = stage->add_steps();
  gate->set_name(kGate);
  gate->set_host("fe2");
  AddInput("license_file", GateInput::FILE, true, *gate->mutable_action()->mutable_gate());
  AddInput("ticket", GateInput::TEXT, false, *gate->mutable_action()->mutable_gate());
  plan::v1::Step* behind = stage->add_steps();
  behind->set_name("license/fe2/install");
  behind->set_host("fe2");
  behind->mutable_action()->set_run_tool(plan::v1::INSTALL_LICENSE);
  return plan;
}

class GateRules : public testing::Test {
 protected:
  GateRules() : records_(PlanWithGate()) {
    records_.Add(RunRecords::StepStarted(kGate));
    request_.set_run("run-1");
    request_.set_gate(kGate);
    request_.set_approve(true);
    request_.set_reason("from the portal");
    AddFile("license_file", "serial=1\n");
  }

  void AddFile(const std::string& name, const std::string& bytes) {
    plan::v1::GateValue* value = request_.add_values();
    value->set_name(name);
    value->set_file(bytes);
  }

  void AddText(const std::string& name, const std::string& text) {
    plan::v1::GateValue* value = request_.add_values();
    value->set_name(name);
    value->set_text(text);
  }

  absl::StatusOr<journal::v1::GateAnswered> Check() {
    return CheckGateAnswer(request_, records_.state());
  }

  RunRecords records_;
  AnswerGateRequest request_;
};

TEST_F(GateRules, TakesAnApprovalWithWhatTheGateAsksFor) {
  AddText("ticket", "CHG-7");
  const absl::StatusOr<journal::v1::GateAnswered> answered = Check();
  ASSERT_OK(answered);
  EXPECT_EQ(answered->step(), kGate);
  EXPECT_EQ(answered->attempt(), 1u);
  EXPECT_TRUE(answered->approved());
  EXPECT_EQ(answered->reason(), "from the portal");
  ASSERT_EQ(answered->values_size(), 2);
  EXPECT_EQ(answered->values(0).file(), "serial=1\n");
  EXPECT_EQ(answered->values(1).text(), "CHG-7");
}

TEST_F(GateRules, TakesARejectionWithoutValues) {
  request_.set_approve(false);
  EXPECT_THAT(Check(), StatusIs(kInvalidArgument, HasSubstr("takes no values")));
  request_.clear_values();
  EXPECT_OK(Check());
}

TEST_F(GateRules, AnAnswerNeedsAReason) {
  request_.clear_reason();
  EXPECT_THAT(Check(), StatusIs(kInvalidArgument, HasSubstr("--reason")));
  request_.set_reason(std::string(1001, 'x'));
  EXPECT_THAT(Check(), StatusIs(kInvalidArgument, HasSubstr("over the limit of 1000")));
}

TEST_F(GateRules, AGateThatDoesNotWaitTakesNoAnswer) {
  request_.set_gate("license/fe2/install");
  EXPECT_THAT(Check(), StatusIs(kFailedPrecondition, HasSubstr("is no gate")));
  request_.set_gate("license/fe3/provide");
  EXPECT_THAT(Check(), StatusIs(kFailedPrecondition, HasSubstr("has no step")));
  request_.set_gate(kGate);
  journal::v1::Record record = RunRecords::NewRecord();
  *record.mutable_gate_answered() = *Check();
  records_.Add(record);
  EXPECT_THAT(Check(), StatusIs(kFailedPrecondition, HasSubstr("does not wait: it is succeeded, "
                                                               "approved by ")));
}

TEST_F(GateRules, SaysWhichValueIsMissing) {
  request_.clear_values();
  EXPECT_THAT(Check(),
              StatusIs(kInvalidArgument, HasSubstr("needs license_file: the license_file")));
}

TEST_F(GateRules, RefusesValuesThatItDoesNotKnow) {
  AddText("tickets", "CHG-7");
  EXPECT_THAT(Check(), StatusIs(kInvalidArgument, HasSubstr("no \"tickets\"; it asks for "
                                                            "license_file, ticket")));
}

TEST_F(GateRules, RefusesAValueThatIsGivenTwice) {
  AddFile("license_file", "serial=2\n");
  EXPECT_THAT(Check(), StatusIs(kInvalidArgument, HasSubstr("given more than once")));
}

TEST_F(GateRules, RefusesValuesOfTheWrongKindOrSize) {
  request_.clear_values();
  AddText("license_file", "serial=1");
  EXPECT_THAT(Check(), StatusIs(kInvalidArgument, HasSubstr("license_file takes a file")));
  request_.clear_values();
  AddFile("license_file", std::string(kGateFileBytesMax + 1, 'x'));
  EXPECT_THAT(Check(), StatusIs(kInvalidArgument, HasSubstr("1048577 bytes")));
  request_.mutable_values(0)->set_file("");
  EXPECT_THAT(Check(), StatusIs(kInvalidArgument, HasSubstr("0 bytes")));
  request_.mutable_values(0)->set_file("serial=1\n");
  AddText("ticket", "a\nb");
  EXPECT_THAT(Check(), StatusIs(kInvalidArgument, HasSubstr("one line")));
}

}  // namespace
}  // namespace baton
