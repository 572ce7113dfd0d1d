#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/inventory/farm_file.h"

namespace baton {

// How a host takes part in a run.
enum class Participation {
  kWorkedOn,       // its agent does what the plan says
  kLost,           // the request names it lost: told if it answers, and owes the rest
  kInMaintenance,  // the farm file leaves it out: it owes its part, and is not called
};

// Who takes part in a run, and how: a function of farm file and request. Borrows both. Pure.
class Participants {
 public:
  Participants(const FarmFile& file, const plan::v1::ProcedureRequest& request)
      : file_(file), request_(request) {}

  // A host that is lost and in maintenance is lost: the request knows better. REQUIRES: a host of
  // the farm.
  Participation Of(absl::string_view host) const;

  // What the request says of a lost host; null if it is not lost.
  const plan::v1::LostHost* FindLost(absl::string_view host) const;

  // Those that are worked on: the new Deployment Controller first, if there is one, the others in
  // the farm file's order.
  std::vector<std::string> WorkedOn() const;

  // Those that take part like that, in the farm file's order.
  std::vector<std::string> Hosts(Participation participation) const;

 private:
  const FarmFile& file_;
  const plan::v1::ProcedureRequest& request_;
};

}  // namespace baton
