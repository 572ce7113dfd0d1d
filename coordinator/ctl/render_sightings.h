#pragma once

#include <string>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/ctl/text.h"
#include "google/protobuf/repeated_field.h"

namespace baton::ctl {

using Sightings = google::protobuf::RepeatedPtrField<plan::v1::Sighting>;

// Who sees whom of the hosts that do not answer: a row for each of them and for each group of
// witnesses that see the same, with what became of its agent's port, those of its Deployment
// Controller and those of the other services: `accepts`, `refuses`, `silent`, or `unknown` where
// the witness itself did not answer. Of several ports the one that shows most life counts. Empty if
// nobody was looked for.
std::string RenderSightings(const Sightings& sightings, const Style& style);

}  // namespace baton::ctl
