#include "agent/service/listen_runner.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "agent/probes/tcp_probe.h"
#include "agent/profile/profile_parser.h"
#include "gmock/gmock.h"
#include "tests/agent/probes/local_listener.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kLong = absl::Seconds(30);

// Services that are all in one state, which another thread may change.
class UniformServiceManager : public ServiceManager {
 public:
  void Set(plan::v1::RunState state) { state_ = state; }

  absl::StatusOr<plan::v1::ServiceState> Query(plan::v1::Service service) override {
    plan::v1::ServiceState state;
    state.set_service(service);
    state.set_run_state(state_);
    return state;
  }
  absl::Status RequestStart(plan::v1::Service /*service*/) override { return Refuse(); }
  absl::Status RequestStop(plan::v1::Service /*service*/) override { return Refuse(); }
  absl::Status SetStartupType(plan::v1::Service /*service*/,
                              plan::v1::StartupType /*startup_type*/) override {
    return Refuse();
  }

 private:
  static absl::Status Refuse() { return absl::InternalError("listening changes no service"); }

  std::atomic<plan::v1::RunState> state_ = plan::v1::STOPPED;
};

// A host whose Deployment Controller has one port that is free and one on which something listens.
class ListenRunnerTest : public testing::Test {
 protected:
  ListenRunnerTest() {
    const absl::StatusOr<Profile> profile =
        ResolveProfile("p.yaml",
                       absl::StrCat("base: standin\nservices:\n- service: controller\n  ports: [",
                                    free_, ", ", service_.port(), "]\n"),
                       {});
    EXPECT_OK(profile.status());
    profile_ = *profile;
    configuration_ = std::make_unique<PlatformConfiguration>(fs_, profile_);
    runner_ = std::make_unique<ListenRunner>(profile_, *configuration_, services_,
                                             ListenRunner::Addresses{"127.0.0.1", "127.0.0.1"},
                                             own_ports_, [this] { return busy_.load(); });
  }

  static agent::v1::ListenRequest Request(const std::vector<int>& ports, int seconds = 60) {
    agent::v1::ListenRequest request;
    for (const int port : ports) request.add_ports(static_cast<uint32_t>(port));
    request.mutable_duration()->set_seconds(seconds);
    return request;
  }

  // Listens until the caller's `gone`; the report as it came.
  absl::Status ListenOnce(const agent::v1::ListenRequest& request) {
    return runner_->Listen(
        request,
        [this](const agent::v1::ListenReport& report) {
          report_ = report;
          return true;
        },
        [] { return true; });
  }

  const int free_ = LocalListener().port();
  const LocalListener service_;
  FakeFileSystem fs_;
  Profile profile_;
  std::unique_ptr<PlatformConfiguration> configuration_;
  UniformServiceManager services_;
  OwnPorts own_ports_;
  std::unique_ptr<ListenRunner> runner_;
  std::atomic<bool> busy_ = false;
  agent::v1::ListenReport report_;
};

// A call that listens on a thread of its own until it is told that its caller is gone.
class Listening {
 public:
  Listening(ListenRunner& runner, const agent::v1::ListenRequest& request)
      : thread_([this, &runner, request] {
          status_ = runner.Listen(
              request,
              [this](const agent::v1::ListenReport&) {
                begun_.Notify();
                return true;
              },
              [this] { return gone_.load(); });
        }) {
    begun_.WaitForNotification();
  }
  ~Listening() {
    gone_ = true;
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Cancel() {
    gone_ = true;
    return Join();
  }
  absl::Status Join() {
    thread_.join();
    return status_;
  }

 private:
  absl::Notification begun_;
  std::atomic<bool> gone_ = false;
  absl::Status status_;
  std::thread thread_;
};

TEST_F(ListenRunnerTest, SaysWhatListensOnEachPort) {
  EXPECT_OK(ListenOnce(Request({service_.port(), free_})));
  ASSERT_EQ(report_.results_size(), 2);
  EXPECT_EQ(report_.results(0).port(), static_cast<uint32_t>(service_.port()));
  EXPECT_TRUE(report_.results(0).taken());
  EXPECT_TRUE(report_.results(0).listening());
  EXPECT_THAT(report_.results(0).detail(), HasSubstr("EADDRINUSE"));
  EXPECT_FALSE(report_.results(1).taken());
  EXPECT_TRUE(report_.results(1).listening());
  EXPECT_EQ(report_.results(1).detail(), "");
}

TEST_F(ListenRunnerTest, ListensUntilTheCallerIsGone) {
  Listening listening(*runner_, Request({free_}));
  ASSERT_OK_AND_ASSIGN(TcpAnswer answer, ProbeTcp("127.0.0.1", free_, kLong));
  EXPECT_EQ(answer.verdict, TcpVerdict::kAccepts);
  EXPECT_THAT(ListenOnce(Request({free_})),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("listens already")));
  EXPECT_TRUE(own_ports_.Has(static_cast<uint16_t>(free_)));
  EXPECT_OK(listening.Cancel());
  EXPECT_FALSE(own_ports_.Has(static_cast<uint16_t>(free_)));
  ASSERT_OK_AND_ASSIGN(answer, ProbeTcp("127.0.0.1", free_, kLong));
  EXPECT_EQ(answer.verdict, TcpVerdict::kRefuses);
}

TEST_F(ListenRunnerTest, ListensNoLongerThanAsked) {
  agent::v1::ListenRequest request = Request({free_}, 0);
  request.mutable_duration()->set_nanos(1'000'000);
  Listening listening(*runner_, request);
  EXPECT_OK(listening.Join());
}

// A change finds the ports free, however it meets a call that listens.
TEST_F(ListenRunnerTest, MakesWayForAChange) {
  Listening listening(*runner_, Request({free_}));
  std::optional<ListenRunner::Hold> hold(std::in_place, *runner_);
  ASSERT_OK_AND_ASSIGN(const TcpAnswer answer, ProbeTcp("127.0.0.1", free_, kLong));
  EXPECT_EQ(answer.verdict, TcpVerdict::kRefuses);
  EXPECT_THAT(listening.Join(), StatusIs(absl::StatusCode::kAborted, HasSubstr("to be changed")));
  EXPECT_THAT(ListenOnce(Request({free_})),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("is being changed")));
  hold.reset();
  busy_ = true;  // the change goes on, its caller is gone
  EXPECT_THAT(ListenOnce(Request({free_})),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("is being changed")));
  busy_ = false;
  EXPECT_OK(ListenOnce(Request({free_})));
}

TEST_F(ListenRunnerTest, ListensOnlyForServicesThatAreAtRest) {
  for (const plan::v1::RunState state : {plan::v1::STOPPED, plan::v1::FAILED, plan::v1::ABSENT}) {
    services_.Set(state);
    EXPECT_OK(ListenOnce(Request({free_})));
  }
  for (const plan::v1::RunState state : {plan::v1::STARTING, plan::v1::RUNNING, plan::v1::STOPPING,
                                         plan::v1::RUN_STATE_UNSPECIFIED}) {
    services_.Set(state);
    EXPECT_THAT(ListenOnce(Request({free_})),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("Controller is ")));
  }
}

// A person starts the service, or the boot does.
TEST_F(ListenRunnerTest, MakesWayForAServiceThatStarts) {
  Listening listening(*runner_, Request({free_}));
  services_.Set(plan::v1::STARTING);
  EXPECT_THAT(listening.Join(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("is starting")));
  ASSERT_OK_AND_ASSIGN(const TcpAnswer answer, ProbeTcp("127.0.0.1", free_, kLong));
  EXPECT_EQ(answer.verdict, TcpVerdict::kRefuses);
}

TEST_F(ListenRunnerTest, RefusesWhatItMustNotListenOn) {
  struct {
    agent::v1::ListenRequest request;
    std::string words;
  } const rows[] = {
      {Request({}), "0 ports: 1 to 16"},
      {Request(std::vector<int>(17, free_)), "17 ports: 1 to 16"},
      {Request({22}), "port 22 is of no service of profile"},
      {Request({free_, free_}), "or asked for twice"},
      {Request({free_}, 61), "at most 60 s"},
      {Request({free_}, 0), "above 0 s"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(ListenOnce(row.request),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(row.words)));
  }
}

}  // namespace
}  // namespace baton
