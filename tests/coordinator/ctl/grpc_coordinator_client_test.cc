#include "coordinator/ctl/grpc_coordinator_client.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "baton/coordinator/v1/coordinator.grpc.pb.h"
#include "common/rpc/grpc_server.h"
#include "common/rpc/grpc_status.h"
#include "coordinator/ctl/grpc_connect.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_pki.h"

namespace baton::ctl {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kService[] = "/baton.coordinator.v1.Coordinator/";

// A Baton coordinator that knows its farm, refuses to start runs, and tells two records of every
// run and then nothing until the watcher goes.
class SmallCoordinator : public coordinator::v1::Coordinator::Service {
 public:
  grpc::Status GetVersion(grpc::ServerContext* /*context*/,
                          const coordinator::v1::GetVersionRequest* /*request*/,
                          coordinator::v1::Version* response) override {
    response->set_farm_id("lab");
    return grpc::Status::OK;
  }

  grpc::Status StartRun(grpc::ServerContext* /*context*/,
                        const coordinator::v1::StartRunRequest* request,
                        plan::v1::Run* /*response*/) override {
    return ToGrpcStatus(absl::AbortedError("run r-0 is active, not " + request->plan_id()));
  }

  grpc::Status WatchRun(grpc::ServerContext* context,
                        const coordinator::v1::WatchRunRequest* request,
                        grpc::ServerWriter<coordinator::v1::RunEvent>* writer) override {
    coordinator::v1::RunEvent event;
    for (uint64_t i = 1; i <= 2; ++i) {
      event.mutable_record()->set_sequence(request->after_sequence() + i);
      writer->Write(event);
    }
    while (!context->IsCancelled()) std::this_thread::yield();
    return grpc::Status::CANCELLED;
  }

  grpc::Status GetRunHistory(grpc::ServerContext* /*context*/,
                             const coordinator::v1::GetRunHistoryRequest* request,
                             grpc::ServerWriter<coordinator::v1::RunHistoryPart>* writer) override {
    if (request->run() != "r-1") return ToGrpcStatus(absl::NotFoundError("there is no such run"));
    coordinator::v1::RunHistoryPart chain;
    chain.mutable_chain()->set_last_sequence(9);
    writer->Write(chain);
    coordinator::v1::RunHistoryPart record;
    record.mutable_record()->mutable_record()->set_sequence(8);
    record.mutable_record()->set_hash("h");
    writer->Write(record);
    return grpc::Status::OK;
  }
};

class GrpcCoordinatorClientTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(Identity identity,
                         LoadIdentity(PosixFileSystem(), server_folder_, {}, SystemClock().Now()));
    credentials_ =
        std::make_unique<GrpcCredentials>(PosixFileSystem(), SystemClock(), std::move(identity));
    GrpcServerOptions options{
        {"127.0.0.1", 0}, socket_, MethodPolicy({{kService, {Role::kOperator}}})};
    ASSERT_OK_AND_ASSIGN(server_, GrpcServer::Start(options, *credentials_, {&service_}));
    options_.coordinator = "127.0.0.1:" + std::to_string(server_->port());
  }

  absl::StatusOr<std::unique_ptr<CoordinatorClient>> ConnectAs(Role role, const std::string& name) {
    options_.identity = pki_.MakeIdentity(role, name);
    return Connect(options_, PosixFileSystem(), SystemClock(), "");
  }

  TestPki pki_;
  std::string server_folder_ = pki_.MakeIdentity(Role::kCoordinator, "main");
  std::string socket_ = pki_.folder() / "coordinator.sock";
  SmallCoordinator service_;
  std::unique_ptr<GrpcCredentials> credentials_;
  std::unique_ptr<GrpcServer> server_;
  Options options_;
};

TEST_F(GrpcCoordinatorClientTest, CallsOverMutualTls) {
  ASSERT_OK_AND_ASSIGN(const auto client, ConnectAs(Role::kOperator, "alice"));
  ASSERT_OK_AND_ASSIGN(const coordinator::v1::Version version, client->GetVersion());
  EXPECT_EQ(version.farm_id(), "lab");
}

TEST_F(GrpcCoordinatorClientTest, CallsOverTheSocketWithoutACertificate) {
  options_ = Options();
  options_.socket = socket_;
  ASSERT_OK_AND_ASSIGN(const auto client, Connect(options_, PosixFileSystem(), SystemClock(), ""));
  EXPECT_OK(client->GetVersion());
}

TEST_F(GrpcCoordinatorClientTest, HandsOnWhatTheBatonCoordinatorSays) {
  ASSERT_OK_AND_ASSIGN(const auto client, ConnectAs(Role::kOperator, "alice"));
  coordinator::v1::StartRunRequest request;
  request.set_plan_id("p-1");
  EXPECT_THAT(client->StartRun(request),
              StatusIs(absl::StatusCode::kAborted, "run r-0 is active, not p-1"));
  EXPECT_THAT(client->GetFarm(), StatusIs(absl::StatusCode::kUnimplemented, _));
}

TEST_F(GrpcCoordinatorClientTest, NamesAnAddressThatDoesNotAnswer) {
  ASSERT_OK_AND_ASSIGN(const auto client, ConnectAs(Role::kOperator, "alice"));
  server_->Shutdown(absl::ZeroDuration());
  EXPECT_THAT(client->GetVersion(),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("Baton coordinator at " + options_.coordinator)));
}

TEST_F(GrpcCoordinatorClientTest, AgentsAreNoIdentityToCallWith) {
  EXPECT_THAT(ConnectAs(Role::kAgent, "fe1"),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("agent")));
}

TEST_F(GrpcCoordinatorClientTest, WatchesUntilItIsStopped) {
  ASSERT_OK_AND_ASSIGN(const auto client, ConnectAs(Role::kOperator, "alice"));
  coordinator::v1::WatchRunRequest request;
  request.set_after_sequence(40);
  std::vector<uint64_t> sequences;
  const absl::Status status =
      client->WatchRun(request, [&](const coordinator::v1::RunEvent& event) {
        sequences.push_back(event.record().sequence());
        if (sequences.size() == 2) client->StopWatching();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(sequences, testing::ElementsAre(41, 42));
  EXPECT_THAT(client->WatchRun(request, [](const auto&) { FAIL(); }),
              StatusIs(absl::StatusCode::kCancelled, _));
}

TEST_F(GrpcCoordinatorClientTest, CollectsTheHistoryOfARun) {
  ASSERT_OK_AND_ASSIGN(const auto client, ConnectAs(Role::kOperator, "alice"));
  coordinator::v1::GetRunHistoryRequest request;
  request.set_run("r-1");
  ASSERT_OK_AND_ASSIGN(const RunHistory history, client->GetRunHistory(request));
  EXPECT_EQ(history.chain.last_sequence(), 9U);
  ASSERT_EQ(history.records.size(), 1U);
  EXPECT_EQ(history.records[0].record.sequence(), 8U);
  EXPECT_EQ(history.records[0].hash, "h");
  request.set_run("r-2");
  EXPECT_THAT(client->GetRunHistory(request),
              StatusIs(absl::StatusCode::kNotFound, "there is no such run"));
}

}  // namespace
}  // namespace baton::ctl
