#pragma once

#include <string>
#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/license_move.h"
#include "coordinator/procedure/observed_farm.h"
#include "coordinator/procedure/republish_move.h"
#include "coordinator/procedure/step_builder.h"

namespace baton {

// The stages of a move that come after Service Center is installed: license and modules. Pure.
class LicenseStages {
 public:
  // Borrows farm and plan, whose request and new Deployment Controller are set. REQUIRES: every
  // host was observed.
  LicenseStages(const ObservedFarm& farm, const plan::v1::Plan& plan);

  plan::v1::Stage License() const;
  plan::v1::Stage Republish() const;

  // The lines of the vendor's procedure that are left to people, each with why.
  std::vector<std::string> ByHand() const;

 private:
  plan::v1::Step SerialStep() const;
  plan::v1::Step GateStep() const;
  plan::v1::Step InstallStep() const;
  std::string Line(int number, absl::string_view text, absl::string_view why) const;

  const ObservedFarm& farm_;
  const plan::v1::Plan& plan_;
  const std::string to_;
  const StepBuilder build_;
  const LicenseMove license_;
  const RepublishMove republish_;
};

}  // namespace baton
