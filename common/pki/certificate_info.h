#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/pki/names.h"

namespace baton {

// What a certificate says. Reading it proves nothing: whether to believe it is decided by the TLS
// handshake (the authority's signature) and by whoever compares the names.
struct CertificateInfo {
  std::string subject;  // for people only
  std::vector<std::string> uris;
  std::vector<std::string> hosts;  // DNS names, then addresses
  std::string serial;              // lower-case hexadecimal without leading zeros
  absl::Time not_before;
  absl::Time not_after;
  bool authority = false;  // may sign certificates
};

// Reads the first certificate of a PEM text. INVALID_ARGUMENT if there is none, or if a name in it
// holds a NUL byte.
absl::StatusOr<CertificateInfo> InspectCertificate(absl::string_view pem);

// The one "baton://" URI of a certificate. INVALID_ARGUMENT if there is none, more than one, or if
// it is malformed. Other URIs do not matter.
absl::StatusOr<PeerName> PeerNameOf(const CertificateInfo& certificate);

// FAILED_PRECONDITION with both times unless not_before <= now < not_after.
absl::Status CheckValidity(const CertificateInfo& certificate, absl::Time now);

// FAILED_PRECONDITION unless `key_pem` is the private key of the first certificate in
// `certificate_pem`; INVALID_ARGUMENT if either cannot be read.
absl::Status CheckKeyMatches(absl::string_view certificate_pem, absl::string_view key_pem);

// FAILED_PRECONDITION unless one of the certificates in `authorities_pem` signed the certificate.
// Several stand there while the authority is being replaced.
absl::Status CheckSignedBy(absl::string_view certificate_pem, absl::string_view authorities_pem);

// More authorities than this in one file are refused.
inline constexpr int kAuthoritiesMax = 16;

}  // namespace baton
