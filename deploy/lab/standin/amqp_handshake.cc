#include "deploy/lab/standin/amqp_handshake.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kProtocolHeader("AMQP\0\0\x09\x01", 8);
constexpr char kMethodFrame = 1;
constexpr char kHeartbeatFrame = 8;
constexpr char kFrameEnd = '\xCE';
constexpr size_t kFrameHeaderBytes = 7;

// Methods of class `connection` (10).
constexpr uint16_t kConnectionClass = 10;
constexpr uint16_t kStart = 10;
constexpr uint16_t kStartOk = 11;
constexpr uint16_t kTune = 30;
constexpr uint16_t kTuneOk = 31;
constexpr uint16_t kOpen = 40;
constexpr uint16_t kOpenOk = 41;
constexpr uint16_t kClose = 50;
constexpr uint16_t kCloseOk = 51;

constexpr uint16_t kAccessRefused = 403;
constexpr uint16_t kNotAllowed = 530;

std::string Number(uint64_t value, size_t bytes) {
  std::string text;
  for (size_t i = bytes; i > 0; --i) text.push_back(static_cast<char>(value >> (8 * (i - 1))));
  return text;
}

uint64_t ReadNumber(absl::string_view text) {
  uint64_t value = 0;
  for (const char c : text) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::string ShortText(absl::string_view text) { return absl::StrCat(Number(text.size(), 1), text); }
std::string LongText(absl::string_view text) { return absl::StrCat(Number(text.size(), 4), text); }

// Takes a text or table whose length stands in its first `length_bytes` bytes; "" if it is cut off.
absl::string_view TakeText(size_t length_bytes, absl::string_view& arguments) {
  const size_t size = arguments.size() < length_bytes
                          ? 0
                          : static_cast<size_t>(ReadNumber(arguments.substr(0, length_bytes)));
  if (arguments.size() < length_bytes || arguments.size() - length_bytes < size) {
    arguments = "";
    return "";
  }
  const absl::string_view text = arguments.substr(length_bytes, size);
  arguments.remove_prefix(length_bytes + size);
  return text;
}

std::string Method(uint16_t method, absl::string_view arguments) {
  const std::string payload =
      absl::StrCat(Number(kConnectionClass, 2), Number(method, 2), arguments);
  return absl::StrCat(std::string(1, kMethodFrame), Number(0, 2), Number(payload.size(), 4),
                      payload, std::string(1, kFrameEnd));
}

AmqpHandshake::Step Refusal(uint16_t code, absl::string_view text, uint16_t method) {
  return {Method(kClose, absl::StrCat(Number(code, 2), ShortText(text), Number(kConnectionClass, 2),
                                      Number(method, 2))),
          false};
}

}  // namespace

AmqpHandshake::Step AmqpHandshake::OnData(std::string& buffer) {
  if (!header_seen_) {
    if (buffer.size() < kProtocolHeader.size()) return {};
    if (!absl::StartsWith(buffer, kProtocolHeader)) return {std::string(kProtocolHeader), true};
    buffer.erase(0, kProtocolHeader.size());
    header_seen_ = true;
    // Version 0-9, no server properties.
    return {Method(kStart, absl::StrCat(Number(0, 1), Number(9, 1), LongText(""), LongText("PLAIN"),
                                        LongText("en_US"))),
            false};
  }
  Step all;
  while (buffer.size() >= kFrameHeaderBytes && !all.close) {
    const uint64_t size = ReadNumber(absl::string_view(buffer).substr(3, 4));
    if (size > kAmqpFrameBytesMax) return {"", true};
    if (buffer.size() < kFrameHeaderBytes + size + 1) break;
    const std::string frame = buffer.substr(0, kFrameHeaderBytes + size + 1);
    buffer.erase(0, frame.size());
    if (frame.back() != kFrameEnd) return {"", true};
    if (frame[0] == kHeartbeatFrame) continue;
    Step step = OnMethod(absl::string_view(frame).substr(kFrameHeaderBytes, size));
    all.reply += step.reply;
    all.close = step.close;
  }
  return all;
}

AmqpHandshake::Step AmqpHandshake::OnMethod(absl::string_view payload) {
  if (payload.size() < 4 || ReadNumber(payload.substr(0, 2)) != kConnectionClass) return {"", true};
  const uint64_t method = ReadNumber(payload.substr(2, 2));
  const absl::string_view arguments = payload.substr(4);
  switch (method) {
    case kStartOk:
      return OnStartOk(arguments);
    case kTuneOk:
      return {"", false};
    case kOpen:
      return authenticated_ ? OnOpen(arguments) : Step{"", true};
    case kClose:
      return {Method(kCloseOk, ""), true};
    default:
      return {"", true};  // Close-Ok ends a refused connection; nothing else is served
  }
}

AmqpHandshake::Step AmqpHandshake::OnStartOk(absl::string_view arguments) {
  TakeText(4, arguments);  // client properties
  const absl::string_view mechanism = TakeText(1, arguments);
  const absl::string_view response = TakeText(4, arguments);
  std::string expected(1, '\0');
  absl::StrAppend(&expected, account_.username, absl::string_view("\0", 1), account_.password);
  authenticated_ = mechanism == "PLAIN" && response == expected;
  if (!authenticated_) {
    return Refusal(kAccessRefused, "ACCESS_REFUSED - Login was refused", kStartOk);
  }
  return {Method(kTune, absl::StrCat(Number(1, 2), Number(kAmqpFrameBytesMax, 4), Number(0, 2))),
          false};
}

AmqpHandshake::Step AmqpHandshake::OnOpen(absl::string_view arguments) const {
  const absl::string_view virtual_host = TakeText(1, arguments);
  if (virtual_host != account_.virtual_host) {
    return Refusal(kNotAllowed, "NOT_ALLOWED - vhost not found", kOpen);
  }
  return {Method(kOpenOk, ShortText("")), false};
}

}  // namespace baton::standin
