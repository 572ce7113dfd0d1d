#include "deploy/lab/standin/controller_service.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/status/status_macros.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kOtherConnectionString =
    "error Unable to register the Front-end Server. The server's connection string is different "
    "from the Deployment Controller's connection string.";

}  // namespace

absl::Status ControllerService::Initialize() {
  if (!database_) {
    ASSIGN_OR_RETURN(database_,
                     DatabaseSession(context_.host, context_.config.database,
                                     absl::StrCat("hello controller ", context_.host.name, " ",
                                                  context_.host.serial)));
  }
  RETURN_IF_ERROR(database_->Open());
  for (const uint16_t port :
       {context_.config.controller_port, context_.config.controller_rest_port}) {
    if (port == 0) continue;
    ASSIGN_OR_RETURN(std::unique_ptr<StreamServer> server,
                     ServeLines(context_.loop, {context_.host.address, port},
                                [this](absl::string_view line) { return Answer(line); }));
    servers_.push_back(std::move(server));
  }
  return absl::OkStatus();
}

void ControllerService::Heartbeat() {
  const absl::Status alive = database_->KeepAlive();
  if (!alive.ok() && !database_lost_) {
    context_.log.Error(absl::StrCat("The database is not reachable: ", alive.message()));
  }
  if (alive.ok() && database_lost_) context_.log.Information("The database is reachable again.");
  database_lost_ = !alive.ok();
}

std::string ControllerService::Answer(absl::string_view line) {
  if (line == "ping" || absl::StartsWith(line, "compile ")) return "ok";
  const std::vector<std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 3));
  if (words.size() != 4 || words[0] != "register") return "error malformed request";
  if (words[3] != context_.config.connection_string) return std::string(kOtherConnectionString);
  context_.log.Information(absl::StrCat("Registered ", words[1], " of ", words[2], "."));
  return "ok";
}

}  // namespace baton::standin
