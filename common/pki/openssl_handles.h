#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Ownership and errors of OpenSSL objects, for the sources of this folder only.

namespace baton {

// Frees an OpenSSL object with its own function.
template <auto Free>
struct OpenSslDeleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using X509Handle = std::unique_ptr<X509, OpenSslDeleter<X509_free>>;
using KeyHandle = std::unique_ptr<EVP_PKEY, OpenSslDeleter<EVP_PKEY_free>>;
using BioHandle = std::unique_ptr<BIO, OpenSslDeleter<BIO_free_all>>;
using BignumHandle = std::unique_ptr<BIGNUM, OpenSslDeleter<BN_free>>;
using ExtensionHandle = std::unique_ptr<X509_EXTENSION, OpenSslDeleter<X509_EXTENSION_free>>;
using GeneralNamesHandle = std::unique_ptr<GENERAL_NAMES, OpenSslDeleter<GENERAL_NAMES_free>>;
using GeneralNameHandle = std::unique_ptr<GENERAL_NAME, OpenSslDeleter<GENERAL_NAME_free>>;

// "`context`: the library's words" as INVALID_ARGUMENT, and empties this thread's error queue.
absl::Status OpenSslError(absl::string_view context);

// The first certificate of a PEM text.
absl::StatusOr<X509Handle> ParseCertificatePem(absl::string_view pem);

// An unencrypted private key in PEM. An encrypted one is refused, not asked about at the terminal.
absl::StatusOr<KeyHandle> ParseKeyPem(absl::string_view pem);

// A read-only view of `text`, which must outlive the handle.
BioHandle ReadBio(absl::string_view text);

// What was written to a memory BIO.
std::string BioText(BIO& bio);

}  // namespace baton
