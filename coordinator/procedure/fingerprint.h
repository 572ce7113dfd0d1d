#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"

namespace baton {

// A host as lines of text, one fact a line, sorted: what a plan rests on and what may not move
// between plan and run. Covers reachability, versions, profile, run states and startup types,
// settings, file digests, assignment, and the serial where it is known. Volatile facts (clock,
// space) are left out: they are findings.
std::vector<std::string> Fingerprint(const plan::v1::HostObservation& host);

// The same for a host that answered.
std::vector<std::string> Fingerprint(const plan::v1::Host& state);

// SHA-256 over the fingerprints of the hosts that the plan works on, in the order of its
// observation, the staged licenses and the farm file's digest. 32 bytes. What is left out may come
// and go. REQUIRES: the plan's observation, hosts and digest of the farm file are set.
std::string PlanDigest(const plan::v1::Plan& plan);

// What moved since the plan was made of the hosts that it works on, a sentence a fact: "fe2: was
// `service controller stopped disabled`, is `service controller running automatic`". Empty if
// nothing did. A serial that is not known in one of the two did not move.
std::vector<std::string> Moved(const plan::v1::Plan& plan, const plan::v1::Observation& after);

// The same for one host and the lines that a plan kept of it.
std::vector<std::string> Moved(absl::string_view host, const std::vector<std::string>& before,
                               const std::vector<std::string>& after);

}  // namespace baton
