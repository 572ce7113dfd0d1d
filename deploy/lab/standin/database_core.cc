#include "deploy/lab/standin/database_core.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kOk = "ok";
constexpr absl::string_view kMalformed = "error malformed request";

bool IsRecordable(absl::string_view event) {
  return event == "service-center-install" || event == "republish" || event == "apply-settings" ||
         event == "cache-service-created";
}

}  // namespace

const DatabaseCore::Request DatabaseCore::kRequests[] = {
    {"ping", 1, &DatabaseCore::Ping},
    {"hello", 4, &DatabaseCore::Hello},
    {"register", 3, &DatabaseCore::Register},
    {"disable-server", 2, &DatabaseCore::DisableServer},
    {"servers", 1, &DatabaseCore::Servers},
    {"license", 1, &DatabaseCore::License},
    {"set-license", 3, &DatabaseCore::SetLicense},
    {"login", 2, &DatabaseCore::Login},
    {"record", 3, &DatabaseCore::Record},
};

std::string DatabaseCore::OnLine(SessionId id, absl::string_view line) {
  const auto session = sessions_.find(id);
  if (session != sessions_.end()) ConfirmSuspicions(session->second);
  const Words words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  for (const Request& request : kRequests) {
    if (words.size() == request.words && words[0] == request.verb) {
      return (this->*request.answer)(id, words);
    }
  }
  return std::string(kMalformed);
}

std::string DatabaseCore::Ping(SessionId /*id*/, const Words& /*words*/) {
  return std::string(kOk);
}

std::string DatabaseCore::Login(SessionId /*id*/, const Words& words) {
  return words[1] == login_ ? std::string(kOk) : "error Invalid username or password.";
}

std::string DatabaseCore::License(SessionId /*id*/, const Words& /*words*/) {
  return absl::StrCat("ok ", license_, " ", controller_serial_);
}

std::string DatabaseCore::Hello(SessionId id, const Words& words) {
  if (sessions_.count(id) != 0) return "error the session has begun already";
  Session session;
  if (words[1] == "controller") {
    session = {Kind::kController, words[1], words[2], {}};
    events_.push_back(absl::StrCat("controller-connected ", words[2]));
    controller_serial_ = words[3];
    if (license_ == "-") SetLicense(id, {"set-license", words[3], words[2]});
  } else if (words[1] == "service") {
    session = {Kind::kService, words[2], words[3], {}};
  } else if (words[1] == "tool") {
    session = {Kind::kTool, words[2], words[3], {}};
    events_.push_back(absl::StrCat("tool-started ", words[2], " ", words[3]));
  } else {
    return std::string(kMalformed);
  }
  sessions_[id] = std::move(session);
  Suspect(id);
  return std::string(kOk);
}

void DatabaseCore::Suspect(SessionId newer) {
  const Session& session = sessions_[newer];
  for (auto& [id, older] : sessions_) {
    if (id == newer || older.kind != session.kind) continue;
    // A Deployment Controller that reconnects from its own host is one and the same.
    if (session.kind == Kind::kController && older.host != session.host) {
      older.suspicions.push_back(absl::StrCat("split-brain ", older.host, " ", session.host));
    }
    if (session.kind == Kind::kTool) {
      older.suspicions.push_back(
          absl::StrCat("tool-overlap ", session.name, " ", older.host, " ", session.host));
    }
  }
}

void DatabaseCore::ConfirmSuspicions(Session& session) {
  for (std::string& event : session.suspicions) events_.push_back(std::move(event));
  session.suspicions.clear();
}

void DatabaseCore::OnClosed(SessionId id, bool silent) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  if (!silent) ConfirmSuspicions(session);
  if (session.kind == Kind::kController) {
    events_.push_back(absl::StrCat("controller-disconnected ", session.host));
  }
  if (session.kind == Kind::kTool) {
    events_.push_back(absl::StrCat("tool-finished ", session.name, " ", session.host));
  }
  sessions_.erase(found);
}

std::string DatabaseCore::Register(SessionId /*id*/, const Words& words) {
  const auto found = servers_.find(words[1]);
  if (found == servers_.end() && servers_.size() >= kServersMax) return "error too many servers";
  Server& server = servers_[words[1]];
  if (server.endpoint != words[2] || !server.active) {
    events_.push_back(absl::StrCat("server-registered ", words[1], " ", words[2]));
  }
  server = {words[2], true};
  return std::string(kOk);
}

std::string DatabaseCore::DisableServer(SessionId /*id*/, const Words& words) {
  const auto found = servers_.find(words[1]);
  if (found == servers_.end()) return absl::StrCat("error no server ", words[1]);
  found->second.active = false;
  events_.push_back(absl::StrCat("server-disabled ", words[1]));
  return std::string(kOk);
}

std::string DatabaseCore::Servers(SessionId /*id*/, const Words& /*words*/) {
  std::string answer(kOk);
  for (const auto& [host, server] : servers_) {
    if (server.active) absl::StrAppend(&answer, " ", host, "=", server.endpoint);
  }
  return answer;
}

std::string DatabaseCore::SetLicense(SessionId /*id*/, const Words& words) {
  license_ = words[1];
  events_.push_back(absl::StrCat("license-installed ", words[1], " ", words[2]));
  return std::string(kOk);
}

std::string DatabaseCore::Record(SessionId /*id*/, const Words& words) {
  if (!IsRecordable(words[1])) return std::string(kMalformed);
  events_.push_back(absl::StrCat(words[1], " ", words[2]));
  return std::string(kOk);
}

std::vector<std::string> DatabaseCore::TakeEvents() { return std::exchange(events_, {}); }

std::string DatabaseCore::Save() const {
  std::string text = absl::StrCat("license ", license_, "\n");
  for (const auto& [host, server] : servers_) {
    absl::StrAppend(&text, "server ", host, " ", server.endpoint, " ",
                    server.active ? "active" : "disabled", "\n");
  }
  return text;
}

absl::Status DatabaseCore::Load(absl::string_view text) {
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const Words words = absl::StrSplit(line, ' ');
    if (words.size() == 2 && words[0] == "license") {
      license_ = words[1];
    } else if (words.size() == 4 && words[0] == "server") {
      servers_[words[1]] = {words[2], words[3] == "active"};
    } else {
      return absl::InvalidArgumentError(absl::StrCat("not a record: \"", line, "\""));
    }
  }
  return absl::OkStatus();
}

}  // namespace baton::standin
