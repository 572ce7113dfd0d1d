#pragma once

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "agent/platform/outsystems_java/outsystems_java_service_manager.h"
#include "agent/profile/profile_parser.h"
#include "agent/tools/detached_supervisor_launcher.h"
#include "agent/tools/supervised_tool_runner.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton {

// A probe that says what a test wants.
class SettableProbe : public InitializationProbe {
 public:
  // Whether the ports answer.
  explicit SettableProbe(const bool& answers) : answers_(answers) {}

  InitializationReport Check(plan::v1::Service /*service*/) override {
    if (answers_) return {plan::v1::INITIALIZED, "port 12002 accepts"};
    return {plan::v1::NOT_INITIALIZED, "port 12002 refuses"};
  }

 private:
  const bool& answers_;
};

// The service manager of the Java stack over the platform's commands in `platform` and its files in
// `settings`, with real supervisors. It knows the Scheduler and nothing else, under the name
// `service`.
class JavaPlatform {
 public:
  JavaPlatform(const std::string& platform, const std::string& settings,
               const std::string& agent_folder, plan::v1::Service service,
               StartupTypesBy startup_types_by) {
    absl::StatusOr<Profile> profile =
        ResolveProfile("test.yaml", "base: outsystems10-java\n",
                       {{"platform", platform},
                        {"settings", settings},
                        {"service", absl::StrCat(platform, "/service")}});
    EXPECT_OK(profile.status());
    OutsystemsJavaServiceManager::Parts parts;
    parts.profile = *std::move(profile);
    const ServiceSpec* scheduler = parts.profile.Find(plan::v1::SCHEDULER);
    ServiceSpec only = *scheduler;
    only.service = service;
    parts.profile.services = {only};
    parts.profile.init_script->startup_types_by = startup_types_by;
    parts.profile.init_script->configurator.silence_timeout = absl::Seconds(2);
    parts.program = BATON_SCRIPTS_PROGRAM;
    parts.scripts =
        std::make_unique<SupervisedToolRunner>(absl::StrCat(agent_folder, "/scripts"), launcher_);
    parts.probe = std::make_unique<SettableProbe>(ports_answer_);
    services_ = std::make_unique<OutsystemsJavaServiceManager>(PosixFileSystem(), std::move(parts));
  }

  ServiceManager& services() { return *services_; }
  void set_ports_answer(bool answer) { ports_answer_ = answer; }

 private:
  bool ports_answer_ = false;
  DetachedSupervisorLauncher launcher_{BATON_SCRIPTS_PROGRAM};
  std::unique_ptr<OutsystemsJavaServiceManager> services_;
};

}  // namespace baton
