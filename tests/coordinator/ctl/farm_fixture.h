#pragma once

#include <string>

#include "absl/time/time.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"

namespace baton {

// A farm of four front-ends, "prod", whose Deployment Controller is on fe1, and what happens to it
// when it is moved to fe2: what the real planner and the real words of the catalog make of it.

// The moment at which everything below is seen.
absl::Time FixtureNow();

// The farm as it should be; with `drift`, fe3 also runs a Deployment Controller and fe4 is silent.
coordinator::v1::Farm MakeFarm(bool drift);

// The farm with fe3 and fe4 in standby, which farm.yaml says of fe2 and fe4, and fe1 silent if
// `silent`.
coordinator::v1::Farm MakeGroupedFarm(bool silent);

// The plan to swap its groups.
plan::v1::Plan MakeSwapPlan();

// The plan to move the Deployment Controller to fe2. With `forbidden`, of the farm with drift.
plan::v1::Plan MakePlanFixture(bool forbidden);

// The plan of a farm whose farm file has hooks, and whose profile knows how people do it by hand.
plan::v1::Plan MakeHookedPlan();

// The same plan with the steps that matter for a run: those of fe1, fe3 and the one that cannot be
// undone.
plan::v1::Plan MakeShortPlan();

// A plan to move the Deployment Controller to fe2, whose serial is another and for which no license
// lies ready: of its steps only those for license and modules.
plan::v1::Plan MakeLicensePlan();

// A run of that plan that waits at the gate; with `refused`, paused since the file was refused.
plan::v1::Run MakeLicenseRun(bool refused);

// A run of the short plan that started 4 min before now and whose steps up to `step` succeeded.
plan::v1::Run MakeRun(const std::string& step);

// A run of the plan with hooks that is paused because the hook `step` failed.
plan::v1::Run MakeRunAtHook(const std::string& step);

// The same run, paused because `step` failed.
plan::v1::Run MakePausedRun(const std::string& step);

// The plan that undoes that run, which failed at `step`.
plan::v1::Plan MakeUndoPlan(const std::string& step);

}  // namespace baton
