#pragma once

#include <string>

#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/ctl/text.h"
#include "google/protobuf/repeated_field.h"

namespace baton::ctl {

using Findings = google::protobuf::RepeatedPtrField<plan::v1::Finding>;

// The findings, two or three lines each: level, name and host with the reason, what to do next, and
// for an error that can be accepted how. Empty if there are none.
std::string RenderFindings(const Findings& findings, const Style& style);

// "2 errors, 1 warning"; "no findings".
std::string CountFindings(const Findings& findings);

// What `baton check` shows; of an emergency, or else of a planned move.
std::string RenderReadiness(const coordinator::v1::Readiness& readiness, bool emergency,
                            const Style& style);

}  // namespace baton::ctl
