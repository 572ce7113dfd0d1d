// The contract over the service managers that run on every machine. The one of systemd is tried
// inside a lab host: systemd/systemd_service_manager_lab_test.cc.

#include "tests/agent/platform/service_manager_contract.h"

#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agent/platform/standin/standin_service_manager.h"
#include "tests/agent/platform/outsystems_java/java_platform.h"
#include "tests/deploy/lab/standin/standin_farm.h"
#include "tests/support/fake_service_manager.h"
#include "tests/support/fake_time.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

class FakeHost : public ContractHost {
 public:
  FakeHost() { services_.service(plan::v1::CACHE); }

  ServiceManager& services() override { return services_; }
  void Pass(absl::Duration duration) override { time_.Sleep(duration); }
  void BreakCache() override {
    services_.service(plan::v1::CACHE).start_leads_to = plan::v1::FAILED;
  }

 private:
  FakeTime time_;
  FakeServiceManager services_{time_};
};

// A booted lab host of the stand-in platform. Each process has a network of its own.
class StandinLabHost : public ContractHost {
 public:
  // `arguments` are for `init`; `service` is the one that the contract is tried on.
  StandinLabHost(const std::vector<std::string>& arguments, std::string service)
      : service_(std::move(service)) {
    const int number = static_cast<int>(getpid());
    const std::string address =
        absl::StrCat("127.", 1 + number / 250 % 250, ".", 1 + number % 250, ".11");
    std::vector<std::string> init = {"init",
                                     "--state",
                                     state_folder_,
                                     "--address",
                                     address,
                                     "--database",
                                     absl::StrCat(address, ":1433"),
                                     "--controller",
                                     address};
    init.insert(init.end(), arguments.begin(), arguments.end());
    EXPECT_EQ(standin::StandinProcess(init).Wait(), 0);
    host_ = std::make_unique<standin::StandinHost>(state_folder_, address);
    host_->Boot();
    // It boots with the service running, and takes no stop before that.
    EXPECT_TRUE(host_->Reaches(service_, standin::RunState::kRunning));
    EXPECT_EQ(host_->CodeOf(standin::ControlVerb::kStop, service_), "ok");
    EXPECT_TRUE(host_->Reaches(service_, standin::RunState::kStopped));
  }

  void Pass(absl::Duration duration) override { absl::SleepFor(duration); }
  void BreakCache() override { EXPECT_OK(host_->state().Write("faults/" + service_, "fail 3")); }

 protected:
  const TempFolder folder_;
  const std::string state_folder_ = folder_ / "fe1";

 private:
  const std::string service_;
  std::unique_ptr<standin::StandinHost> host_;
};

class DotnetLabHost : public StandinLabHost {
 public:
  DotnetLabHost() : StandinLabHost({"--role", "controller", "--cache"}, "cache") {}

  ServiceManager& services() override { return services_; }

 private:
  StandinServiceManager services_{
      state_folder_, {{plan::v1::CACHE, "cache"}, {plan::v1::CONTROLLER, "nothing-of-that-name"}}};
};

// The Java stack has no cache: the Scheduler stands for it.
template <StartupTypesBy startup_types_by>
class JavaLabHost : public StandinLabHost {
 public:
  JavaLabHost() : StandinLabHost({"--stack", "java"}, "scheduler") {}

  ServiceManager& services() override { return platform_.services(); }
  bool has_manual() const override { return false; }
  bool disabling_stops() const override { return true; }

 private:
  JavaPlatform platform_{state_folder_ + "/platform", state_folder_, folder_ / "agent",
                         plan::v1::CACHE, startup_types_by};
};

template <typename Host>
std::unique_ptr<ContractHost> Make() {
  return std::make_unique<Host>();
}

INSTANTIATE_TEST_SUITE_P(Fake, ServiceManagerContract, testing::Values(&Make<FakeHost>));
INSTANTIATE_TEST_SUITE_P(Standin, ServiceManagerContract, testing::Values(&Make<DotnetLabHost>));
INSTANTIATE_TEST_SUITE_P(JavaByConfigurator, ServiceManagerContract,
                         testing::Values(&Make<JavaLabHost<StartupTypesBy::kConfigurator>>));
INSTANTIATE_TEST_SUITE_P(JavaByServicesFile, ServiceManagerContract,
                         testing::Values(&Make<JavaLabHost<StartupTypesBy::kServicesFile>>));

}  // namespace
}  // namespace baton
