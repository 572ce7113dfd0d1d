#include "deploy/lab/standin/service.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/status/status_macros.h"
#include "deploy/lab/standin/cache_service.h"
#include "deploy/lab/standin/controller_service.h"
#include "deploy/lab/standin/dependent_service.h"
#include "deploy/lab/standin/web_service.h"

namespace baton::standin {

absl::StatusOr<std::unique_ptr<Service>> MakeService(absl::string_view name,
                                                     const ServiceContext& context) {
  if (name == "controller") return std::make_unique<ControllerService>(context);
  if (name == "deployment" || name == "scheduler") {
    return std::make_unique<DependentService>(std::string(name), context);
  }
  if (name == "cache") return std::make_unique<CacheService>(context);
  if (name == "web") return std::make_unique<WebService>(context);
  return absl::NotFoundError(absl::StrCat("there is no service \"", name, "\""));
}

absl::StatusOr<std::unique_ptr<StreamServer>> ServeLines(
    EventLoop& loop, const Endpoint& endpoint,
    std::function<std::string(absl::string_view line)> answer) {
  ASSIGN_OR_RETURN(FileDescriptor listener, ListenTcp(endpoint));
  // The callback needs the server that it belongs to, which is made from the callback.
  auto server = std::make_shared<StreamServer*>(nullptr);
  StreamServer::Callbacks callbacks;
  callbacks.on_data = [server, answer = std::move(answer)](StreamServer::ConnectionId id,
                                                           std::string& buffer) {
    while (std::optional<std::string> line = TakeLine(buffer)) {
      (*server)->Send(id, absl::StrCat(answer(*line), "\n"));
    }
  };
  auto made = std::make_unique<StreamServer>(loop, std::move(listener), StreamServer::Limits{},
                                             std::move(callbacks));
  *server = made.get();
  return made;
}

}  // namespace baton::standin
