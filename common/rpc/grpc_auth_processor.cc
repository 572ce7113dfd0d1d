#include "common/rpc/grpc_auth_processor.h"

#include <grpc/grpc_security_constants.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/log/log.h"
#include "common/pki/certificate_info.h"
#include "common/rpc/grpc_status.h"
#include "common/rpc/peer.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

// gRPC's name for connections of LocalServerCredentials; it has no constant in the public headers.
constexpr absl::string_view kLocalTransport = "local";

absl::string_view ToView(const grpc::string_ref& text) { return {text.data(), text.size()}; }

// The one value of a property of the connection; empty if there is none or more than one.
absl::string_view OneValue(const grpc::AuthContext& connection, const char* property) {
  const std::vector<grpc::string_ref> values = connection.FindPropertyValues(property);
  return values.size() == 1 ? ToView(values.front()) : absl::string_view();
}

absl::string_view PathOf(const grpc::AuthMetadataProcessor::InputMetadata& metadata) {
  const auto found = metadata.find(":path");
  return found == metadata.end() ? absl::string_view() : ToView(found->second);
}

grpc::Status Answer(const absl::Status& status, absl::string_view path) {
  if (!status.ok()) {
    LogWarning(absl::StrCat("refused a call of ", path, ": ", status.message()));
  }
  return ToGrpcStatus(status);
}

absl::Status Unauthenticated(const absl::Status& status) {
  return absl::UnauthenticatedError(status.message());
}

}  // namespace

bool IsLocalConnection(const grpc::AuthContext& connection) {
  return OneValue(connection, GRPC_TRANSPORT_SECURITY_TYPE_PROPERTY_NAME) == kLocalTransport;
}

GrpcAuthProcessor::GrpcAuthProcessor(FileSystem& fs, Clock& clock, std::string farm_id,
                                     std::string revoked_path, MethodPolicy policy)
    : clock_(clock),
      farm_id_(std::move(farm_id)),
      policy_(std::move(policy)),
      revocation_list_(fs, std::move(revoked_path)) {}

absl::StatusOr<GrpcAuthProcessor::ReadCertificate> GrpcAuthProcessor::Read(absl::string_view pem) {
  const MutexLock lock(mutex_);
  const auto known = read_.find(pem);
  if (known != read_.end()) return known->second;
  ReadCertificate certificate;
  ASSIGN_OR_RETURN(certificate.info, InspectCertificate(pem));
  ASSIGN_OR_RETURN(certificate.peer, PeerNameOf(certificate.info));
  if (read_.size() >= kCertificatesRemembered) read_.clear();
  return read_.emplace(pem, std::move(certificate)).first->second;
}

absl::StatusOr<PeerName> GrpcAuthProcessor::Authenticate(const grpc::AuthContext& connection) {
  const absl::StatusOr<ReadCertificate> certificate =
      Read(OneValue(connection, GRPC_X509_PEM_CERT_PROPERTY_NAME));
  if (!certificate.ok()) return Unauthenticated(certificate.status());
  if (const absl::Status valid = CheckValidity(certificate->info, clock_.Now()); !valid.ok()) {
    return Unauthenticated(valid);
  }
  RETURN_IF_ERROR(revocation_list_.Check(certificate->info.serial));
  return certificate->peer;
}

absl::Status GrpcAuthProcessor::Authorize(const grpc::AuthContext& connection,
                                          absl::string_view path) {
  ASSIGN_OR_RETURN(const PeerName peer, Authenticate(connection));
  return AuthorizeCall(policy_, farm_id_, peer, path);
}

grpc::Status GrpcAuthProcessor::Process(const InputMetadata& metadata,
                                        grpc::AuthContext* connection, OutputMetadata* /*consumed*/,
                                        OutputMetadata* /*response*/) {
  const absl::string_view path = PathOf(metadata);
  return Answer(Authorize(*connection, path), path);
}

LocalGrpcAuthProcessor::LocalGrpcAuthProcessor(MethodPolicy policy) : policy_(std::move(policy)) {}

grpc::Status LocalGrpcAuthProcessor::Process(const InputMetadata& metadata,
                                             grpc::AuthContext* connection,
                                             OutputMetadata* /*consumed*/,
                                             OutputMetadata* /*response*/) {
  const absl::string_view path = PathOf(metadata);
  if (!IsLocalConnection(*connection)) {
    return Answer(absl::UnauthenticatedError("not a connection through the unix socket"), path);
  }
  return Answer(policy_.Check(PeerOf(*connection).name, path), path);
}

}  // namespace baton
