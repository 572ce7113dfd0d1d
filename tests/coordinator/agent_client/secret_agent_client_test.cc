#include "coordinator/agent_client/secret_agent_client.h"

#include <optional>

#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

// Keeps what it was last asked.
class RecordingAgentClient : public AgentClient {
 public:
  void Claim(const std::string& /*host*/, const agent::v1::ClaimRequest& /*request*/,
             absl::Duration /*timeout*/, Callback<plan::v1::Claim> done) override {
    done(plan::v1::Claim());
  }
  void GetHost(const std::string& /*host*/, const agent::v1::GetHostRequest& /*request*/,
               absl::Duration /*timeout*/, Callback<plan::v1::Host> done) override {
    done(plan::v1::Host());
  }
  void Change(const std::string& /*host*/, const ChangeRequest& request, absl::Duration /*timeout*/,
              OutputSink /*output*/, Callback<plan::v1::Operation> done) override {
    change = request;
    done(plan::v1::Operation());
  }
  void Probe(const std::string& /*host*/, const agent::v1::ProbeRequest& request,
             absl::Duration /*timeout*/, Callback<agent::v1::ProbeReport> done) override {
    probe = request;
    done(agent::v1::ProbeReport());
  }

  std::optional<ChangeRequest> change;
  std::optional<agent::v1::ProbeRequest> probe;
};

class SecretAgentClientTest : public testing::Test {
 protected:
  absl::Status Change(const ChangeRequest& request) {
    absl::Status status;
    client_.Change("fe1", request, absl::Seconds(1), nullptr,
                   [&status](const auto& answer) { status = answer.status(); });
    return status;
  }

  absl::Status Probe(const agent::v1::ProbeRequest& request) {
    absl::Status status;
    client_.Probe("fe1", request, absl::Seconds(1),
                  [&status](const auto& answer) { status = answer.status(); });
    return status;
  }

  static ChangeRequest RewriteRequest() {
    ChangeRequest request;
    plan::v1::Rewrite& rewrite = *request.action.mutable_rewrite();
    rewrite.add_changes()->set_new_value("10.0.0.12");
    rewrite.add_changes()->set_secret(kCachePassword);
    return request;
  }

  FakeFileSystem fs_;
  SecretReferences references_ = {
      {kCachePassword, {SecretReference::Kind::kFile, "/etc/baton/secrets/cache"}}};
  SecretStore secrets_{references_, fs_, ProcessEnvironment()};
  RecordingAgentClient agents_;
  SecretAgentClient client_{agents_, secrets_};
};

TEST_F(SecretAgentClientTest, FillsARewriteInAtEachSend) {
  const ChangeRequest request = RewriteRequest();
  fs_.PutFile("/etc/baton/secrets/cache", "first\n");
  ASSERT_OK(Change(request));
  EXPECT_EQ(agents_.change->action.rewrite().changes(0).new_value(), "10.0.0.12");
  EXPECT_EQ(agents_.change->action.rewrite().changes(1).new_value(), "first");
  fs_.PutFile("/etc/baton/secrets/cache", "second\n");
  ASSERT_OK(Change(request));
  EXPECT_EQ(agents_.change->action.rewrite().changes(1).new_value(), "second");
  EXPECT_EQ(request.action.rewrite().changes(1).new_value(), "");
}

TEST_F(SecretAgentClientTest, FillsAProbeIn) {
  fs_.PutFile("/etc/baton/secrets/cache", "word\n");
  agent::v1::ProbeRequest request;
  request.add_targets()->mutable_tcp();
  request.add_targets()->mutable_amqp()->set_secret(kCachePassword);
  request.add_targets()->mutable_amqp();
  ASSERT_OK(Probe(request));
  EXPECT_TRUE(agents_.probe->targets(0).has_tcp());
  EXPECT_EQ(agents_.probe->targets(1).amqp().password(), "word");
  EXPECT_EQ(agents_.probe->targets(2).amqp().password(), "");
}

TEST_F(SecretAgentClientTest, SendsNothingWithoutTheSecret) {
  EXPECT_THAT(Change(RewriteRequest()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("secret cache_password")));
  EXPECT_FALSE(agents_.change.has_value());
  agent::v1::ProbeRequest request;
  request.add_targets()->mutable_amqp()->set_secret(kCachePassword);
  EXPECT_THAT(Probe(request),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("secret cache_password")));
  EXPECT_FALSE(agents_.probe.has_value());
}

TEST_F(SecretAgentClientTest, LeavesTheRestAlone) {
  ChangeRequest request;
  request.action.set_run_tool(plan::v1::APPLY_CONFIGURATION);
  ASSERT_OK(Change(request));
  EXPECT_EQ(agents_.change->action.run_tool(), plan::v1::APPLY_CONFIGURATION);
  absl::Status status = absl::UnknownError("not answered");
  client_.Claim("fe1", {}, absl::Seconds(1),
                [&status](const auto& answer) { status = answer.status(); });
  EXPECT_OK(status);
  status = absl::UnknownError("not answered");
  client_.GetHost("fe1", {}, absl::Seconds(1),
                  [&status](const auto& answer) { status = answer.status(); });
  EXPECT_OK(status);
}

}  // namespace
}  // namespace baton
