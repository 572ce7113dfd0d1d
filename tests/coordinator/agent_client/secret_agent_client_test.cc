#include "coordinator/agent_client/secret_agent_client.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
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
  Cancel Listen(const std::string& /*host*/, const agent::v1::ListenRequest& /*request*/,
                absl::Duration /*timeout*/, Callback<agent::v1::ListenReport> listens) override {
    listens(agent::v1::ListenReport());
    return [this] { cancelled = true; };
  }

  std::optional<ChangeRequest> change;
  std::optional<agent::v1::ProbeRequest> probe;
  bool cancelled = false;
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
      {kCachePassword, {SecretReference::Kind::kFile, "/etc/baton/secrets/cache"}},
      {kServiceCenterPassword, {SecretReference::Kind::kFile, "/etc/baton/secrets/sc"}}};
  std::vector<FarmLicense> files_ = {{"BBBB", "/etc/baton/b.lic"}};
  SecretStore secrets_{references_, fs_, ProcessEnvironment()};
  RecordingAgentClient agents_;
  LicenseStore licenses_{files_, fs_};
  SecretAgentClient client_{agents_, secrets_, licenses_};
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

// `install-license` as the planner has it, with what plan and journal hold.
ChangeRequest InstallRequest() {
  ChangeRequest request;
  request.action.set_run_tool(plan::v1::INSTALL_LICENSE);
  plan::v1::ToolArgument* argument = request.action.add_arguments();
  argument->set_name("username");
  argument->set_text("admin");
  argument = request.action.add_arguments();
  argument->set_name("password");
  argument->set_secret(kServiceCenterPassword);
  agent::v1::ToolValue& username = request.values.emplace_back();
  username.set_name("username");
  username.set_text("admin");
  return request;
}

std::string ValuesOf(const ChangeRequest& request) {
  std::string text;
  for (const agent::v1::ToolValue& value : request.values) {
    absl::StrAppend(&text, value.ShortDebugString(), "; ");
  }
  return text;
}

TEST_F(SecretAgentClientTest, AddsSecretAndStagedLicenseToATool) {
  fs_.PutFile("/etc/baton/secrets/sc", "word\n");
  fs_.PutFile("/etc/baton/b.lic", "a license");
  ChangeRequest request = InstallRequest();
  plan::v1::ToolArgument* argument = request.action.add_arguments();
  argument->set_name("license_file");
  argument->set_license_serial("BBBB");
  request.licenses = licenses_.Look();
  ASSERT_OK(Change(request));
  EXPECT_EQ(ValuesOf(*agents_.change),
            "name: \"username\" text: \"admin\"; name: \"password\" secret: \"word\"; name: "
            "\"license_file\" file: \"a license\"; ");
  EXPECT_EQ(ValuesOf(request), "name: \"username\" text: \"admin\"; ");

  agents_.change.reset();
  fs_.PutFile("/etc/baton/b.lic", "another license");
  EXPECT_THAT(Change(request), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("another file than the plan rests on")));
  request.licenses.clear();
  EXPECT_THAT(Change(request), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("the plan saw no license for serial BBBB")));
  EXPECT_FALSE(agents_.change.has_value());
}

TEST_F(SecretAgentClientTest, SendsNoToolWithoutAValueForEachArgument) {
  ChangeRequest request = InstallRequest();
  EXPECT_THAT(Change(request),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("secret service_center_password")));
  fs_.PutFile("/etc/baton/secrets/sc", "word\n");
  plan::v1::ToolArgument* argument = request.action.add_arguments();
  argument->set_name("license_file");
  argument->mutable_gate()->set_step("license/fe2/provide");
  argument->mutable_gate()->set_input("license_file");
  EXPECT_THAT(
      Change(request),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("there is no license_file: gate license/fe2/provide brought none")));
  EXPECT_FALSE(agents_.change.has_value());
  agent::v1::ToolValue& file = request.values.emplace_back();
  file.set_name("license_file");
  file.set_file("from the portal");
  ASSERT_OK(Change(request));
  EXPECT_THAT(ValuesOf(*agents_.change), HasSubstr("file: \"from the portal\""));
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
