#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/cache_move.h"
#include "coordinator/procedure/license_stages.h"
#include "coordinator/procedure/lost_steps.h"
#include "coordinator/procedure/observed_farm.h"
#include "coordinator/procedure/step_builder.h"

namespace baton {

// The stages of a move of the Deployment Controller, alone or together with the cache. Each stage
// is written once: what the cache adds to it stands in it. Pure.
class MoveStages {
 public:
  // Borrows farm and plan, whose hosts and new Deployment Controller are set. `cache` is unset
  // where the cache stays. REQUIRES: every host of the plan was observed.
  MoveStages(const ObservedFarm& farm, const plan::v1::Plan& plan, std::optional<CacheMove> cache);

  plan::v1::Stage Preflight() const;
  plan::v1::Stage StandDown() const;
  plan::v1::Stage Promote() const;
  // Empty where no host is lost that may have the Deployment Controller.
  plan::v1::Stage Witness() const { return lost_.Witness(); }
  plan::v1::Stage Repoint() const;
  // Empty where no host is lost.
  plan::v1::Stage ExcludeLost() const { return lost_.ExcludeLost(); }
  plan::v1::Stage ServiceCenter() const;
  plan::v1::Stage Prove() const;

 private:
  bool TakesCache(const std::string& host) const { return cache_.has_value() && host == to_; }
  bool LosesCache(const std::string& host) const {
    return cache_.has_value() && host == cache_->from && host != to_;
  }
  uint32_t MaxParallel() const;
  const std::string& Address() const;
  plan::v1::StartupType FutureType(const std::string& host,
                                   const plan::v1::ServiceState& state) const;
  std::vector<plan::v1::Service> RestartedServices(const std::string& host) const;
  plan::v1::ServiceGoal Expected(const std::string& host, const plan::v1::ServiceState& state,
                                 bool run_states) const;

  void AddStandDown(const std::string& host, plan::v1::Service service,
                    plan::v1::Stage& stage) const;
  std::vector<plan::v1::Service> LostRoles(const std::string& host) const;
  void AddNewCache(plan::v1::Stage& stage) const;
  plan::v1::Step RewriteStep(const std::string& host) const;
  plan::v1::Step ExpectServicesStep(absl::string_view stage, absl::string_view what,
                                    const std::string& host, bool run_states) const;
  plan::v1::Step ExpectSettingsStep(const std::string& host) const;

  const ObservedFarm& farm_;
  const plan::v1::Plan& plan_;
  const std::optional<CacheMove> cache_;
  const std::string to_;
  const StepBuilder build_;
  const LostSteps lost_;
};

// Fills in the stages, in order, and what follows from them: the first step that cannot be undone,
// and the lines of the vendor's procedure that are left to people.
void FillIn(const MoveStages& stages, const LicenseStages& license, plan::v1::Plan& plan);

}  // namespace baton
