#include "deploy/lab/standin/secret.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/status/status_macros.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kPrefix = "$2$";
constexpr size_t kKeyBytes = 16;
constexpr size_t kVectorBytes = 16;
constexpr size_t kVectorBase64Bytes = 24;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

enum class Direction { kDecrypt = 0, kEncrypt = 1 };

absl::StatusOr<std::string> RunCipher(Direction direction, absl::string_view key,
                                      absl::string_view vector, absl::string_view input) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::string output(input.size() + kKeyBytes, '\0');
  int head = 0;
  int tail = 0;
  const bool done = EVP_CipherInit_ex(context.get(), EVP_aes_128_cbc(), nullptr, Bytes(key),
                                      Bytes(vector), static_cast<int>(direction)) == 1 &&
                    EVP_CipherUpdate(context.get(), Bytes(output), &head, Bytes(input),
                                     static_cast<int>(input.size())) == 1 &&
                    EVP_CipherFinal_ex(context.get(), Bytes(output) + head, &tail) == 1;
  if (!done) return absl::InvalidArgumentError("the value does not belong to this private.key");
  output.resize(static_cast<size_t>(head) + static_cast<size_t>(tail));
  return output;
}

}  // namespace

bool LooksEncrypted(absl::string_view value) {
  return absl::StartsWith(value, kPrefix) && value.size() > kPrefix.size() + kVectorBase64Bytes;
}

std::string MakePrivateKeyFile(uint64_t seed) {
  const std::string text = absl::StrCat("platform-standin private key ", seed);
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(Bytes(absl::string_view(text)), text.size(), Bytes(digest));
  return absl::StrCat("--Private key of the farm. Copy it to every server.\r\n",
                      absl::Base64Escape(digest.substr(0, kKeyBytes)), "\r\n");
}

absl::StatusOr<std::string> ParsePrivateKeyFile(absl::string_view text) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripSuffix(line, "\r");
    if (line.empty() || absl::StartsWith(line, "--")) continue;
    std::string key;
    if (absl::Base64Unescape(line, &key) && key.size() == kKeyBytes) return key;
    break;
  }
  return absl::InvalidArgumentError("private.key holds no 16-byte key");
}

absl::StatusOr<std::string> EncryptSecret(absl::string_view key, absl::string_view plain) {
  std::string vector(kVectorBytes, '\0');
  if (RAND_bytes(Bytes(vector), static_cast<int>(kVectorBytes)) != 1) {
    return absl::InternalError("no random bytes");
  }
  ASSIGN_OR_RETURN(const std::string cipher, RunCipher(Direction::kEncrypt, key, vector, plain));
  return absl::StrCat(kPrefix, absl::Base64Escape(vector), absl::Base64Escape(cipher));
}

absl::StatusOr<std::string> DecryptSecret(absl::string_view key, absl::string_view value) {
  std::string vector;
  std::string cipher;
  if (!LooksEncrypted(value) ||
      !absl::Base64Unescape(value.substr(kPrefix.size(), kVectorBase64Bytes), &vector) ||
      vector.size() != kVectorBytes ||
      !absl::Base64Unescape(value.substr(kPrefix.size() + kVectorBase64Bytes), &cipher)) {
    return absl::InvalidArgumentError("not an encrypted value");
  }
  return RunCipher(Direction::kDecrypt, key, vector, cipher);
}

}  // namespace baton::standin
