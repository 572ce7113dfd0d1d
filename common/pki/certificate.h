#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/pki/names.h"

namespace baton {

// A certificate and its private key, both PEM; the key is unencrypted PKCS #8 on curve P-256.
// Whoever holds one keeps `key_pem` out of logs and messages and stores it 0600.
struct KeyedCertificate {
  std::string certificate_pem;
  std::string key_pem;
};

// What a certificate shall say.
struct CertificateRequest {
  PeerName name;
  // DNS names and addresses of the machine, for tools that check them; Baton itself checks the URI.
  // Agents and Baton coordinators only.
  std::vector<std::string> hosts;
  absl::Time now;
  absl::Duration validity;
};

// Life times when nothing else is asked for, and the longest.
inline constexpr absl::Duration kAuthorityValidity = absl::Hours(24 * 3650);
inline constexpr absl::Duration kCertificateValidity = absl::Hours(24 * 397);
inline constexpr absl::Duration kValidityMax = absl::Hours(24 * 7300);

// Certificates begin this long before they are made: clocks of a farm differ.
inline constexpr absl::Duration kClockSkewAllowed = absl::Minutes(5);

// The most DNS names and addresses in one certificate.
inline constexpr int kHostsMax = 32;

// Makes a self-signed authority for one farm. It signs certificates, never other authorities.
// INVALID_ARGUMENT for a bad farm id or validity.
absl::StatusOr<KeyedCertificate> IssueAuthority(absl::string_view farm_id, absl::Time now,
                                                absl::Duration validity);

// Makes a new key and a certificate for it with a random serial number. Agents and Baton
// coordinators may serve and call, operators and viewers may only call. INVALID_ARGUMENT for a bad
// name, host or validity, or an authority that cannot be read; FAILED_PRECONDITION if the
// certificate would outlive it.
absl::StatusOr<KeyedCertificate> IssueCertificate(const KeyedCertificate& authority,
                                                  const CertificateRequest& request);

}  // namespace baton
