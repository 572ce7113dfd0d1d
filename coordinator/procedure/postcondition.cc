#include "coordinator/procedure/postcondition.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "common/hash/sha256.h"
#include "common/words/words.h"
#include "coordinator/procedure/evidence_words.h"
#include "coordinator/procedure/fingerprint.h"

namespace baton {
namespace {

using plan::v1::Action;
using plan::v1::ServiceGoal;
using plan::v1::ServiceState;

// How long one probe may take.
constexpr int kProbeTimeoutSeconds = 5;

std::vector<const ServiceGoal*> Pointers(const plan::v1::ServiceExpectation& expected) {
  std::vector<const ServiceGoal*> goals;
  for (const ServiceGoal& goal : expected.services()) goals.push_back(&goal);
  return goals;
}

bool Reached(const ServiceGoal& goal, const ServiceState& state) {
  if (goal.startup_type() != plan::v1::STARTUP_TYPE_UNSPECIFIED &&
      goal.startup_type() != state.startup_type()) {
    return false;
  }
  if (goal.run_state() == plan::v1::RUN_STATE_UNSPECIFIED) return true;
  if (goal.run_state() != state.run_state()) return false;
  return goal.run_state() != plan::v1::RUNNING || state.initialization() == plan::v1::INITIALIZED;
}

// Adds what was found of one service to the check, and whether it is what was wanted.
void CheckService(const ServiceGoal& goal, const plan::v1::Host& host, Check& check) {
  const auto found =
      std::find_if(host.services().begin(), host.services().end(),
                   [&goal](const ServiceState& s) { return s.service() == goal.service(); });
  if (found == host.services().end()) {
    check.proof = Proof::kDoesNotHold;
    absl::StrAppend(&check.detail, check.detail.empty() ? "" : "; ", "the host has no ",
                    Word(goal.service()));
    return;
  }
  *check.evidence.add_services() = *found;
  if (!Reached(goal, *found)) check.proof = Proof::kDoesNotHold;
  absl::StrAppend(&check.detail, check.detail.empty() ? "" : "; ", ServiceWords(*found));
}

Check CheckServices(absl::Span<const ServiceGoal* const> goals, const plan::v1::Host& host) {
  Check check;
  check.proof = Proof::kHolds;
  for (const ServiceGoal* goal : goals) CheckService(*goal, host, check);
  return check;
}

void CheckSetting(plan::v1::Setting setting, absl::string_view wanted,
                  const plan::v1::Configuration& configuration, Check& check) {
  for (const plan::v1::SettingValue& value : configuration.settings()) {
    if (value.setting() != setting) continue;
    *check.evidence.add_settings() = value;
    absl::StrAppend(&check.detail, check.detail.empty() ? "" : "; ", SettingWords(value));
    if (value.missing() || value.value() != wanted) check.proof = Proof::kDoesNotHold;
    return;
  }
  check.proof = Proof::kDoesNotHold;
  absl::StrAppend(&check.detail, check.detail.empty() ? "" : "; ", "the host's profile has no ",
                  Word(setting));
}

Check StartSettingsCheck(const plan::v1::Configuration& configuration) {
  Check check;
  check.evidence.set_configuration_digest(configuration.digest());
  check.proof = configuration.error().empty() ? Proof::kHolds : Proof::kDoesNotHold;
  check.detail = configuration.error();
  return check;
}

Check CheckRewrite(const plan::v1::Rewrite& rewrite, const plan::v1::Host& host) {
  Check check = StartSettingsCheck(host.configuration());
  for (const plan::v1::SettingChange& change : rewrite.changes()) {
    CheckSetting(change.setting(), change.new_value(), host.configuration(), check);
  }
  return check;
}

// Bytes are compared by their digest, which leaves a plaintext password out on both sides.
Check CheckRestore(const plan::v1::Restore& restore, const plan::v1::Host& host) {
  Check check = StartSettingsCheck(host.configuration());
  const std::string& found = host.configuration().digest();
  if (found != restore.restored_digest()) check.proof = Proof::kDoesNotHold;
  if (check.detail.empty()) {
    check.detail = absl::StrCat("configuration file, SHA-256 ", ToHex(found));
  }
  return check;
}

Check CheckSettings(const plan::v1::SettingExpectation& expected, const plan::v1::Host& host) {
  Check check = StartSettingsCheck(host.configuration());
  for (const plan::v1::SettingValue& value : expected.settings()) {
    CheckSetting(value.setting(), value.value(), host.configuration(), check);
  }
  return check;
}

Check CheckSerial(const plan::v1::SerialExpectation& expected, const plan::v1::Serial& found) {
  Check check;
  check.evidence.set_serial(found.value());
  check.proof = found.value() == expected.serial() ? Proof::kHolds : Proof::kDoesNotHold;
  check.detail = SerialWords(found);
  return check;
}

Check CheckAssignment(plan::v1::AssignmentState state, const plan::v1::Assignment& wanted,
                      const plan::v1::Host& host) {
  const plan::v1::Assignment& found = host.assignment();
  Check check;
  *check.evidence.mutable_assignment() = found;
  // A coordinator that took the run over asks at a higher epoch than the one that published it; the
  // agent answers from memory, and the assignment stands as it is.
  const bool ours = found.run() == wanted.run() && found.epoch() <= wanted.epoch();
  const bool equal = ours && found.state() == state && found.controller() == wanted.controller() &&
                     found.cache() == wanted.cache();
  check.proof = equal ? Proof::kHolds : Proof::kDoesNotHold;
  check.detail = AssignmentWords(found);
  return check;
}

Check CheckUnchanged(const plan::v1::Step& step, const plan::v1::Host& host) {
  const auto& expected = step.action().expect_unchanged().fingerprint();
  const std::vector<std::string> before(expected.begin(), expected.end());
  const std::vector<std::string> moved = Moved(step.host(), before, Fingerprint(host));
  Check check;
  check.proof = moved.empty() ? Proof::kHolds : Proof::kDoesNotHold;
  check.detail = moved.empty() ? "as the plan has it" : absl::StrJoin(moved, "; ");
  return check;
}

void AddCacheTarget(const plan::v1::CacheExpectation& expected, agent::v1::ProbeRequest& request) {
  agent::v1::ProbeTarget& target = *request.add_targets();
  if (expected.secret().empty()) {
    target.mutable_tcp()->set_address(expected.address());
    target.mutable_tcp()->set_port(expected.port());
    return;
  }
  agent::v1::AmqpTarget& amqp = *target.mutable_amqp();
  amqp.set_address(expected.address());
  amqp.set_port(expected.port());
  amqp.set_virtual_host(expected.virtual_host());
  amqp.set_username(expected.username());
  amqp.set_tls(expected.tls());
  amqp.set_tls_name(expected.tls_name());
  amqp.set_secret(expected.secret());
}

// A firewall may keep a closed port silent: that nobody accepts is all that can be asked for.
bool IsClosed(const agent::v1::ProbeResult& result) {
  return result.verdict() == plan::v1::REFUSES || result.verdict() == plan::v1::SILENT;
}

}  // namespace

bool ProvedByProbe(const plan::v1::Step& step) {
  return step.action().has_expect_ports() || step.action().has_expect_ping() ||
         step.action().has_expect_cache();
}

agent::v1::GetHostRequest ReadFor(const plan::v1::Step& step) {
  const Action& action = step.action();
  agent::v1::GetHostRequest request;
  const auto read_services = [&request](absl::Span<const ServiceGoal* const> goals) {
    request.mutable_read_mask()->add_paths("services");
    for (const ServiceGoal* goal : goals) request.add_services(goal->service());
  };
  switch (action.kind_case()) {
    case Action::kStartService:
      read_services({&action.start_service()});
      break;
    case Action::kStopService:
      read_services({&action.stop_service()});
      break;
    case Action::kSetStartupType:
      read_services({&action.set_startup_type()});
      break;
    case Action::kExpectServices:
      read_services(Pointers(action.expect_services()));
      break;
    case Action::kRewrite:
    case Action::kRestore:
    case Action::kExpectSettings:
      request.mutable_read_mask()->add_paths("configuration");
      break;
    case Action::kExpectSerial:
      request.mutable_read_mask()->add_paths("serial");
      break;
    case Action::kExpectUnchanged:
      break;  // everything that a plan rests on
    default:
      request.mutable_read_mask()->add_paths("assignment");
      break;
  }
  return request;
}

agent::v1::ProbeRequest ProbesFor(const plan::v1::Step& step) {
  agent::v1::ProbeRequest request;
  request.mutable_timeout()->set_seconds(kProbeTimeoutSeconds);
  if (step.action().has_expect_ping()) request.add_targets()->mutable_ping();
  for (const uint32_t port : step.action().expect_ports().ports()) {
    agent::v1::TcpTarget* target = request.add_targets()->mutable_tcp();
    target->set_address(step.action().expect_ports().address());
    target->set_port(port);
  }
  if (step.action().has_expect_cache()) AddCacheTarget(step.action().expect_cache(), request);
  return request;
}

Check CheckHost(const plan::v1::Step& step, const plan::v1::Assignment& assignment,
                const plan::v1::Host& host) {
  const Action& action = step.action();
  switch (action.kind_case()) {
    case Action::kStartService:
      return CheckServices({&action.start_service()}, host);
    case Action::kStopService:
      return CheckServices({&action.stop_service()}, host);
    case Action::kSetStartupType:
      return CheckServices({&action.set_startup_type()}, host);
    case Action::kExpectServices:
      return CheckServices(Pointers(action.expect_services()), host);
    case Action::kRewrite:
      return CheckRewrite(action.rewrite(), host);
    case Action::kRestore:
      return CheckRestore(action.restore(), host);
    case Action::kExpectSettings:
      return CheckSettings(action.expect_settings(), host);
    case Action::kSetAssignment:
      return CheckAssignment(action.set_assignment(), assignment, host);
    case Action::kExpectUnchanged:
      return CheckUnchanged(step, host);
    case Action::kExpectSerial:
      return CheckSerial(action.expect_serial(), host.serial());
    default:
      return {};
  }
}

Check CheckProbes(const plan::v1::Step& step, const agent::v1::ProbeReport& report) {
  Check check;
  check.proof = report.results().empty() ? Proof::kDoesNotHold : Proof::kHolds;
  const bool closed = step.action().expect_ports().closed();
  for (const agent::v1::ProbeResult& result : report.results()) {
    const bool holds = closed ? IsClosed(result) : result.verdict() == plan::v1::ACCEPTS;
    if (!holds) check.proof = Proof::kDoesNotHold;
    check.evidence.add_probes(result.detail());
  }
  check.detail = absl::StrJoin(check.evidence.probes(), "; ");
  const bool port_only =
      step.action().has_expect_cache() && step.action().expect_cache().secret().empty();
  if (port_only && check.proof == Proof::kHolds) {
    absl::StrAppend(&check.detail,
                    "; user, password and virtual host are unknown: the farm file has no secret ",
                    "cache_password");
  }
  return check;
}

}  // namespace baton
