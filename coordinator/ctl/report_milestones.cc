// When the new Deployment Controller and the farm were proved.

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "coordinator/ctl/report_parts.h"
#include "coordinator/ctl/text.h"
#include "coordinator/inventory/farm_file.h"
#include "google/protobuf/util/time_util.h"

namespace baton::ctl {
namespace {

using google::protobuf::util::TimeUtil;
using report::v1::Milestone;
using report::v1::RunReport;
using report::v1::StepLine;

// The targets of the farm file that the run pins; none if this program cannot read it.
FarmTarget TargetOf(const ReportSource& source) {
  const absl::StatusOr<FarmFile> farm = ParseFarmFile("farm.yaml", source.state.farm_file());
  return farm.ok() ? farm->target : FarmTarget();
}

// The step shows that the new Deployment Controller serves: it runs and is initialised, or Service
// Center answers there.
bool ShowsController(const plan::v1::Step& step, const plan::v1::Plan& plan) {
  if (step.host() != plan.new_controller()) return false;
  return step.action().has_expect_ping() ||
         step.action().start_service().service() == plan::v1::CONTROLLER;
}

// A condition that several steps make up, and whether they all hold.
class Condition {
 public:
  void Add(const StepLine& step) {
    const bool holds =
        step.state() == plan::v1::SUCCEEDED || step.proof() == report::v1::NOT_NEEDED;
    if (!holds && lacking_.empty()) {
      lacking_ = absl::StrCat(
          step.step(), " is not proved: ", step.detail().empty() ? "not reached" : step.detail());
    }
    if (step.attempts().empty()) return;
    const Attempt& last = *step.attempts().rbegin();
    if (last.has_end_time() && (last_ == nullptr || End(*last_) <= last.end_time())) last_ = &step;
  }

  // Fills in when it came to hold, or why it did not.
  void Tell(const google::protobuf::Timestamp& start, std::optional<absl::Duration> target,
            Milestone& milestone) const {
    if (target.has_value()) {
      *milestone.mutable_target() =
          TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(*target));
    }
    if (!lacking_.empty() || last_ == nullptr) {
      milestone.set_detail(lacking_.empty() ? "no step of the plan shows it" : lacking_);
      return;
    }
    *milestone.mutable_time() = End(*last_);
    *milestone.mutable_elapsed() = milestone.time() - start;
    milestone.set_met(target.has_value() && DurationOf(milestone.elapsed()) <= *target);
    milestone.set_detail(absl::StrCat("proved by ", last_->step()));
  }

 private:
  using Attempt = report::v1::Attempt;
  static const google::protobuf::Timestamp& End(const StepLine& step) {
    return step.attempts().rbegin()->end_time();
  }

  std::string lacking_;
  const StepLine* last_ = nullptr;
};

Milestone& AddMilestone(const std::string& name, const std::string& title, RunReport& report) {
  Milestone& milestone = *report.add_milestones();
  milestone.set_name(name);
  milestone.set_title(title);
  return milestone;
}

}  // namespace

void AddMilestones(const ReportSource& source, RunReport& report) {
  const FarmTarget target = TargetOf(source);
  Condition controller;
  Condition farm;
  int index = 0;
  for (const plan::v1::Stage& stage : source.plan().stages()) {
    for (const plan::v1::Step& step : stage.steps()) {
      const StepLine& line = report.steps(index++);
      // What only warns says nothing of the farm.
      if (!step.action().hook().warn_only()) farm.Add(line);
      if (ShowsController(step, source.plan())) controller.Add(line);
    }
  }
  if (!source.plan().new_controller().empty()) {
    controller.Tell(source.run().start_time(), target.controller,
                    AddMilestone("controller-proven", "New Deployment Controller proved", report));
  }
  farm.Tell(source.run().start_time(), target.farm,
            AddMilestone("farm-proven", "Farm proved", report));
}

}  // namespace baton::ctl
