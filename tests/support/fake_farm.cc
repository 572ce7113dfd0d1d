#include "tests/support/fake_farm.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/hash/sha256.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "google/protobuf/util/field_mask_util.h"

namespace baton {
namespace {

using plan::v1::Action;

std::string Describe(uint64_t epoch, absl::string_view run, absl::string_view incarnation) {
  return absl::StrCat("epoch ", epoch, " of run ", run, ", incarnation ", incarnation);
}

std::string Describe(const plan::v1::Claim& claim) {
  return Describe(claim.epoch(), claim.run(), claim.incarnation());
}

}  // namespace

std::string DescribeValues(const std::vector<agent::v1::ToolValue>& values) {
  std::vector<std::string> words;
  for (const agent::v1::ToolValue& value : values) {
    words.push_back(absl::StrCat(value.name(), "=",
                                 value.value_case() == agent::v1::ToolValue::kFile
                                     ? absl::StrCat(value.file().size(), " bytes")
                                     : value.text()));
  }
  return absl::StrJoin(words, " ");
}

plan::v1::Host AsAsked(plan::v1::Host host, const agent::v1::GetHostRequest& request) {
  const auto& services = request.services();
  if (!services.empty()) {
    auto& all = *host.mutable_services();
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&services](const plan::v1::ServiceState& state) {
                               return std::find(services.begin(), services.end(),
                                                state.service()) == services.end();
                             }),
              all.end());
  }
  const google::protobuf::FieldMask& mask = request.read_mask();
  if (!mask.paths().empty()) google::protobuf::util::FieldMaskUtil::TrimMessage(mask, &host);
  return host;
}

void FakeFarm::SetSilent(const std::string& host, bool silent) {
  if (silent) {
    silent_.insert(host);
  } else {
    silent_.erase(host);
  }
}

absl::Status FakeFarm::Reach(const std::string& host) const {
  if (silent_.count(host) == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(host, ": no route to host"));
}

absl::Status FakeFarm::Claim(const engine::ClaimHost& call) {
  RETURN_IF_ERROR(Reach(call.host));
  plan::v1::Claim& held = *farm_.Host(call.host).mutable_claim();
  const bool same_owner =
      held.run() == call.claim.run() && held.incarnation() == call.claim.incarnation();
  if (call.claim.epoch() < held.epoch() || (call.claim.epoch() == held.epoch() && !same_owner)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the agent holds ", Describe(held), ", not ", Describe(call.claim)));
  }
  held = call.claim;
  return absl::OkStatus();
}

absl::StatusOr<plan::v1::Operation> FakeFarm::Change(const engine::ChangeHost& call) {
  RETURN_IF_ERROR(Reach(call.host));
  plan::v1::Host& host = farm_.Host(call.host);
  const plan::v1::Claim& held = host.claim();
  if (held.epoch() != call.fence.epoch() || held.run() != call.fence.run() ||
      held.incarnation() != call.fence.incarnation()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the agent holds ", Describe(held), ", not ",
                     Describe(call.fence.epoch(), call.fence.run(), call.fence.incarnation())));
  }
  std::string action = ActionText(call.action);
  for (const agent::v1::ToolValue& value : call.values) {
    absl::StrAppend(&action, " ", value.name(), "=", value.text(), value.file());
  }
  const auto known = operations_.find(call.fence.operation_id());
  if (known != operations_.end()) {
    if (known->second.action() == action) return known->second;
    return absl::InvalidArgumentError(
        absl::StrCat(call.fence.operation_id(), " is known as ", known->second.action()));
  }
  plan::v1::Operation operation;
  operation.set_operation_id(call.fence.operation_id());
  operation.set_action(action);
  const absl::Status acted = Act(call, host, operation);
  if (call.action.has_run_tool() && !call.values.empty()) {
    given_.push_back(absl::StrCat(call.host, ": ", Word(call.action.run_tool()), " ",
                                  DescribeValues(call.values)));
  }
  operation.set_state(acted.ok() ? plan::v1::OPERATION_SUCCEEDED : plan::v1::OPERATION_FAILED);
  operation.set_detail(acted.ok() ? "done" : std::string(acted.message()));
  if (acted.ok()) effects_.push_back(absl::StrCat(call.host, ": ", ActionText(call.action)));
  operations_[call.fence.operation_id()] = operation;
  int controllers = 0;
  for (const FarmHost& entry : farm_.file.hosts) {
    const bool runs =
        farm_.Service(entry.name, plan::v1::CONTROLLER).run_state() == plan::v1::RUNNING;
    if (runs && silent_.count(entry.name) == 0) ++controllers;
  }
  controllers_max_ = std::max(controllers_max_, controllers);
  return operation;
}

void FakeFarm::Rewrite(const engine::ChangeHost& call, plan::v1::Configuration& configuration,
                       plan::v1::Operation& operation) {
  const std::string backup = absl::StrCat("server.hsconf.bak-", call.fence.run());
  backups_.emplace(absl::StrCat(call.host, "/", backup), configuration);
  plan::v1::RewriteResult& result = *operation.mutable_rewrite();
  result.set_digest_before(configuration.digest());
  for (const plan::v1::SettingChange& change : call.action.rewrite().changes()) {
    plan::v1::SettingValue& value = farm_.Setting(call.host, change.setting());
    value.set_value(change.new_value());
    value.clear_missing();
  }
  configuration.set_digest(Sha256(ActionText(call.action)));
  result.set_digest_after(configuration.digest());
  result.set_backup(backup);
}

absl::Status FakeFarm::Restore(const engine::ChangeHost& call,
                               plan::v1::Configuration& configuration,
                               plan::v1::Operation& operation) {
  const plan::v1::Restore& restore = call.action.restore();
  const auto backup = backups_.find(absl::StrCat(call.host, "/", restore.backup()));
  if (backup == backups_.end()) return absl::NotFoundError("there is no such backup");
  if (configuration.digest() != restore.expected_digest() ||
      backup->second.digest() != restore.restored_digest()) {
    return absl::AbortedError("the file or its backup is not the expected one");
  }
  operation.mutable_restore()->set_digest_before(configuration.digest());
  configuration = backup->second;
  operation.mutable_restore()->set_digest_after(configuration.digest());
  return absl::OkStatus();
}

absl::Status FakeFarm::Act(const engine::ChangeHost& call, plan::v1::Host& host,
                           plan::v1::Operation& operation) {
  const Action& action = call.action;
  if (action.has_start_service()) {
    plan::v1::ServiceState& state = farm_.Service(call.host, action.start_service().service());
    if (state.startup_type() == plan::v1::DISABLED) {
      return absl::FailedPreconditionError("the service is disabled");
    }
    state.set_run_state(plan::v1::RUNNING);
    state.set_initialization(plan::v1::INITIALIZED);
  } else if (action.has_stop_service()) {
    plan::v1::ServiceState& state = farm_.Service(call.host, action.stop_service().service());
    state.set_run_state(plan::v1::STOPPED);
    state.clear_initialization();
  } else if (action.has_set_startup_type()) {
    const plan::v1::ServiceGoal& goal = action.set_startup_type();
    farm_.Service(call.host, goal.service()).set_startup_type(goal.startup_type());
  } else if (action.has_rewrite()) {
    Rewrite(call, *host.mutable_configuration(), operation);
  } else if (action.has_run_tool() && action.run_tool() == plan::v1::APPLY_CONFIGURATION) {
    plan::v1::Configuration& configuration = *host.mutable_configuration();
    configuration.set_digest(Sha256(absl::StrCat(configuration.digest(), " applied")));
  } else if (action.has_restore()) {
    return Restore(call, *host.mutable_configuration(), operation);
  } else if (action.kind_case() == Action::kSetAssignment) {
    *host.mutable_assignment() = call.assignment;
  }
  for (const plan::v1::ToolArgument& argument : action.arguments()) {
    const bool known = argument.source_case() == plan::v1::ToolArgument::kText ||
                       argument.source_case() == plan::v1::ToolArgument::kGate;
    const bool given = std::any_of(
        call.values.begin(), call.values.end(),
        [&argument](const agent::v1::ToolValue& value) { return value.name() == argument.name(); });
    if (known && !given) return absl::InvalidArgumentError("there is no " + argument.name());
  }
  return absl::OkStatus();
}

absl::StatusOr<plan::v1::Host> FakeFarm::Read(const engine::ReadHost& call) {
  RETURN_IF_ERROR(Reach(call.host));
  return AsAsked(farm_.Host(call.host), call.request);
}

bool FakeFarm::Answers(const agent::v1::ProbeTarget& target) {
  for (const FarmHost& entry : farm_.file.hosts) {
    if (entry.platform_address != target.tcp().address()) continue;
    if (silent_.count(entry.name) > 0) return false;
    const plan::v1::Host& host = farm_.Host(entry.name);
    for (const plan::v1::ServiceProfile& service : host.profile().services()) {
      if (service.ports(0) != target.tcp().port()) continue;
      return farm_.Service(entry.name, service.service()).run_state() == plan::v1::RUNNING;
    }
  }
  return true;
}

absl::StatusOr<agent::v1::ProbeReport> FakeFarm::Probe(const engine::ProbeHost& call) {
  RETURN_IF_ERROR(Reach(call.host));
  agent::v1::ProbeReport report;
  for (const agent::v1::ProbeTarget& target : call.request.targets()) {
    agent::v1::ProbeResult* result = report.add_results();
    *result->mutable_target() = target;
    const bool answers = Answers(target);
    result->set_verdict(answers ? plan::v1::ACCEPTS : plan::v1::REFUSES);
    const std::string name = target.has_amqp()
                                 ? absl::StrCat(target.amqp().address(), ":", target.amqp().port())
                                 : absl::StrCat(target.tcp().address(), ":", target.tcp().port());
    result->set_detail(target.has_ping() ? "the ping page answers"
                       : answers         ? name + " accepts"
                                         : name + " refuses");
  }
  return report;
}

}  // namespace baton
