#include "coordinator/agent_client/grpc_agent_client.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/grpc_channel.h"
#include "common/rpc/grpc_status.h"
#include "common/status/status.h"
#include "common/sync/mutex.h"

namespace baton {
namespace {

void SetDeadline(absl::Duration timeout, grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
}

// A unary call under way: request, context and response live until its callback has run.
template <typename Request, typename Response>
struct UnaryCall {
  grpc::ClientContext context;
  Request request;
  Response response;
};

// Follows the output of a tool until its operation has ended. Deletes itself.
class ToolFollower : public grpc::ClientReadReactor<agent::v1::ToolEvent> {
 public:
  ToolFollower(std::string context, LiveCalls& live_calls, AgentClient::OutputSink output,
               AgentClient::Callback<plan::v1::Operation> done)
      : what_(std::move(context)),
        live_calls_(live_calls),
        output_(std::move(output)),
        done_(std::move(done)) {}

  void Start(agent::v1::Agent::Stub& stub, const agent::v1::RunToolRequest& request,
             absl::Duration timeout) {
    request_ = request;
    SetDeadline(timeout, context_);
    live_calls_.Add(context_);
    stub.async()->RunTool(&context_, &request_, this);
    StartRead(&event_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;  // OnDone follows
    if (event_.has_operation()) operation_ = event_.operation();
    if (event_.has_output()) output_(event_.output());
    StartRead(&event_);
  }

  void OnDone(const grpc::Status& status) override {
    if (!status.ok()) {
      done_(Annotate(FromGrpcStatus(status), what_));
    } else if (!operation_.has_value()) {
      done_(absl::InternalError(absl::StrCat(what_, ": the agent sent no operation")));
    } else {
      done_(*std::move(operation_));
    }
    live_calls_.Remove(context_);
    delete this;
  }

 private:
  const std::string what_;
  LiveCalls& live_calls_;
  const AgentClient::OutputSink output_;
  const AgentClient::Callback<plan::v1::Operation> done_;
  grpc::ClientContext context_;
  agent::v1::RunToolRequest request_;
  agent::v1::ToolEvent event_;
  std::optional<plan::v1::Operation> operation_;
};

// A call that can be cancelled from outside, whether it has ended or not.
struct CancelHandle {
  Mutex mutex;
  grpc::ClientContext* context ABSL_GUARDED_BY(mutex) = nullptr;  // null once it has ended
};

// Follows an agent that listens until the call ends. Deletes itself.
class ListenFollower : public grpc::ClientReadReactor<agent::v1::ListenReport> {
 public:
  ListenFollower(std::string context, LiveCalls& live_calls,
                 AgentClient::Callback<agent::v1::ListenReport> listens)
      : what_(std::move(context)), live_calls_(live_calls), listens_(std::move(listens)) {}

  AgentClient::Cancel Start(agent::v1::Agent::Stub& stub, const agent::v1::ListenRequest& request,
                            absl::Duration timeout) {
    const std::shared_ptr<CancelHandle> handle = handle_;
    {
      MutexLock lock(handle->mutex);
      handle->context = &context_;
    }
    request_ = request;
    SetDeadline(timeout, context_);
    live_calls_.Add(context_);
    stub.async()->Listen(&context_, &request_, this);
    StartRead(&report_);
    StartCall();  // from here on this may be gone
    return [handle] {
      MutexLock lock(handle->mutex);
      if (handle->context != nullptr) handle->context->TryCancel();
    };
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;  // OnDone follows
    if (!answered_) listens_(report_);
    answered_ = true;
    StartRead(&report_);
  }

  void OnDone(const grpc::Status& status) override {
    {
      MutexLock lock(handle_->mutex);
      handle_->context = nullptr;
    }
    if (!answered_) {
      listens_(status.ok() ? absl::InternalError(absl::StrCat(what_, ": the agent said nothing"))
                           : Annotate(FromGrpcStatus(status), what_));
    }
    live_calls_.Remove(context_);
    delete this;
  }

 private:
  const std::string what_;
  LiveCalls& live_calls_;
  const AgentClient::Callback<agent::v1::ListenReport> listens_;
  const std::shared_ptr<CancelHandle> handle_ = std::make_shared<CancelHandle>();
  grpc::ClientContext context_;
  agent::v1::ListenRequest request_;
  agent::v1::ListenReport report_;
  bool answered_ = false;
};

agent::v1::ServiceRequest ServiceRequestOf(const ChangeRequest& change, plan::v1::Service service) {
  agent::v1::ServiceRequest request;
  *request.mutable_fence() = change.fence;
  request.set_service(service);
  return request;
}

}  // namespace

GrpcAgentClient::GrpcAgentClient(const FarmFile& farm, const GrpcCredentials& credentials) {
  for (const FarmHost& host : farm.hosts) {
    Agent& agent = agents_[host.name];
    agent.address = host.agent_address.ToString();
    agent.stub = agent::v1::Agent::NewStub(
        MakeChannel(host.agent_address, credentials, ExpectedPeer{Role::kAgent, host.name}));
  }
}

GrpcAgentClient::~GrpcAgentClient() { live_calls_.CancelAndWait(); }

absl::StatusOr<GrpcAgentClient::Agent*> GrpcAgentClient::Find(const std::string& host) {
  const auto found = agents_.find(host);
  if (found == agents_.end()) {
    return absl::NotFoundError(absl::StrCat("the farm file has no host ", host));
  }
  return &found->second;
}

template <typename Request, typename Response, typename Method>
void GrpcAgentClient::Call(const std::string& host, absl::string_view what, const Request& request,
                           absl::Duration timeout, Method method, Callback<Response> done) {
  const absl::StatusOr<Agent*> agent = Find(host);
  if (!agent.ok()) return done(agent.status());
  auto call = std::make_shared<UnaryCall<Request, Response>>();
  call->request = request;
  SetDeadline(timeout, call->context);
  live_calls_.Add(call->context);
  const std::string context = absl::StrCat(what, " on ", host, " (", (*agent)->address, ")");
  ((*agent)->stub->async()->*method)(
      &call->context, &call->request, &call->response,
      [this, call, context, done = std::move(done)](const grpc::Status& status) {
        if (status.ok()) {
          done(std::move(call->response));
        } else {
          done(Annotate(FromGrpcStatus(status), context));
        }
        live_calls_.Remove(call->context);
      });
}

// The async interface overloads every method for callbacks and for reactors.
template <typename Request, typename Response>
using UnaryMethod = void (agent::v1::Agent::StubInterface::async_interface::*)(
    grpc::ClientContext*, const Request*, Response*, std::function<void(grpc::Status)>);

void GrpcAgentClient::Claim(const std::string& host, const agent::v1::ClaimRequest& request,
                            absl::Duration timeout, Callback<plan::v1::Claim> done) {
  const UnaryMethod<agent::v1::ClaimRequest, plan::v1::Claim> method =
      &agent::v1::Agent::StubInterface::async_interface::Claim;
  Call(host, "claim", request, timeout, method, std::move(done));
}

void GrpcAgentClient::GetHost(const std::string& host, const agent::v1::GetHostRequest& request,
                              absl::Duration timeout, Callback<plan::v1::Host> done) {
  const UnaryMethod<agent::v1::GetHostRequest, plan::v1::Host> method =
      &agent::v1::Agent::StubInterface::async_interface::GetHost;
  Call(host, "describe host", request, timeout, method, std::move(done));
}

void GrpcAgentClient::Probe(const std::string& host, const agent::v1::ProbeRequest& request,
                            absl::Duration timeout, Callback<agent::v1::ProbeReport> done) {
  const UnaryMethod<agent::v1::ProbeRequest, agent::v1::ProbeReport> method =
      &agent::v1::Agent::StubInterface::async_interface::Probe;
  Call(host, "probe", request, timeout, method, std::move(done));
}

AgentClient::Cancel GrpcAgentClient::Listen(const std::string& host,
                                            const agent::v1::ListenRequest& request,
                                            absl::Duration timeout,
                                            Callback<agent::v1::ListenReport> listens) {
  const absl::StatusOr<Agent*> agent = Find(host);
  if (!agent.ok()) {
    listens(agent.status());
    return [] {};
  }
  auto* follower =
      new ListenFollower(absl::StrCat("listen on ", host, " (", (*agent)->address, ")"),
                         live_calls_, std::move(listens));
  return follower->Start(*(*agent)->stub, request, timeout);
}

void GrpcAgentClient::Change(const std::string& host, const ChangeRequest& change,
                             absl::Duration timeout, OutputSink output,
                             Callback<plan::v1::Operation> done) {
  using Stub = agent::v1::Agent::StubInterface::async_interface;
  using plan::v1::Action;
  using ServiceMethod = UnaryMethod<agent::v1::ServiceRequest, plan::v1::Operation>;
  const Action& action = change.action;
  switch (action.kind_case()) {
    case Action::kStartService: {
      const ServiceMethod method = &Stub::StartService;
      return Call(host, "start service", ServiceRequestOf(change, action.start_service().service()),
                  timeout, method, std::move(done));
    }
    case Action::kStopService: {
      const ServiceMethod method = &Stub::StopService;
      return Call(host, "stop service", ServiceRequestOf(change, action.stop_service().service()),
                  timeout, method, std::move(done));
    }
    case Action::kSetStartupType: {
      agent::v1::SetStartupTypeRequest request;
      *request.mutable_fence() = change.fence;
      request.set_service(action.set_startup_type().service());
      request.set_startup_type(action.set_startup_type().startup_type());
      const UnaryMethod<agent::v1::SetStartupTypeRequest, plan::v1::Operation> method =
          &Stub::SetStartupType;
      return Call(host, "set startup type", request, timeout, method, std::move(done));
    }
    case Action::kRewrite: {
      agent::v1::RewriteConfigurationRequest request;
      *request.mutable_fence() = change.fence;
      *request.mutable_rewrite() = action.rewrite();
      const UnaryMethod<agent::v1::RewriteConfigurationRequest, plan::v1::Operation> method =
          &Stub::RewriteConfiguration;
      return Call(host, "rewrite configuration", request, timeout, method, std::move(done));
    }
    case Action::kRestore: {
      agent::v1::RestoreConfigurationRequest request;
      *request.mutable_fence() = change.fence;
      *request.mutable_restore() = action.restore();
      const UnaryMethod<agent::v1::RestoreConfigurationRequest, plan::v1::Operation> method =
          &Stub::RestoreConfiguration;
      return Call(host, "restore configuration", request, timeout, method, std::move(done));
    }
    case Action::kSetAssignment: {
      agent::v1::SetAssignmentRequest request;
      *request.mutable_fence() = change.fence;
      *request.mutable_assignment() = change.assignment;
      const UnaryMethod<agent::v1::SetAssignmentRequest, plan::v1::Operation> method =
          &Stub::SetAssignment;
      return Call(host, "set assignment", request, timeout, method, std::move(done));
    }
    case Action::kRunTool: {
      const absl::StatusOr<Agent*> agent = Find(host);
      if (!agent.ok()) return done(agent.status());
      agent::v1::RunToolRequest request;
      *request.mutable_fence() = change.fence;
      request.set_tool(action.run_tool());
      request.set_output_offset(change.output_offset);
      *request.mutable_values() = {change.values.begin(), change.values.end()};
      auto* follower =
          new ToolFollower(absl::StrCat("run tool on ", host, " (", (*agent)->address, ")"),
                           live_calls_, std::move(output), std::move(done));
      return follower->Start(*(*agent)->stub, request, timeout);
    }
    default:
      return done(absl::InvalidArgumentError("the action changes nothing"));
  }
}

}  // namespace baton
