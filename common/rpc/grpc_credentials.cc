#include "common/rpc/grpc_credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/pki/certificate_info.h"
#include "common/pki/revocation_list.h"
#include "common/rpc/grpc_auth_processor.h"
#include "common/rpc/grpc_status.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

using ::grpc::experimental::ExternalCertificateVerifier;
using ::grpc::experimental::FileWatcherCertificateProvider;
using ::grpc::experimental::TlsCustomVerificationCheckRequest;

std::string Describe(const std::string& farm_id, const ExpectedPeer& expected) {
  return absl::StrCat("baton://", farm_id, "/", RoleName(expected.role), "/",
                      expected.name.value_or("*"));
}

// Compares the name in a server's certificate with the one that the client wants. gRPC asks it
// after the handshake has proved that the authority signed the certificate and the server holds its
// key.
class PeerNameVerifier : public ExternalCertificateVerifier {
 public:
  PeerNameVerifier(FileSystem& fs, const Identity& identity, ExpectedPeer expected)
      : farm_id_(identity.name.farm_id),
        expected_(std::move(expected)),
        revocation_list_(fs, identity.files.revoked) {}

  bool Verify(TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*callback*/, grpc::Status* sync_status) override {
    const grpc::string_ref pem = request->peer_cert();
    // gRPC puts this into the error of each call on the channel.
    *sync_status = ToGrpcStatus(Annotate(Check(absl::string_view(pem.data(), pem.size())),
                                         absl::StrCat("expected ", Describe(farm_id_, expected_))));
    return true;
  }

  void Cancel(TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  absl::Status Check(absl::string_view pem) {
    ASSIGN_OR_RETURN(const CertificateInfo certificate, InspectCertificate(pem));
    ASSIGN_OR_RETURN(const PeerName peer, PeerNameOf(certificate));
    if (peer.farm_id != farm_id_ || peer.role != expected_.role ||
        peer.name != expected_.name.value_or(peer.name)) {
      return absl::UnauthenticatedError(absl::StrCat("this is ", FormatPeerUri(peer)));
    }
    return revocation_list_.Check(certificate.serial);
  }

  const std::string farm_id_;
  const ExpectedPeer expected_;
  RevocationList revocation_list_;
};

unsigned int WholeSeconds(absl::Duration interval) {
  return static_cast<unsigned int>(std::max<int64_t>(1, absl::ToInt64Seconds(interval)));
}

}  // namespace

GrpcCredentials::GrpcCredentials(FileSystem& fs, Clock& clock, Identity identity,
                                 absl::Duration reload_interval)
    : fs_(fs),
      clock_(clock),
      identity_(std::move(identity)),
      provider_(std::make_shared<FileWatcherCertificateProvider>(
          identity_.files.key, identity_.files.certificate, identity_.files.authority,
          WholeSeconds(reload_interval))) {}

GrpcCredentials::~GrpcCredentials() = default;

std::shared_ptr<grpc::ServerCredentials> GrpcCredentials::ForServer(
    const MethodPolicy& policy) const {
  grpc::experimental::TlsServerCredentialsOptions options(provider_);
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  std::shared_ptr<grpc::ServerCredentials> credentials =
      grpc::experimental::TlsServerCredentials(options);
  credentials->SetAuthMetadataProcessor(std::make_shared<GrpcAuthProcessor>(
      fs_, clock_, identity_.name.farm_id, identity_.files.revoked, policy));
  return credentials;
}

std::shared_ptr<grpc::ChannelCredentials> GrpcCredentials::ForChannel(
    const ExpectedPeer& expected) const {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(provider_);
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(true);
  // Off, for each call and for the connection: see the class comment.
  options.set_check_call_host(false);
  options.set_certificate_verifier(
      ExternalCertificateVerifier::Create<PeerNameVerifier>(fs_, identity_, expected));
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace baton
