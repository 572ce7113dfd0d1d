// What an agent of a live farm tells of its serial, and what it does with the values of a license:
// asked over gRPC with the identity of the Baton coordinator, with the stand-in's own tools behind
// it.

#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "baton/agent/v1/agent.grpc.pb.h"
#include "common/fs/file_system.h"
#include "common/pki/identity.h"
#include "common/rpc/grpc_channel.h"
#include "common/rpc/grpc_credentials.h"
#include "common/time/clock.h"
#include "gmock/gmock.h"
#include "tests/integration/live_farm.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LicenseTest : public testing::Test {
 protected:
  void SetUp() override {
    const rehearse::LabLayout& layout = farm_.lab().layout();
    ASSERT_OK_AND_ASSIGN(
        Identity identity,
        LoadIdentity(PosixFileSystem(), layout.IdentityOf(rehearse::kLabCoordinatorName), {},
                     absl::Now()));
    credentials_ =
        std::make_unique<GrpcCredentials>(PosixFileSystem(), SystemClock(), std::move(identity));
    stub_ = agent::v1::Agent::NewStub(
        MakeChannel({fe1_.address, rehearse::kLabAgentPort}, *credentials_, {Role::kAgent, "fe1"}));
  }

  plan::v1::Serial Serial() {
    grpc::ClientContext context;
    agent::v1::GetHostRequest request;
    request.mutable_read_mask()->add_paths("serial");
    plan::v1::Host host;
    const grpc::Status status = stub_->GetHost(&context, request, &host);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return host.serial();
  }

  // Takes the host over, as a coordinator does that nobody else knows of.
  void Claim() {
    fence_.set_farm_id(farm_.lab().layout().farm_id());
    fence_.set_epoch(100);
    fence_.set_run("run-100");
    fence_.set_incarnation("i1");
    fence_.set_record_hash(std::string(32, 'h'));
    agent::v1::ClaimRequest request;
    request.set_farm_id(fence_.farm_id());
    request.mutable_claim()->set_epoch(fence_.epoch());
    request.mutable_claim()->set_run(fence_.run());
    request.mutable_claim()->set_incarnation(fence_.incarnation());
    request.mutable_journal_end()->set_sequence(1000);
    request.mutable_journal_end()->set_hash(std::string(32, 'h'));
    grpc::ClientContext context;
    plan::v1::Claim claim;
    const grpc::Status status = stub_->Claim(&context, request, &claim);
    ASSERT_TRUE(status.ok()) << status.error_message();
    fence_.set_sequence(1000);
  }

  // Runs a tool to its end; with `license` it gets a file.
  plan::v1::Operation Run(plan::v1::Tool tool, const std::string& license,
                          const std::string& password) {
    agent::v1::RunToolRequest request;
    fence_.set_sequence(fence_.sequence() + 1);
    fence_.set_operation_id(absl::StrCat("run-100/step-", fence_.sequence(), "/1"));
    *request.mutable_fence() = fence_;
    request.set_tool(tool);
    const auto add = [&request](const char* name) {
      agent::v1::ToolValue* value = request.add_values();
      value->set_name(name);
      return value;
    };
    if (!license.empty()) add("license_file")->set_file(license);
    if (!password.empty()) {
      add("username")->set_text(rehearse::kLabServiceCenterUser);
      add("password")->set_secret(password);
    }
    grpc::ClientContext context;
    const auto reader = stub_->RunTool(&context, request);
    agent::v1::ToolEvent event;
    plan::v1::Operation operation;
    while (reader->Read(&event)) {
      if (event.has_operation()) operation = event.operation();
    }
    const grpc::Status status = reader->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return operation;
  }

  LiveFarm farm_{2};
  const rehearse::LabHost fe1_ = farm_.Host("fe1");
  std::unique_ptr<GrpcCredentials> credentials_;
  std::unique_ptr<agent::v1::Agent::Stub> stub_;
  plan::v1::Fence fence_;
};

TEST_F(LicenseTest, ASerialIsKnownAtOnceAndOnlyWhereItsSourcesAgree) {
  EXPECT_EQ(Serial().value(), fe1_.serial) << Serial().error();
  ASSERT_OK(PosixFileSystem().CreateFolders(fe1_.state + "/knobs", 0700));
  std::ofstream(fe1_.state + "/knobs/printed_serial") << "ANOTHER";
  farm_.Restart("agent-fe1");
  EXPECT_EQ(Serial().value(), "");
  EXPECT_EQ(Serial().error(),
            absl::StrCat(fe1_.state, "/serial says ", fe1_.serial, "; read-serial says ANOTHER"));
}

TEST_F(LicenseTest, ALicenseIsInstalledAndItsPasswordIsNowhere) {
  Claim();
  const std::string right = rehearse::kLabServiceCenterPassword;
  const std::string license = farm_.lab().layout().License(fe1_);
  EXPECT_EQ(Run(plan::v1::INSTALL_SERVICE_CENTER, "", "").state(), plan::v1::OPERATION_SUCCEEDED);
  EXPECT_EQ(Run(plan::v1::INSTALL_LICENSE, license, right + "?").detail(),
            "exit code 1: Error: Invalid username or password.");
  EXPECT_THAT(Run(plan::v1::INSTALL_LICENSE, farm_.lab().layout().License(farm_.Host("fe2")), right)
                  .detail(),
              HasSubstr("it was issued to a server with serial number LAB-"));
  EXPECT_EQ(Run(plan::v1::INSTALL_LICENSE, license, right).state(), plan::v1::OPERATION_SUCCEEDED);
  EXPECT_EQ(Run(plan::v1::REPUBLISH, "", right).state(), plan::v1::OPERATION_SUCCEEDED);
  EXPECT_GT(farm_.Count(absl::StrCat("license-installed ", fe1_.serial, " fe1")), 0U);
  EXPECT_EQ(farm_.Count("tool-started republish fe1"), 1U);
  EXPECT_THAT(farm_.Look().leaks, IsEmpty());
}

}  // namespace
}  // namespace baton
