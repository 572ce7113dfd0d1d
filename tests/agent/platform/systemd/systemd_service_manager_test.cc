#include "agent/platform/systemd/systemd_service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/process/file_descriptor.h"
#include "common/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using plan::v1::CACHE;
using plan::v1::CONTROLLER;
using testing::AllOf;
using testing::HasSubstr;

// What can be said without a systemd. The rest is tried in the systemd lab.
class SystemdServiceManagerTest : public testing::Test {
 protected:
  // Somebody who takes connections and never says a word.
  FileDescriptor ListenInSilence() const {
    FileDescriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_path_.data(), socket_path_.size());
    EXPECT_EQ(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(listener.get(), 1), 0);
    return listener;
  }

  TempFolder folder_;
  const std::string socket_path_ = folder_ / "bus";
  SystemdServiceManager services_{{{CONTROLLER, "outsystems-controller.service"}},
                                  absl::StrCat("unix:path=", socket_path_),
                                  absl::Milliseconds(50)};
};

TEST_F(SystemdServiceManagerTest, WithoutABusEverythingIsUnavailable) {
  const auto unavailable =
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("outsystems-controller.service: open unix:path="),
                     HasSubstr("No such file or directory")));
  EXPECT_THAT(services_.Query(CONTROLLER), unavailable);
  EXPECT_THAT(services_.RequestStart(CONTROLLER), unavailable);
  EXPECT_THAT(services_.RequestStop(CONTROLLER), unavailable);
  EXPECT_THAT(services_.SetStartupType(CONTROLLER, plan::v1::AUTOMATIC),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("set outsystems-controller.service to automatic: open")));
}

TEST_F(SystemdServiceManagerTest, ABusThatSaysNothingIsNotWaitedForLong) {
  const FileDescriptor listener = ListenInSilence();
  const absl::Duration begin = SystemClock().Monotonic();
  EXPECT_THAT(services_.Query(CONTROLLER),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("timed out")));
  EXPECT_LT(SystemClock().Monotonic() - begin, SystemdBus::kCallTimeout);
}

TEST_F(SystemdServiceManagerTest, AServiceWithoutAUnitNeedsNoBus) {
  ASSERT_OK_AND_ASSIGN(const plan::v1::ServiceState state, services_.Query(CACHE));
  EXPECT_EQ(state.run_state(), plan::v1::ABSENT);
  EXPECT_THAT(services_.RequestStart(CACHE),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("names no service cache")));
}

TEST_F(SystemdServiceManagerTest, OnlyTheThreeStartupTypesCanBeSet) {
  EXPECT_THAT(services_.SetStartupType(CONTROLLER, plan::v1::OTHER),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no such startup type")));
}

}  // namespace
}  // namespace baton
