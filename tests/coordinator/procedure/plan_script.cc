#include "tests/coordinator/procedure/plan_script.h"

#include <cstddef>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/words/words.h"
#include "coordinator/procedure/planner.h"
#include "gtest/gtest.h"
#include "tests/support/plan_text.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

uint32_t Number(const std::string& word) {
  uint32_t number = 0;
  EXPECT_TRUE(absl::SimpleAtoi(word, &number)) << word;
  return number;
}

// The words from `from` on, as they stood.
std::string Rest(const std::vector<std::string>& words, ptrdiff_t from) {
  return static_cast<size_t>(from) < words.size()
             ? absl::StrJoin(words.begin() + from, words.end(), " ")
             : "";
}

}  // namespace

std::string PlanScript::Run(const std::string& line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ');
  if (words[0] == "farm") return Build(words);
  if (words[0] == "set") return Set(words);
  if (words[0] == "silence") return Silence(words);
  if (words[0] == "assign") return Assign(words);
  if (words[0] == "passive") return Passive(words);
  if (words[0] == "group") return Group(words);
  if (words[0] == "drain") return Drain(words);
  if (words[0] == "activate-passive") return ActivatePassive(words);
  if (words[0] == "cache") return Cache(words);
  if (words[0] == "password") return Password(words);
  if (words[0] == "setting") return SetSetting(words);
  if (words[0] == "serial") return Serial(words);
  if (words[0] == "license") return License(words);
  if (words[0] == "login") return Login(words);
  if (words[0] == "no-tool") return RemoveTool(words);
  if (words[0] == "show") return ShowAs(words);
  if (words[0] == "tool-timeout") return SetToolTimeout(words);
  if (words[0] == "start-timeout") return SetStartTimeout(words);
  if (words[0] == "republish") return Republish(words);
  if (words[0] == "maintain") return Maintain(words);
  if (words[0] == "fence") return Fence(words);
  if (words[0] == "sight") return Sight(words);
  if (words[0] == "witness") return Witness(words);
  if (words[0] == "owe") return Owe(words);
  if (words[0] == "pay") return Pay(words);
  if (words[0] == "emergency") return Emergency(words);
  if (words[0] == "end" || words[0] == "end-both") return PlanEnd(words);
  if (words[0] == "plan") return Plan(words, plan::v1::MOVE_CONTROLLER);
  if (words[0] == "plan-both" || words[0] == "check-both") {
    return Plan(words, plan::v1::MOVE_CONTROLLER_AND_CACHE);
  }
  return "unknown command";
}

std::string PlanScript::Build(const Words& words) {
  FarmShape shape{static_cast<int>(Number(words.at(1)))};
  for (size_t i = 2; i < words.size(); ++i) {
    absl::string_view word = words[i];
    shape.standalone_controller |= word == "standalone";
    shape.java |= word == "java";
    if (absl::ConsumePrefix(&word, "cache=")) shape.cache = std::string(word);
    if (absl::ConsumePrefix(&word, "controller=")) shape.controller = std::string(word);
  }
  farm_ = MakeFarm(shape);
  asked_.Clear();
  return "built";
}

std::string PlanScript::Set(const Words& words) {
  plan::v1::RunState run_state{};
  plan::v1::StartupType type{};
  EXPECT_TRUE(plan::v1::RunState_Parse(words.at(3), &run_state)) << words[3];
  EXPECT_TRUE(plan::v1::StartupType_Parse(words.at(4), &type)) << words[4];
  const absl::StatusOr<plan::v1::Service> service = ParseService(words.at(2));
  EXPECT_OK(service);
  farm_.Service(words.at(1), *service) = ServiceAs(*service, run_state, type);
  return "set";
}

std::string PlanScript::Silence(const Words& words) {
  farm_.Silence(words.at(1));
  return "silent";
}

std::string PlanScript::Assign(const Words& words) {
  for (const FarmHost& host : farm_.file.hosts) {
    if (!farm_.Observed(host.name).has_state()) continue;
    plan::v1::Assignment& assignment = *farm_.Host(host.name).mutable_assignment();
    assignment.set_controller(words.at(1));
    if (words.size() > 2) assignment.set_cache(words[2]);
    assignment.set_epoch(1);
    assignment.set_state(plan::v1::HELD);
  }
  return "assigned";
}

std::string PlanScript::Passive(const Words& words) {
  for (size_t i = 1; i < words.size(); ++i) farm_.StandBy(words[i]);
  return "passive";
}

std::string PlanScript::Group(const Words& words) {
  farm_.Entry(words.at(1)).group =
      words.at(2) == "active" ? plan::v1::GROUP_ACTIVE : plan::v1::GROUP_PASSIVE;
  return "set";
}

std::string PlanScript::Drain(const Words& words) {
  EXPECT_TRUE(absl::ParseDuration(words.at(1), &farm_.file.drain));
  return "set";
}

std::string PlanScript::ActivatePassive(const Words& words) {
  plan::v1::ProcedureRequest request = asked_;
  request.set_procedure(plan::v1::ACTIVATE_PASSIVE);
  std::string option;
  for (size_t i = 1; i < words.size(); ++i) {
    if (words[i][0] == '-') {
      option = words[i];
    } else if (option == "--activate") {
      request.add_activate(words[i]);
    } else if (option == "--deactivate") {
      request.add_deactivate(words[i]);
    } else if (option == "--max-parallel") {
      request.set_max_parallel(Number(words[i]));
    } else {
      request.set_to(words[i]);
    }
  }
  const absl::StatusOr<plan::v1::Plan> plan = MakePlan(farm_.file, farm_.observation, request);
  if (!plan.ok()) return plan.status().ToString();
  return absl::StrCat("activate ", absl::StrJoin(plan->request().activate(), " "), "; deactivate ",
                      absl::StrJoin(plan->request().deactivate(), " "), "\n", Shown(*plan));
}

std::string PlanScript::Cache(const Words& words) {
  CacheSettings& cache = farm_.file.cache;
  if (words.at(1) == "port") cache.port = static_cast<uint16_t>(Number(words.at(2)));
  if (words.at(1) == "virtual_host") cache.virtual_host = words.at(2);
  if (words.at(1) == "username") cache.username = words.at(2);
  if (words.at(1) == "tls") cache.tls = words.at(2) == "true";
  if (words.at(1) == "tls_name") cache.tls_name = words.at(2);
  return "said";
}

std::string PlanScript::Password(const Words& words) {
  farm_.NameCachePassword(absl::StrJoin(words.begin() + 1, words.end(), " "));
  return "named";
}

std::string PlanScript::SetSetting(const Words& words) {
  const absl::StatusOr<plan::v1::Setting> setting = ParseSetting(words.at(2));
  EXPECT_OK(setting);
  plan::v1::SettingValue& value = farm_.Setting(words.at(1), *setting);
  value.set_missing(words.at(3) == "MISSING");
  value.set_encrypted(words.at(3) == "ENCRYPTED");
  value.set_value(value.missing() || value.encrypted() ? "" : words[3]);
  return "set";
}

std::string PlanScript::Serial(const Words& words) {
  if (words.at(2) == "NONE") {
    farm_.Host(words.at(1)).clear_serial();
  } else if (words[2] == "UNKNOWN") {
    farm_.GiveSerial(words[1], "", "ConfigurationTool.com: exit code 3");
  } else {
    farm_.GiveSerial(words[1], words[2]);
  }
  return "set";
}

std::string PlanScript::License(const Words& words) {
  farm_.StageLicense(words.at(1), Rest(words, 2));
  return "staged";
}

std::string PlanScript::Login(const Words& words) {
  if (words.at(1) == "missing") {
    farm_.ForgetLogin();
  } else {
    farm_.observation.mutable_secrets(0)->set_error(Rest(words, 1));
  }
  return "set";
}

std::string PlanScript::RemoveTool(const Words& words) {
  const absl::StatusOr<plan::v1::Tool> tool = ParseTool(words.at(2));
  EXPECT_OK(tool);
  farm_.RemoveTool(words.at(1), *tool);
  return "removed";
}

std::string PlanScript::ShowAs(const Words& words) {
  lanes_ = words.at(1) == "lanes";
  return "shown so";
}

std::string PlanScript::SetToolTimeout(const Words& words) {
  const absl::StatusOr<plan::v1::Tool> tool = ParseTool(words.at(2));
  EXPECT_OK(tool);
  farm_.Tool(words.at(1), *tool).mutable_timeout()->set_seconds(Number(words.at(3)));
  return "set";
}

std::string PlanScript::SetStartTimeout(const Words& words) {
  const absl::StatusOr<plan::v1::Service> service = ParseService(words.at(2));
  EXPECT_OK(service);
  farm_.Profile(words.at(1), *service).mutable_start_timeout()->set_seconds(Number(words.at(3)));
  return "set";
}

std::string PlanScript::Republish(const Words& words) {
  const absl::StatusOr<plan::v1::RepublishPolicy> policy = ParseRepublishPolicy(words.at(1));
  EXPECT_OK(policy);
  asked_.set_republish(*policy);
  asked_.set_reason(Rest(words, 2));
  return "asked";
}

std::string PlanScript::Maintain(const Words& words) {
  farm_.Entry(words.at(1)).maintenance = Maintenance{absl::UnixEpoch(), "ana", "new disk"};
  return "in maintenance";
}

std::string PlanScript::Fence(const Words& words) {
  plan::v1::FenceOff& fence = farm_.Entry(words.at(1)).fence.emplace();
  fence.set_agent("fence_vmware_rest");
  (*fence.mutable_options())["plug"] = words[1];
  plan::v1::FenceCheck& check = *farm_.observation.add_fences();
  check.set_host(words[1]);
  check.set_agent(fence.agent());
  check.set_error(Rest(words, 2));
  return "said";
}

std::string PlanScript::Sight(const Words& words) {
  plan::v1::Sighting& sighting = *farm_.observation.add_sightings();
  sighting.set_from(words.at(1));
  sighting.set_host(words.at(2));
  sighting.set_address(farm_.Entry(words[2]).platform_address);
  sighting.set_port(12000);
  sighting.set_kind(plan::v1::SIGHTED_CONTROLLER);
  plan::v1::ProbeVerdict verdict{};
  EXPECT_TRUE(plan::v1::ProbeVerdict_Parse(words.at(3), &verdict)) << words[3];
  sighting.set_verdict(verdict);
  return "seen";
}

std::string PlanScript::Witness(const Words& words) {
  for (const FarmHost& host : farm_.file.hosts) {
    const bool looks = host.name != words.at(1) && farm_.Observed(host.name).has_state();
    if (looks) Sight({"sight", host.name, words[1], "SILENT"});
  }
  return "looked";
}

std::string PlanScript::Owe(const Words& words) {
  plan::v1::Debt& debt = *farm_.observation.add_debts();
  debt.set_host(words.at(1));
  debt.set_stand_down(words.size() > 2);
  debt.set_reason("named lost: fe1 burnt");
  debt.set_run("run-7");
  return "owed";
}

std::string PlanScript::Pay(const Words& words) {
  plan::v1::ProcedureRequest request;
  request.set_pays(words.at(1));
  request.set_reason("it is repaired");
  const absl::StatusOr<plan::v1::Plan> plan = MakePlan(farm_.file, farm_.observation, request);
  return plan.ok() ? Shown(*plan) : plan.status().ToString();
}

std::string PlanScript::Emergency(const Words& words) {
  asked_.Clear();
  asked_.set_emergency(true);
  asked_.set_reason("fe1 burnt");
  for (size_t i = 1; i + 1 < words.size(); i += 2) {
    if (words[i] == "--lost") {
      asked_.add_lost()->set_host(words[i + 1]);
      continue;
    }
    // Of the host that was named last.
    plan::v1::LostHost& lost = *asked_.mutable_lost()->rbegin();
    lost.set_confirmed_off(words[i] == "--confirmed-off");
    const absl::StatusOr<plan::v1::OnLost> policy =
        ParseOnLost(lost.confirmed_off() ? "confirm-off" : words[i + 1]);
    EXPECT_OK(policy);
    lost.set_on_lost(*policy);
  }
  return "asked";
}

// Findings, license, modules, and what is left to people.
std::string PlanScript::PlanEnd(const Words& words) {
  plan::v1::ProcedureRequest request = asked_;
  request.set_procedure(words[0] == "end" ? plan::v1::MOVE_CONTROLLER
                                          : plan::v1::MOVE_CONTROLLER_AND_CACHE);
  request.set_to(words.at(1));
  absl::StatusOr<plan::v1::Plan> plan = MakePlan(farm_.file, farm_.observation, request);
  if (!plan.ok()) return plan.status().ToString();
  google::protobuf::RepeatedPtrField<plan::v1::Stage> stages;
  stages.Swap(plan->mutable_stages());
  for (plan::v1::Stage& stage : stages) {
    const bool shown = stage.name() == "license" || stage.name() == "republish";
    if (shown) *plan->add_stages() = std::move(stage);
  }
  return PlanText(*plan);
}

std::string PlanScript::Plan(const Words& words, plan::v1::Procedure procedure) {
  plan::v1::ProcedureRequest request = asked_;
  request.set_procedure(procedure);
  request.set_to(words.at(1));
  if (words.size() > 2) request.set_max_parallel(Number(words[2]));
  const absl::StatusOr<plan::v1::Plan> plan = MakePlan(farm_.file, farm_.observation, request);
  if (!plan.ok()) return plan.status().ToString();
  return words[0] == "check-both" ? FindingsText(*plan) : Shown(*plan);
}

std::string PlanScript::Shown(const plan::v1::Plan& plan) const {
  return lanes_ ? LanesText(plan) : PlanText(plan);
}

}  // namespace baton
