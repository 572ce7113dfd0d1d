#include "common/pki/openssl_handles.h"

#include <openssl/pem.h>

#include <array>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace baton {
namespace {

// The library's default asks for a pass phrase at the terminal: a daemon must not.
int RefusePassPhrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

}  // namespace

absl::Status OpenSslError(absl::string_view context) {
  std::array<char, 256> words{};
  ERR_error_string_n(ERR_peek_last_error(), words.data(), words.size());
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat(context, ": ", words.data()));
}

BioHandle ReadBio(absl::string_view text) {
  return BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string BioText(BIO& bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(&bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

absl::StatusOr<X509Handle> ParseCertificatePem(absl::string_view pem) {
  const BioHandle bio = ReadBio(pem);
  X509Handle certificate(PEM_read_bio_X509(bio.get(), nullptr, RefusePassPhrase, nullptr));
  if (certificate == nullptr) return OpenSslError("not a certificate in PEM");
  return certificate;
}

absl::StatusOr<KeyHandle> ParseKeyPem(absl::string_view pem) {
  const BioHandle bio = ReadBio(pem);
  KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, RefusePassPhrase, nullptr));
  if (key == nullptr) return OpenSslError("not an unencrypted private key in PEM");
  return key;
}

}  // namespace baton
