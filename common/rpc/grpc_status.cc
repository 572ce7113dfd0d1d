#include "common/rpc/grpc_status.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace baton {
namespace {

constexpr absl::string_view kCutMark = " ... (cut)";
constexpr int kCodeMax = static_cast<int>(absl::StatusCode::kUnauthenticated);

static_assert(kCodeMax == static_cast<int>(grpc::StatusCode::UNAUTHENTICATED));
static_assert(static_cast<int>(absl::StatusCode::kAborted) ==
              static_cast<int>(grpc::StatusCode::ABORTED));

bool IsUtf8Continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

std::string CutMessage(absl::string_view message) {
  if (message.size() <= kStatusMessageSizeMax) return std::string(message);
  size_t size = kStatusMessageSizeMax - kCutMark.size();
  while (size > 0 && IsUtf8Continuation(message[size])) --size;
  return absl::StrCat(message.substr(0, size), kCutMark);
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()), CutMessage(status.message())};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const int code = status.error_code();
  const bool known = code > 0 && code <= kCodeMax;
  return {known ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown,
          status.error_message()};
}

}  // namespace baton
