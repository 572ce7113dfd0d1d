// The contract over the service managers that run on every machine. The one of systemd is tried
// inside a lab host: systemd/systemd_service_manager_lab_test.cc.

#include "tests/agent/platform/service_manager_contract.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agent/platform/standin/standin_service_manager.h"
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

// A booted lab host of the stand-in platform that has a cache.
class StandinLabHost : public ContractHost {
 public:
  StandinLabHost() {
    // Each process has a network of its own.
    const int number = static_cast<int>(getpid());
    const std::string address =
        absl::StrCat("127.", 1 + number / 250 % 250, ".", 1 + number % 250, ".11");
    EXPECT_EQ(standin::StandinProcess({"init", "--state", state_folder_, "--address", address,
                                       "--database", absl::StrCat(address, ":1433"), "--controller",
                                       address, "--role", "controller", "--cache"})
                  .Wait(),
              0);
    host_ = std::make_unique<standin::StandinHost>(state_folder_, address);
    host_->Boot();
    EXPECT_TRUE(standin::Eventually([&] { return services_.Query(plan::v1::CACHE).ok(); }));
    // It boots with the cache running, and takes no stop before that.
    EXPECT_TRUE(standin::Eventually([&] { return services_.RequestStop(plan::v1::CACHE).ok(); }));
    EXPECT_TRUE(host_->Reaches("cache", standin::RunState::kStopped));
  }

  ServiceManager& services() override { return services_; }
  void Pass(absl::Duration duration) override { absl::SleepFor(duration); }
  void BreakCache() override { EXPECT_OK(host_->state().Write("faults/cache", "fail 3")); }

 private:
  TempFolder folder_;
  const std::string state_folder_ = folder_ / "fe1";
  std::unique_ptr<standin::StandinHost> host_;
  StandinServiceManager services_{
      state_folder_, {{plan::v1::CACHE, "cache"}, {plan::v1::CONTROLLER, "nothing-of-that-name"}}};
};

template <typename Host>
std::unique_ptr<ContractHost> Make() {
  return std::make_unique<Host>();
}

INSTANTIATE_TEST_SUITE_P(Fake, ServiceManagerContract, testing::Values(&Make<FakeHost>));
INSTANTIATE_TEST_SUITE_P(Standin, ServiceManagerContract, testing::Values(&Make<StandinLabHost>));

}  // namespace
}  // namespace baton
