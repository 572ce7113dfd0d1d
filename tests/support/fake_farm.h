#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/engine/effects.h"
#include "tests/support/farm_builder.h"

namespace baton {

// The values of a tool in words: "username=admin license_file=6 bytes".
std::string DescribeValues(const std::vector<agent::v1::ToolValue>& values);

// What an agent leaves of the host when it was asked for these fields and services only.
plan::v1::Host AsAsked(plan::v1::Host host, const agent::v1::GetHostRequest& request);

// The agents of a farm as an engine sees them, in memory: claims and fences are checked, an
// operation id acts once and is answered from memory afterwards, and every action succeeds at once,
// but for a tool that gets no value for an argument that plan or journal have. The platform writes
// its configuration file again when it applies it. Ports of services that do not run refuse. It
// remembers what took effect. It lives on when a coordinator "dies". Not thread-safe.
class FakeFarm {
 public:
  explicit FakeFarm(Farm farm) : farm_(std::move(farm)) {}

  // What the agents answer. FAILED_PRECONDITION, naming both sides, for a claim or fence that does
  // not match what the agent holds; INVALID_ARGUMENT for a known id with another action.
  // A host that lost its power, or has it again: nobody reaches it, and nothing runs there. What it
  // would come back as stays as it is.
  void SetSilent(const std::string& host, bool silent);

  absl::Status Claim(const engine::ClaimHost& call);
  absl::StatusOr<plan::v1::Operation> Change(const engine::ChangeHost& call);
  absl::StatusOr<plan::v1::Host> Read(const engine::ReadHost& call);
  absl::StatusOr<agent::v1::ProbeReport> Probe(const engine::ProbeHost& call);

  // The hosts as they are now.
  Farm& farm() { return farm_; }

  // What took effect, in order: "fe1: stop controller".
  const std::vector<std::string>& effects() const { return effects_; }

  // What tools were given, in order: "fe2: install-license username=admin license_file=6 bytes".
  const std::vector<std::string>& given() const { return given_; }

  // The most Deployment Controllers that ever ran at the same time.
  int controllers_max() const { return controllers_max_; }

 private:
  bool Answers(const agent::v1::ProbeTarget& target);
  absl::Status Act(const engine::ChangeHost& call, plan::v1::Host& host,
                   plan::v1::Operation& operation);
  void Rewrite(const engine::ChangeHost& call, plan::v1::Configuration& configuration,
               plan::v1::Operation& operation);
  absl::Status Restore(const engine::ChangeHost& call, plan::v1::Configuration& configuration,
                       plan::v1::Operation& operation);

  absl::Status Reach(const std::string& host) const;

  Farm farm_;
  std::set<std::string> silent_;
  std::map<std::string, plan::v1::Operation> operations_;   // by operation id
  std::map<std::string, plan::v1::Configuration> backups_;  // by HOST/NAME
  std::vector<std::string> effects_;
  std::vector<std::string> given_;
  int controllers_max_ = 0;
};

}  // namespace baton
