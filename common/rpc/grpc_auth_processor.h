#pragma once

#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/auth_metadata_processor.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/fs/file_system.h"
#include "common/pki/certificate_info.h"
#include "common/pki/names.h"
#include "common/pki/revocation_list.h"
#include "common/rpc/peer_authorization.h"
#include "common/sync/mutex.h"
#include "common/time/clock.h"

namespace baton {

// Whether a connection came through a unix socket.
bool IsLocalConnection(const grpc::AuthContext& connection);

// Decides about every call to a server before its handler is found: unary and streaming, health and
// reflection, known methods and unknown ones. gRPC shows it the path of the request and what the
// handshake proved of the peer. Thread-safe.
//
// Trusted: the handshake, which has checked that the peer holds the key of a certificate that our
// authority signed. Not trusted: everything that the peer says in headers or messages, and that a
// certificate which was good when the connection was opened still is. So each call checks, in this
// order,
//   1. that the certificate names exactly one peer and is valid at this time: UNAUTHENTICATED
//   2. that its serial is not revoked: PERMISSION_DENIED, or FAILED_PRECONDITION while revoked.yaml
//      cannot be understood
//   3. that the peer is of our farm and its role may call this method: PERMISSION_DENIED
// A refusal is logged, and the caller is told the reason.
class GrpcAuthProcessor : public grpc::AuthMetadataProcessor {
 public:
  // `fs` and `clock` must outlive the server. `revoked_path` is the revoked.yaml that is read anew
  // at every call.
  GrpcAuthProcessor(FileSystem& fs, Clock& clock, std::string farm_id, std::string revoked_path,
                    MethodPolicy policy);

  // False: the decision takes some microseconds, far less than the change of threads that gRPC
  // would make for a blocking one.
  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* connection,
                       OutputMetadata* consumed, OutputMetadata* response) override;

 private:
  // What a certificate says. Reading one takes longer than the rest of a call.
  struct ReadCertificate {
    CertificateInfo info;
    PeerName peer;
  };

  absl::StatusOr<ReadCertificate> Read(absl::string_view pem);
  absl::StatusOr<PeerName> Authenticate(const grpc::AuthContext& connection);
  absl::Status Authorize(const grpc::AuthContext& connection, absl::string_view path);

  Clock& clock_;
  const std::string farm_id_;
  const MethodPolicy policy_;
  RevocationList revocation_list_;
  Mutex mutex_;
  std::map<std::string, ReadCertificate, std::less<>> read_
      ABSL_GUARDED_BY(mutex_);  // by their PEM
};

// So many certificates that were read once are remembered.
inline constexpr size_t kCertificatesRemembered = 1024;

// The same for the unix socket: whoever can open it, which the folder's permissions decide, is an
// operator. Methods that no operator may call stay closed. Thread-safe.
class LocalGrpcAuthProcessor : public grpc::AuthMetadataProcessor {
 public:
  explicit LocalGrpcAuthProcessor(MethodPolicy policy);

  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* connection,
                       OutputMetadata* consumed, OutputMetadata* response) override;

 private:
  const MethodPolicy policy_;
};

}  // namespace baton
