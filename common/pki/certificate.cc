#include "common/pki/certificate.h"

#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/config/address.h"
#include "common/pki/certificate_info.h"
#include "common/pki/openssl_handles.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr size_t kSerialSizeBytes = 16;

absl::Status CheckRequestedValidity(absl::Duration validity) {
  if (validity > absl::ZeroDuration() && validity <= kValidityMax) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("validity of ", absl::FormatDuration(validity),
                                                 " must be above 0 and at most ",
                                                 absl::FormatDuration(kValidityMax)));
}

absl::StatusOr<KeyHandle> MakeKey() {
  KeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (key == nullptr) return OpenSslError("make a P-256 key");
  return key;
}

absl::StatusOr<std::string> KeyPem(EVP_PKEY& key) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return OpenSslError("write a private key");
  }
  return BioText(*bio);
}

absl::StatusOr<std::string> CertificatePem(X509& certificate) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(bio.get(), &certificate) != 1) return OpenSslError("write a certificate");
  return BioText(*bio);
}

// 128 random bits of which the upper two are fixed, so that each serial has 32 digits and is
// positive.
absl::Status SetRandomSerial(X509& certificate) {
  std::array<unsigned char, kSerialSizeBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return OpenSslError("make a random serial number");
  }
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3fU) | 0x40U);
  const BignumHandle number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  if (number == nullptr ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) == nullptr) {
    return OpenSslError("set the serial number");
  }
  return absl::OkStatus();
}

absl::Status AddSubjectPart(X509_NAME& subject, const char* field, absl::string_view value) {
  const std::string text(value);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (X509_NAME_add_entry_by_txt(&subject, field, MBSTRING_UTF8, bytes,
                                 static_cast<int>(text.size()), -1, 0) != 1) {
    return OpenSslError(absl::StrCat("set the subject's ", field));
  }
  return absl::OkStatus();
}

// `value` is always a constant of this file: the library's little language for extensions must not
// see text from outside.
absl::Status AddExtension(X509& certificate, X509& issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  if (extension == nullptr || X509_add_ext(&certificate, extension.get(), -1) != 1) {
    return OpenSslError(absl::StrCat("add certificate extension ", OBJ_nid2sn(nid)));
  }
  return absl::OkStatus();
}

absl::StatusOr<GeneralNameHandle> MakeTextName(int type, absl::string_view text) {
  GeneralNameHandle name(GENERAL_NAME_new());
  ASN1_IA5STRING* value = ASN1_IA5STRING_new();
  if (name == nullptr || value == nullptr ||
      ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) != 1) {
    ASN1_IA5STRING_free(value);
    return OpenSslError("make an alternative name");
  }
  GENERAL_NAME_set0_value(name.get(), type, value);
  return name;
}

absl::StatusOr<GeneralNameHandle> MakeHostName(const std::string& host) {
  if (!IsAddress(host)) {
    return absl::InvalidArgumentError(absl::StrCat("host \"", absl::CHexEscape(host),
                                                   "\" is neither an address nor a host name"));
  }
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(host.c_str());
  if (address == nullptr) {
    ERR_clear_error();
    return MakeTextName(GEN_DNS, host);
  }
  GeneralNameHandle name(GENERAL_NAME_new());
  if (name == nullptr) {
    ASN1_OCTET_STRING_free(address);
    return OpenSslError("make an alternative name");
  }
  GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address);
  return name;
}

absl::Status AddAlternativeNames(X509& certificate, const CertificateRequest& request) {
  const GeneralNamesHandle names(GENERAL_NAMES_new());
  const auto push = [&names](absl::StatusOr<GeneralNameHandle> name) {
    if (!name.ok()) return name.status();
    if (sk_GENERAL_NAME_push(names.get(), name->get()) == 0) return OpenSslError("add a name");
    (void)name->release();  // the list owns it now
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(push(MakeTextName(GEN_URI, FormatPeerUri(request.name))));
  for (const std::string& host : request.hosts) RETURN_IF_ERROR(push(MakeHostName(host)));
  if (X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, 0) != 1) {
    return OpenSslError("add the alternative names");
  }
  return absl::OkStatus();
}

// A version 3 certificate for `key` with serial and times; no names, no extensions, no signature.
absl::StatusOr<X509Handle> MakeBareCertificate(EVP_PKEY& key, absl::Time now,
                                               absl::Duration validity) {
  X509Handle certificate(X509_new());
  if (certificate == nullptr) return OpenSslError("make a certificate");
  RETURN_IF_ERROR(SetRandomSerial(*certificate));
  if (X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()),
                    absl::ToTimeT(now - kClockSkewAllowed)) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(now + validity)) ==
          nullptr ||
      X509_set_pubkey(certificate.get(), &key) != 1) {
    return OpenSslError("fill in a certificate");
  }
  return certificate;
}

absl::StatusOr<KeyedCertificate> Sign(X509& certificate, EVP_PKEY& key, EVP_PKEY& signing_key) {
  if (X509_sign(&certificate, &signing_key, EVP_sha256()) == 0) {
    return OpenSslError("sign a certificate");
  }
  KeyedCertificate result;
  ASSIGN_OR_RETURN(result.certificate_pem, CertificatePem(certificate));
  ASSIGN_OR_RETURN(result.key_pem, KeyPem(key));
  return result;
}

bool MayServe(Role role) { return role == Role::kAgent || role == Role::kCoordinator; }

absl::Status CheckRequest(const KeyedCertificate& authority, const CertificateRequest& request) {
  RETURN_IF_ERROR(ValidateFarmId(request.name.farm_id));
  RETURN_IF_ERROR(ValidateName(request.name.name));
  RETURN_IF_ERROR(CheckRequestedValidity(request.validity));
  if (!request.hosts.empty() && !MayServe(request.name.role)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the certificate of a ", RoleName(request.name.role), " has no hosts"));
  }
  if (request.hosts.size() > kHostsMax) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", kHostsMax, " hosts"));
  }
  ASSIGN_OR_RETURN(const CertificateInfo info, InspectCertificate(authority.certificate_pem));
  if (request.now + request.validity > info.not_after) {
    return absl::FailedPreconditionError(
        absl::StrCat("the certificate would outlive its authority, which ends at ",
                     absl::FormatTime(info.not_after, absl::UTCTimeZone()),
                     "; ask for fewer days or make a new authority"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<KeyedCertificate> IssueAuthority(absl::string_view farm_id, absl::Time now,
                                                absl::Duration validity) {
  RETURN_IF_ERROR(ValidateFarmId(farm_id));
  RETURN_IF_ERROR(CheckRequestedValidity(validity));
  ASSIGN_OR_RETURN(const KeyHandle key, MakeKey());
  ASSIGN_OR_RETURN(const X509Handle certificate, MakeBareCertificate(*key, now, validity));
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  RETURN_IF_ERROR(AddSubjectPart(*subject, "O", farm_id));
  RETURN_IF_ERROR(AddSubjectPart(*subject, "CN", "Baton authority"));
  X509_set_issuer_name(certificate.get(), subject);
  X509& self = *certificate;
  RETURN_IF_ERROR(AddExtension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
  RETURN_IF_ERROR(AddExtension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign"));
  RETURN_IF_ERROR(AddExtension(self, self, NID_subject_key_identifier, "hash"));
  return Sign(self, *key, *key);
}

absl::StatusOr<KeyedCertificate> IssueCertificate(const KeyedCertificate& authority,
                                                  const CertificateRequest& request) {
  RETURN_IF_ERROR(CheckRequest(authority, request));
  RETURN_IF_ERROR(CheckKeyMatches(authority.certificate_pem, authority.key_pem));
  ASSIGN_OR_RETURN(const X509Handle issuer, ParseCertificatePem(authority.certificate_pem));
  ASSIGN_OR_RETURN(const KeyHandle issuer_key, ParseKeyPem(authority.key_pem));
  ASSIGN_OR_RETURN(const KeyHandle key, MakeKey());
  ASSIGN_OR_RETURN(const X509Handle certificate,
                   MakeBareCertificate(*key, request.now, request.validity));
  X509& leaf = *certificate;
  X509_NAME* subject = X509_get_subject_name(&leaf);
  RETURN_IF_ERROR(AddSubjectPart(*subject, "O", request.name.farm_id));
  RETURN_IF_ERROR(AddSubjectPart(*subject, "OU", RoleName(request.name.role)));
  RETURN_IF_ERROR(AddSubjectPart(*subject, "CN", request.name.name));
  X509_set_issuer_name(&leaf, X509_get_subject_name(issuer.get()));
  const char* uses = MayServe(request.name.role) ? "serverAuth,clientAuth" : "clientAuth";
  RETURN_IF_ERROR(AddExtension(leaf, *issuer, NID_basic_constraints, "critical,CA:FALSE"));
  RETURN_IF_ERROR(AddExtension(leaf, *issuer, NID_key_usage, "critical,digitalSignature"));
  RETURN_IF_ERROR(AddExtension(leaf, *issuer, NID_ext_key_usage, uses));
  RETURN_IF_ERROR(AddExtension(leaf, *issuer, NID_subject_key_identifier, "hash"));
  RETURN_IF_ERROR(AddExtension(leaf, *issuer, NID_authority_key_identifier, "keyid"));
  RETURN_IF_ERROR(AddAlternativeNames(leaf, request));
  return Sign(leaf, *key, *issuer_key);
}

}  // namespace baton
