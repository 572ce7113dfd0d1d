#include "common/rpc/grpc_credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "common/rpc/grpc_auth_processor.h"

namespace baton {
namespace {

using ::grpc::experimental::FileWatcherCertificateProvider;

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
      grpc::experimental::ExternalCertificateVerifier::Create<GrpcPeerVerifier>(fs_, identity_,
                                                                                expected));
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace baton
