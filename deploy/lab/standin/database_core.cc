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

std::string DatabaseCore::OnLine(SessionId id, absl::string_view line) {
  const auto session = sessions_.find(id);
  if (session != sessions_.end()) ConfirmSuspicions(session->second);
  const Words words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  if (words.empty()) return std::string(kMalformed);
  return Answer(id, words);
}

std::string DatabaseCore::Answer(SessionId id, const Words& words) {
  const std::string& verb = words[0];
  const size_t count = words.size();
  if (verb == "ping" && count == 1) return std::string(kOk);
  if (verb == "hello" && count == 4) return Hello(id, words);
  if (verb == "register" && count == 3) return Register(words);
  if (verb == "disable-server" && count == 2) return DisableServer(words);
  if (verb == "servers" && count == 1) return Servers();
  if (verb == "license" && count == 1) {
    return absl::StrCat("ok ", license_, " ", controller_serial_);
  }
  if (verb == "set-license" && count == 3) return SetLicense(words);
  if (verb == "record" && count == 3) return Record(words);
  return std::string(kMalformed);
}

std::string DatabaseCore::Hello(SessionId id, const Words& words) {
  if (sessions_.count(id) != 0) return "error the session has begun already";
  Session session;
  if (words[1] == "controller") {
    session = {Kind::kController, words[1], words[2], {}};
    events_.push_back(absl::StrCat("controller-connected ", words[2]));
    controller_serial_ = words[3];
    if (license_ == "-") SetLicense({"set-license", words[3], words[2]});
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

std::string DatabaseCore::Register(const Words& words) {
  const auto found = servers_.find(words[1]);
  if (found == servers_.end() && servers_.size() >= kServersMax) return "error too many servers";
  Server& server = servers_[words[1]];
  if (server.endpoint != words[2] || !server.active) {
    events_.push_back(absl::StrCat("server-registered ", words[1], " ", words[2]));
  }
  server = {words[2], true};
  return std::string(kOk);
}

std::string DatabaseCore::DisableServer(const Words& words) {
  const auto found = servers_.find(words[1]);
  if (found == servers_.end()) return absl::StrCat("error no server ", words[1]);
  found->second.active = false;
  events_.push_back(absl::StrCat("server-disabled ", words[1]));
  return std::string(kOk);
}

std::string DatabaseCore::Servers() const {
  std::string answer(kOk);
  for (const auto& [host, server] : servers_) {
    if (server.active) absl::StrAppend(&answer, " ", host, "=", server.endpoint);
  }
  return answer;
}

std::string DatabaseCore::SetLicense(const Words& words) {
  license_ = words[1];
  events_.push_back(absl::StrCat("license-installed ", words[1], " ", words[2]));
  return std::string(kOk);
}

std::string DatabaseCore::Record(const Words& words) {
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
