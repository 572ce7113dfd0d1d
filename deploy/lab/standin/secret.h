#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Encrypted values of server.hsconf, in the form that is publicly known of older versions: "$2$",
// 24 characters of Base64 (the initialisation vector), Base64 of the AES-128-CBC ciphertext with
// PKCS #7 padding. The key is the one Base64 line of private.key and the same on the whole farm.
namespace baton::standin {

// Whether `value` has the form of an encrypted value. Says nothing about the key.
bool LooksEncrypted(absl::string_view value);

// The text of a private.key whose key follows from `seed`.
std::string MakePrivateKeyFile(uint64_t seed);

// The 16-byte key. INVALID_ARGUMENT if the text of the file holds none.
absl::StatusOr<std::string> ParsePrivateKeyFile(absl::string_view text);

// Encrypts with a random initialisation vector: no two results are alike. REQUIRES: a 16-byte key.
absl::StatusOr<std::string> EncryptSecret(absl::string_view key, absl::string_view plain);

// INVALID_ARGUMENT if the form is wrong or the value was encrypted with another key.
absl::StatusOr<std::string> DecryptSecret(absl::string_view key, absl::string_view value);

}  // namespace baton::standin
