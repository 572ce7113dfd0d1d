#include "common/pki/certificate_info.h"

#include <openssl/pem.h>

#include <cstddef>
#include <ctime>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/pki/openssl_handles.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

std::string SubjectOf(const X509& certificate) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253);
  return BioText(*bio);
}

std::string SerialOf(const X509& certificate) {
  const BignumHandle number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(&certificate), nullptr));
  if (number == nullptr) return "";
  char* hex = BN_bn2hex(number.get());
  if (hex == nullptr) return "";
  absl::string_view digits = hex;
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  std::string serial = absl::AsciiStrToLower(digits);
  OPENSSL_free(hex);
  return serial;
}

absl::StatusOr<absl::Time> TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return OpenSslError("certificate with a malformed time");
  return absl::FromTM(parts, absl::UTCTimeZone());
}

// A NUL byte inside a name is how "good\0bad" once passed for "good".
absl::StatusOr<std::string> TextOf(const ASN1_STRING* string) {
  const unsigned char* data = ASN1_STRING_get0_data(string);
  std::string text(data, data + ASN1_STRING_length(string));
  if (absl::StrContains(text, '\0')) {
    return absl::InvalidArgumentError("certificate with a NUL byte in a name");
  }
  return text;
}

std::string AddressText(const ASN1_OCTET_STRING* address) {
  const unsigned char* bytes = ASN1_STRING_get0_data(address);
  const int size = ASN1_STRING_length(address);
  if (size == 4) return absl::StrCat(bytes[0], ".", bytes[1], ".", bytes[2], ".", bytes[3]);
  std::vector<std::string> groups;
  for (int i = 0; i + 1 < size; i += 2) {
    groups.push_back(absl::StrCat(absl::Hex(bytes[i] * 256 + bytes[i + 1])));
  }
  return absl::StrJoin(groups, ":");
}

absl::Status ReadAlternativeNames(const X509& certificate, CertificateInfo& info) {
  int critical = 0;
  const GeneralNamesHandle names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, &critical, nullptr)));
  if (names == nullptr) {
    if (critical == -1) return absl::OkStatus();  // there is none
    return OpenSslError("certificate with a malformed subject alternative name");
  }
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) {
      ASSIGN_OR_RETURN(std::string uri, TextOf(name->d.uniformResourceIdentifier));
      info.uris.push_back(std::move(uri));
    } else if (name->type == GEN_DNS) {
      ASSIGN_OR_RETURN(std::string dns_name, TextOf(name->d.dNSName));
      info.hosts.push_back(std::move(dns_name));
    } else if (name->type == GEN_IPADD) {
      info.hosts.push_back(AddressText(name->d.iPAddress));
    }
  }
  return absl::OkStatus();
}

bool IsSignedBy(X509& certificate, X509& authority) {
  const bool signed_by = X509_check_ca(&authority) != 0 &&
                         X509_verify(&certificate, X509_get0_pubkey(&authority)) == 1;
  ERR_clear_error();
  return signed_by;
}

}  // namespace

absl::StatusOr<CertificateInfo> InspectCertificate(absl::string_view pem) {
  ASSIGN_OR_RETURN(const X509Handle certificate, ParseCertificatePem(pem));
  CertificateInfo info;
  info.subject = SubjectOf(*certificate);
  info.serial = SerialOf(*certificate);
  ASSIGN_OR_RETURN(info.not_before, TimeOf(X509_get0_notBefore(certificate.get())));
  ASSIGN_OR_RETURN(info.not_after, TimeOf(X509_get0_notAfter(certificate.get())));
  info.authority = X509_check_ca(certificate.get()) != 0;
  RETURN_IF_ERROR(ReadAlternativeNames(*certificate, info));
  return info;
}

absl::StatusOr<PeerName> PeerNameOf(const CertificateInfo& certificate) {
  std::optional<absl::string_view> found;
  for (const std::string& uri : certificate.uris) {
    if (!absl::StartsWith(uri, "baton://")) continue;
    if (found.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("certificate names two peers: ", *found, " and ", uri));
    }
    found = uri;
  }
  if (!found.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("certificate of \"", certificate.subject,
                                                   "\" has no name baton://FARM/ROLE/NAME"));
  }
  return ParsePeerUri(*found);
}

absl::Status CheckValidity(const CertificateInfo& certificate, absl::Time now) {
  const auto text = [](absl::Time time) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
  };
  if (now < certificate.not_before) {
    return absl::FailedPreconditionError(absl::StrCat(
        "certificate is not valid before ", text(certificate.not_before), ", it is ", text(now)));
  }
  if (now >= certificate.not_after) {
    return absl::FailedPreconditionError(absl::StrCat(
        "certificate expired at ", text(certificate.not_after), ", it is ", text(now)));
  }
  return absl::OkStatus();
}

absl::Status CheckKeyMatches(absl::string_view certificate_pem, absl::string_view key_pem) {
  ASSIGN_OR_RETURN(const X509Handle certificate, ParseCertificatePem(certificate_pem));
  ASSIGN_OR_RETURN(const KeyHandle key, ParseKeyPem(key_pem));
  if (X509_check_private_key(certificate.get(), key.get()) == 1) return absl::OkStatus();
  ERR_clear_error();
  return absl::FailedPreconditionError("the private key does not belong to the certificate");
}

absl::Status CheckSignedBy(absl::string_view certificate_pem, absl::string_view authorities_pem) {
  ASSIGN_OR_RETURN(const X509Handle certificate, ParseCertificatePem(certificate_pem));
  const BioHandle bio = ReadBio(authorities_pem);
  int count = 0;
  for (; count <= kAuthoritiesMax; ++count) {
    const X509Handle authority(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (authority == nullptr) break;
    if (IsSignedBy(*certificate, *authority)) return absl::OkStatus();
  }
  if (count == 0) return OpenSslError("no authority certificate in PEM");
  ERR_clear_error();
  if (count > kAuthoritiesMax) {
    return absl::FailedPreconditionError(
        absl::StrCat("more than ", kAuthoritiesMax, " authority certificates"));
  }
  return absl::FailedPreconditionError("the certificate was not signed by this authority");
}

}  // namespace baton
