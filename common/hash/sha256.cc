#include "common/hash/sha256.h"

#include <openssl/evp.h>

#include <cstdlib>

#include "absl/strings/escaping.h"

namespace baton {
namespace {

constexpr size_t kDigestBytes = 32;

void Require(bool ok) {
  if (!ok) std::abort();
}

// Fetched once: OpenSSL 3 otherwise looks the algorithm up at every hash, which costs more than
// hashing a record.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

}  // namespace

std::string Sha256(absl::string_view data) {
  // One for each thread: setting one up costs more than hashing a record.
  static thread_local Sha256Hasher hasher;
  hasher.Update(data);
  return hasher.Finish();
}

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) {
  Require(context_ != nullptr);
  Require(EVP_DigestInit_ex2(context_.get(), Algorithm(), nullptr) == 1);
}

void Sha256Hasher::Update(absl::string_view data) {
  Require(EVP_DigestUpdate(context_.get(), data.data(), data.size()) == 1);
}

std::string Sha256Hasher::Finish() {
  unsigned char digest[kDigestBytes];
  unsigned int size = 0;
  Require(EVP_DigestFinal_ex(context_.get(), digest, &size) == 1 && size == kDigestBytes);
  Require(EVP_DigestInit_ex2(context_.get(), Algorithm(), nullptr) == 1);
  return {digest, digest + kDigestBytes};
}

void Sha256Hasher::FreeContext::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

std::string ToHex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

}  // namespace baton
