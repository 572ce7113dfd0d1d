#include "common/rpc/grpc_peer_verifier.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/pki/certificate_info.h"
#include "common/rpc/grpc_status.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {

using ::grpc::experimental::TlsCustomVerificationCheckRequest;

GrpcPeerVerifier::GrpcPeerVerifier(FileSystem& fs, const Identity& identity, ExpectedPeer expected)
    : farm_id_(identity.name.farm_id),
      expected_(std::move(expected)),
      revocation_list_(fs, identity.files.revoked) {}

bool GrpcPeerVerifier::Verify(TlsCustomVerificationCheckRequest* request,
                              std::function<void(grpc::Status)> /*callback*/,
                              grpc::Status* sync_status) {
  const grpc::string_ref pem = request->peer_cert();
  *sync_status = ToGrpcStatus(
      Annotate(Check(absl::string_view(pem.data(), pem.size())),
               absl::StrCat("expected baton://", farm_id_, "/", RoleName(expected_.role), "/",
                            expected_.name.value_or("*"))));
  return true;
}

void GrpcPeerVerifier::Cancel(TlsCustomVerificationCheckRequest* /*request*/) {}

absl::Status GrpcPeerVerifier::Check(absl::string_view certificate_pem) {
  ASSIGN_OR_RETURN(const CertificateInfo certificate, InspectCertificate(certificate_pem));
  ASSIGN_OR_RETURN(const PeerName peer, PeerNameOf(certificate));
  if (peer.farm_id != farm_id_ || peer.role != expected_.role ||
      peer.name != expected_.name.value_or(peer.name)) {
    return absl::UnauthenticatedError(absl::StrCat("this is ", FormatPeerUri(peer)));
  }
  return revocation_list_.Check(certificate.serial);
}

}  // namespace baton
