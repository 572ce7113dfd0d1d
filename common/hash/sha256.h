#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace baton {

// The SHA-256 of `data` as 32 raw bytes. Thread-safe.
std::string Sha256(absl::string_view data);

// SHA-256 of data that comes in pieces. Not thread-safe. Aborts if OpenSSL offers no SHA-256 or
// memory is out: nothing here can go on without it.
class Sha256Hasher {
 public:
  Sha256Hasher();

  // Adds `data` to what is hashed.
  void Update(absl::string_view data);

  // The hash of everything since construction or the last Finish, as 32 raw bytes. The next Update
  // begins a new hash.
  std::string Finish();

 private:
  struct FreeContext {
    void operator()(evp_md_ctx_st* context) const;
  };

  std::unique_ptr<evp_md_ctx_st, FreeContext> context_;
};

// Two lower-case hexadecimal digits per byte.
std::string ToHex(absl::string_view bytes);

}  // namespace baton
