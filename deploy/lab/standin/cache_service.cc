#include "deploy/lab/standin/cache_service.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/status/status_macros.h"
#include "deploy/lab/standin/secret.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kConfigName = "cache.config";
constexpr absl::string_view kSection = "CacheInvalidationConfiguration";

}  // namespace

absl::Status ConfigureCache(const HostState& state, const Hsconf& hsconf,
                            absl::string_view private_key) {
  std::string password = hsconf.Value(kSection, "ServicePassword");
  if (LooksEncrypted(password)) {
    ASSIGN_OR_RETURN(password, DecryptSecret(private_key, password));
  }
  // One value a line: port, virtual host, user name, password.
  return state.Write(kConfigName,
                     absl::StrCat(hsconf.Value(kSection, "ServicePort"), "\n",
                                  hsconf.Value(kSection, "VirtualHost"), "\n",
                                  hsconf.Value(kSection, "ServiceUsername"), "\n", password, "\n"));
}

absl::Status CacheService::Initialize() {
  const absl::StatusOr<std::string> text = context_.state.Read(kConfigName);
  if (!text.ok()) return absl::FailedPreconditionError("the cache service was never created here");
  const std::vector<std::string> lines = absl::StrSplit(*text, '\n');
  int port = 0;
  if (lines.size() != 5 || !absl::SimpleAtoi(lines[0], &port) || port < 1 || port > 65535) {
    return absl::FailedPreconditionError(absl::StrCat(kConfigName, " is malformed"));
  }
  account_ = {lines[1], lines[2], lines[3]};
  ASSIGN_OR_RETURN(FileDescriptor listener,
                   ListenTcp({context_.host.address, static_cast<uint16_t>(port)}));
  StreamServer::Callbacks callbacks;
  callbacks.on_data = [this](StreamServer::ConnectionId id, std::string& buffer) {
    OnData(id, buffer);
  };
  callbacks.on_close = [this](StreamServer::ConnectionId id, StreamServer::CloseReason /*reason*/) {
    handshakes_.erase(id);
  };
  server_ = std::make_unique<StreamServer>(context_.loop, std::move(listener),
                                           StreamServer::Limits{}, std::move(callbacks));
  return absl::OkStatus();
}

void CacheService::OnData(StreamServer::ConnectionId id, std::string& buffer) {
  const auto handshake = handshakes_.try_emplace(id, account_).first;
  const AmqpHandshake::Step step = handshake->second.OnData(buffer);
  if (!step.reply.empty()) server_->Send(id, step.reply);
  if (step.close) server_->Close(id);
}

}  // namespace baton::standin
