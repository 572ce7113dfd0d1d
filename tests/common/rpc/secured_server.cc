#include "tests/common/rpc/secured_server.h"

#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "baton/agent/v1/agent.grpc.pb.h"
#include "common/rpc/grpc_status.h"
#include "common/rpc/serve.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

constexpr std::chrono::seconds kDeadline(20);

class TestAgent : public agent::v1::Agent::Service {
 public:
  grpc::Status GetHost(grpc::ServerContext* context, const agent::v1::GetHostRequest* /*request*/,
                       plan::v1::Host* response) override {
    return rpc::Serve(*context, "GetHost", *response,
                      [](const Peer& peer) -> absl::StatusOr<plan::v1::Host> {
                        plan::v1::Host host;
                        host.set_name(peer.Actor());
                        return host;
                      });
  }

  grpc::Status StopService(grpc::ServerContext* context,
                           const agent::v1::ServiceRequest* /*request*/,
                           plan::v1::Operation* response) override {
    return rpc::Serve(*context, "StopService", *response,
                      [](const Peer& peer) -> absl::StatusOr<plan::v1::Operation> {
                        return absl::AbortedError(absl::StrCat("busy, ", peer.Actor()));
                      });
  }
};

// Waits until the operation with this tag has ended.
bool Await(grpc::CompletionQueue& queue) {
  void* tag = nullptr;
  bool ok = false;
  return queue.Next(&tag, &ok) && ok;
}

std::string Flatten(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

MethodPolicy TestPolicy() {
  return MethodPolicy({{"/baton.agent.v1.Agent/", {Role::kCoordinator}},
                       {kGetHost, {Role::kCoordinator, Role::kViewer}},
                       {std::string(kHealthService), {Role::kCoordinator, Role::kOperator}},
                       {std::string(kReflectionService), {Role::kCoordinator, Role::kOperator}}});
}

std::unique_ptr<grpc::Service> MakeTestService() { return std::make_unique<TestAgent>(); }

SecuredServerTest::SecuredServerTest()
    : credentials_(Credentials(folder_)), service_(MakeTestService()) {
  auto server =
      GrpcServer::Start({{"127.0.0.1", 0}, "", TestPolicy()}, *credentials_, {service_.get()});
  EXPECT_OK(server);
  if (server.ok()) server_ = *std::move(server);
}

SecuredServerTest::~SecuredServerTest() = default;

std::unique_ptr<GrpcCredentials> SecuredServerTest::Credentials(const std::string& folder) {
  auto identity = LoadIdentity(PosixFileSystem(), folder, {}, absl::Now());
  if (!identity.ok()) {
    identity = LoadIdentity(PosixFileSystem(), folder, {}, absl::Now() - absl::Minutes(30));
  }
  EXPECT_OK(identity);
  return std::make_unique<GrpcCredentials>(PosixFileSystem(), clock_, *std::move(identity),
                                           absl::Seconds(1));
}

std::shared_ptr<grpc::Channel> SecuredServerTest::Connect(const std::string& folder,
                                                          const ExpectedPeer& expected) {
  return MakeChannel(address(), *Credentials(folder), expected);
}

absl::StatusOr<std::string> SecuredServerTest::GetHost(
    const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = agent::v1::Agent::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  plan::v1::Host host;
  const grpc::Status status = stub->GetHost(&context, {}, &host);
  if (!status.ok()) return FromGrpcStatus(status);
  return host.name();
}

absl::StatusOr<std::string> SecuredServerTest::CallRaw(
    const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
    const std::string& message) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  const auto call = stub.PrepareCall(&context, path, &queue);
  call->StartCall(nullptr);
  const grpc::Slice bytes(message);
  grpc::ByteBuffer answer;
  if (Await(queue)) {
    call->WriteLast(grpc::ByteBuffer(&bytes, 1), grpc::WriteOptions(), nullptr);
    Await(queue);
    call->Read(&answer, nullptr);
    Await(queue);
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  Await(queue);
  if (!status.ok()) return FromGrpcStatus(status);
  return Flatten(answer);
}

}  // namespace baton
