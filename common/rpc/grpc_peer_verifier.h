#pragma once

#include <grpcpp/security/tls_certificate_verifier.h>

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/fs/file_system.h"
#include "common/pki/identity.h"
#include "common/pki/names.h"
#include "common/pki/revocation_list.h"

namespace baton {

// Whom a client wants to reach. The farm is always the client's own.
struct ExpectedPeer {
  Role role = Role::kCoordinator;
  std::optional<std::string> name;  // any name of that role if not set
};

// Compares the name in a server's certificate with the one that a client expects, and looks whether
// the certificate is revoked. gRPC asks it once a connection, after the handshake has proved that
// the authority signed the certificate and that the server holds its key. Thread-safe.
class GrpcPeerVerifier : public grpc::experimental::ExternalCertificateVerifier {
 public:
  // `fs` must outlive the channel. `identity` is the client's.
  GrpcPeerVerifier(FileSystem& fs, const Identity& identity, ExpectedPeer expected);

  // Decides at once: always true, with the decision in `sync_status`, which gRPC puts into the
  // error of each call on the channel.
  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> callback, grpc::Status* sync_status) override;

  // Nothing is ever under way that could be cancelled.
  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest* request) override;

 private:
  absl::Status Check(absl::string_view certificate_pem);

  const std::string farm_id_;
  const ExpectedPeer expected_;
  RevocationList revocation_list_;
};

}  // namespace baton
