#include "tests/coordinator/ctl/report_fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "coordinator/journal/chain.h"
#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"
#include "tests/coordinator/ctl/farm_fixture.h"

namespace baton {
namespace {

using google::protobuf::util::TimeUtil;
using journal::v1::Record;
using plan::v1::Step;

constexpr char kFarmFile[] =
    "farm_id: prod\n"
    "hosts: [{name: fe1, agent_address: fe1, platform_address: 10.0.0.11}]\n"
    "target: {controller: 10m, farm: 12m}\n";
constexpr char kFailingStep[] = "repoint/fe3/apply";
constexpr char kGate[] = "license/fe2/gate";
constexpr char kHostile[] =
    "</pre><script>alert('x')</script><img src=http://evil/> | `` ``` [a](http://evil) &amp; "
    "\x1b[31m \"";

// What stands in the records besides states.
struct Texts {
  std::string reason = "fe1's disk fails";
  std::string change = "CHG-4711";
  std::string failure = "exit code 3: Cannot write C:\\a: There is not enough space on the disk.";
  std::string output =
      "Validating configuration...\r\nUpgrading database model... 40%\r\n"
      "Cannot write C:\\a: There is not enough space on the disk.\r\n";
};

// A run, record by record, as a journal holds it.
class History {
 public:
  explicit History(Texts texts, absl::string_view name = "")
      : texts_(std::move(texts)), plan_(MakeShortPlan()) {
    if (name == "gate") AddGate();
    if (name == "hooks") {
      AddHook("dns", false);
      AddHook("tell-people", true);
    }
    end_.set_sequence(100);
    end_.set_hash(std::string(32, 'h'));
    plan_.mutable_request()->set_reason(texts_.reason);
    plan_.mutable_request()->set_change(texts_.change);
    Record started = Next(absl::ZeroDuration());
    *started.mutable_run_started()->mutable_plan() = plan_;
    started.mutable_run_started()->set_epoch(8);
    started.mutable_run_started()->set_farm_file(kFarmFile);
    Append(std::move(started));
    for (const std::string& host : plan_.hosts()) {
      Record claim = Next(absl::Seconds(1));
      claim.mutable_claim_finished()->set_host(host);
      claim.mutable_claim_finished()->set_epoch(8);
      claim.mutable_claim_finished()->set_accepted(true);
      Append(std::move(claim));
    }
  }

  // The run does its steps up to `last`, or from where it was to the end.
  void Do(const std::string& last = "") {
    for (; next_ < Steps().size(); ++next_) {
      const Step& step = *Steps()[next_];
      if (step.name() == last) return;
      Start(step.name(), 1);
      const bool warns = step.action().hook().warn_only();
      Append(Finish(step, warns ? plan::v1::SKIPPED : plan::v1::SUCCEEDED, 1));
    }
  }

  void FailTwiceAndPause() {
    Do(kFailingStep);
    const Step& step = *Steps()[next_++];
    Start(step.name(), 1);
    Append(Finish(step, plan::v1::STEP_FAILED, 1));
    Pause();
    Decide("operator:bob", journal::v1::RETRY, "disk is free again");
    Start(step.name(), 2);
    Append(Finish(step, plan::v1::STEP_FAILED, 2));
    Pause();
  }

  void Decide(const std::string& actor, journal::v1::Decision decision, const std::string& reason) {
    Record record = Next(absl::Minutes(3));
    record.set_actor(actor);
    record.mutable_run_resumed()->set_epoch(++epoch_);
    record.mutable_run_resumed()->set_step(kFailingStep);
    record.mutable_run_resumed()->set_decision(decision);
    record.mutable_run_resumed()->set_reason(reason);
    Append(std::move(record));
    for (const std::string& host : plan_.hosts()) {
      Record claim = Next(absl::ZeroDuration());
      claim.mutable_claim_finished()->set_host(host);
      claim.mutable_claim_finished()->set_epoch(epoch_);
      claim.mutable_claim_finished()->set_accepted(true);
      Append(std::move(claim));
    }
  }

  void ApproveGate() {
    Start(kGate, 1);
    Record record = Next(absl::Minutes(5));
    record.set_actor("operator:carol");
    record.mutable_gate_answered()->set_step(kGate);
    record.mutable_gate_answered()->set_attempt(1);
    record.mutable_gate_answered()->set_approved(true);
    record.mutable_gate_answered()->set_reason("the license is here");
    plan::v1::GateValue& value = *record.mutable_gate_answered()->add_values();
    value.set_name("license_file");
    value.set_file("abc");
    Append(std::move(record));
  }

  void AskForAnEnd() {
    Record record = Next(absl::Seconds(1));
    record.set_actor("operator:bob");
    record.mutable_stop_requested()->set_cancel(true);
    record.mutable_stop_requested()->set_reason("wrong host");
    Append(std::move(record));
  }

  void End(plan::v1::RunPhase phase, const std::string& detail, const std::string& actor = "") {
    Record record = Next(absl::ZeroDuration());
    if (!actor.empty()) record.set_actor(actor);
    record.mutable_run_finished()->set_phase(phase);
    record.mutable_run_finished()->set_detail(detail);
    Append(std::move(record));
  }

  ctl::RunHistory Take() {
    history_.chain.set_first_sequence(1);
    history_.chain.set_last_sequence(end_.sequence() + 4);
    history_.chain.set_last_hash(std::string(32, '\xee'));
    return std::move(history_);
  }

 private:
  void AddGate() {
    plan::v1::Stage& stage = *plan_.add_stages();
    stage.set_name("license");
    stage.set_max_parallel(1);
    Step& step = *stage.add_steps();
    step.set_name(kGate);
    step.set_host("fe2");
    step.mutable_action()->mutable_gate();
    step.set_sentence("Wait for the license of fe2");
  }

  void AddHook(const std::string& name, bool warn_only) {
    plan::v1::Stage& stage = *plan_.add_stages();
    stage.set_name("after-prove");
    stage.set_max_parallel(1);
    Step& step = *stage.add_steps();
    step.set_name(absl::StrCat("after-prove/@coordinator/", name));
    step.set_sentence(absl::StrCat("Run hook ", name, " after prove"));
    step.set_transition("/etc/baton/hooks/" + name);
    step.mutable_action()->mutable_hook()->set_name(name);
    step.mutable_action()->mutable_hook()->set_warn_only(warn_only);
  }

  std::vector<const Step*> Steps() const {
    std::vector<const Step*> steps;
    for (const plan::v1::Stage& stage : plan_.stages()) {
      for (const Step& step : stage.steps()) steps.push_back(&step);
    }
    return steps;
  }

  Record Next(absl::Duration later) {
    now_ += later;
    Record record;
    record.set_actor("operator:alice");
    record.set_run("r-1");
    *record.mutable_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now_));
    return record;
  }

  void Start(const std::string& step, uint32_t attempt) {
    Record record = Next(absl::ZeroDuration());
    record.mutable_step_started()->set_step(step);
    record.mutable_step_started()->set_attempt(attempt);
    Append(std::move(record));
  }

  Record Finish(const Step& step, plan::v1::StepState state, uint32_t attempt) {
    const bool tool = step.action().has_run_tool();
    Record record = Next(tool ? absl::Minutes(4) : absl::Seconds(2));
    journal::v1::StepFinished& finished = *record.mutable_step_finished();
    finished.set_step(step.name());
    finished.set_attempt(attempt);
    finished.set_state(state);
    const bool done = state == plan::v1::SUCCEEDED;
    finished.set_detail(!done ? texts_.failure : tool ? "exit code 0" : "as it should be");
    if (step.action().has_expect_ping()) finished.mutable_evidence()->add_probes("answers 200");
    const bool service = step.action().has_stop_service() || step.action().has_start_service();
    if (service) {
      plan::v1::ServiceState& seen = *finished.mutable_evidence()->add_services();
      seen.set_service(plan::v1::SCHEDULER);
      seen.set_run_state(plan::v1::STOPPED);
      seen.set_startup_type(plan::v1::DISABLED);
      seen.set_detail("inactive");
    }
    if (step.action().has_rewrite()) AddRewrite(finished);
    if (tool) AddTool(finished);
    if (step.action().has_hook()) AddHookResult(finished);
    finished.set_changed(finished.has_operation() || finished.evidence().has_hook());
    return record;
  }

  static void AddRewrite(journal::v1::StepFinished& finished) {
    plan::v1::Operation& operation = *finished.mutable_operation();
    operation.set_state(plan::v1::OPERATION_SUCCEEDED);
    operation.mutable_rewrite()->set_digest_before("\x01\x02");
    operation.mutable_rewrite()->set_digest_after("\x03\x04");
    operation.mutable_rewrite()->set_backup("server.hsconf.bak-r-1");
    plan::v1::SettingValue& seen = *finished.mutable_evidence()->add_settings();
    seen.set_setting(plan::v1::CONTROLLER_HOST);
    seen.set_value("10.0.0.12");
    plan::v1::SettingValue& password = *finished.mutable_evidence()->add_settings();
    password.set_setting(plan::v1::CACHE_PASSWORD);
    password.set_encrypted(true);
  }

  void AddTool(journal::v1::StepFinished& finished) const {
    const bool done = finished.state() == plan::v1::SUCCEEDED;
    plan::v1::Operation& operation = *finished.mutable_operation();
    operation.set_state(done ? plan::v1::OPERATION_SUCCEEDED : plan::v1::OPERATION_FAILED);
    operation.set_detail(finished.detail());
    operation.mutable_tool()->set_exit_code(done ? 0 : 3);
    operation.mutable_tool()->set_output_tail(done ? "Done.\n" : texts_.output);
    operation.mutable_tool()->set_output_bytes(done ? 6 : 9000);
  }

  static void AddHookResult(journal::v1::StepFinished& finished) {
    const bool done = finished.state() == plan::v1::SUCCEEDED;
    journal::v1::HookResult& result = *finished.mutable_evidence()->mutable_hook();
    result.set_exit_code(done ? 0 : 75);
    result.set_output_tail(done ? "controller.corp.example -> 10.0.0.12\n"
                                : "mail server: connection refused\n");
    result.set_output_bytes(result.output_tail().size());
    finished.set_detail(done ? "exit code 0: controller.corp.example -> 10.0.0.12"
                             : "failed, and only warns: exit code 75: mail server: connection "
                               "refused");
  }

  void Pause() {
    Record record = Next(absl::ZeroDuration());
    record.mutable_run_paused()->set_reason(plan::v1::STEP_DID_NOT_SUCCEED);
    record.mutable_run_paused()->set_detail(
        absl::StrCat("step ", kFailingStep, " failed: ", texts_.failure));
    Append(std::move(record));
  }

  void Append(Record record) {
    absl::StatusOr<SealedRecord> sealed = Seal(std::move(record), end_);
    ASSERT_TRUE(sealed.ok()) << sealed.status();
    end_.set_sequence(sealed->stored.record.sequence());
    end_.set_hash(sealed->stored.hash);
    history_.records.push_back(std::move(sealed->stored));
  }

  const Texts texts_;
  plan::v1::Plan plan_;
  plan::v1::Anchor end_;
  absl::Time now_ = FixtureNow() - absl::Minutes(30);
  size_t next_ = 0;
  uint64_t epoch_ = 8;
  ctl::RunHistory history_;
};

}  // namespace

ctl::RunHistory MakeHistory(const std::string& name) {
  Texts texts;
  if (name == "hostile") texts = {kHostile, kHostile, kHostile, absl::StrCat(kHostile, "\n````\n")};
  History history(texts, name);
  if (name == "succeeded" || name == "hooks") {
    history.Do();
    history.End(plan::v1::RUN_SUCCEEDED, "every step is done and proved");
    return history.Take();
  }
  if (name == "gate") {
    history.Do(kGate);
    history.ApproveGate();
    history.End(plan::v1::RUN_SUCCEEDED, "every step is done and proved");
    return history.Take();
  }
  if (name == "cancelled") {
    history.AskForAnEnd();
    history.End(plan::v1::RUN_CANCELLED, "ended by operator:bob: wrong host; nothing was undone");
    return history.Take();
  }
  history.FailTwiceAndPause();
  if (name == "vouched") {
    history.Decide("operator:carol", journal::v1::ACCEPT, "applied it by hand");
    history.Do();
    history.End(plan::v1::RUN_SUCCEEDED, "every step is done and proved");
  }
  if (name == "forced") {
    history.End(plan::v1::RUN_STOPPED, "ended by force by operator:carol: back to fe1",
                "operator:carol");
  }
  ctl::RunHistory made = history.Take();
  if (name == "damaged") made.chain.set_damage("journal record 300 is damaged");
  return made;
}

}  // namespace baton
