#pragma once

#include <string>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What becomes of the modules, which know the farm as it was when they were published.
struct RepublishMove {
  plan::v1::Tool tool = plan::v1::TOOL_UNSPECIFIED;  // unset: none is run
  bool tool_missing = false;   // another host of the farm has the tool that is asked for
  bool login_missing = false;  // by hand for want of a login
  std::string why;             // where none is run: why
};

// What the request asks for, on the new Deployment Controller `request.to()`. Pure.
RepublishMove PlanRepublishMove(const ObservedFarm& farm,
                                const plan::v1::ProcedureRequest& request);

}  // namespace baton
