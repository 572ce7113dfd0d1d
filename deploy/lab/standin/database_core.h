#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace baton::standin {

inline constexpr size_t kServersMax = 256;

// The farm's shared database as far as a failover can see it: who is connected, which servers are
// registered, whose license is installed. It is the labs' witness: what must not happen in a farm
// (two Deployment Controllers at once, two farm-exclusive tools at once) becomes an event. Does no
// I/O.
//
// Requests, one line each, in a session that may begin with a `hello`:
// - `hello controller HOST SERIAL`: a Deployment Controller connects; the first one's license is
//   installed.
// - `hello service NAME HOST`: another service connects.
// - `hello tool NAME HOST`: a farm-exclusive tool runs from here to the session's end.
// - `ping`.
// - `register HOST ADDRESS:PORT`: HOST's Deployment Service, which installations deploy to.
// - `disable-server HOST`: installations leave HOST out until it registers again.
// - `servers`: `ok HOST=ADDRESS:PORT ...`.
// - `license`: `ok LICENSED-SERIAL CONTROLLER-SERIAL`, each `-` if there is none.
// - `set-license SERIAL HOST`.
// - `login DIGEST`: whether that is Service Center's account.
// - `record service-center-install|republish|apply-settings|cache-service-created HOST`.
//
// Two sessions overlap only if the older one proves to be alive after the newer one came: it
// speaks, or it ends in an orderly way. One that has gone silent (a host without power, a cut
// cable) is no overlap.
class DatabaseCore {
 public:
  using SessionId = uint64_t;

  // The answer to a line, without '\n'.
  std::string OnLine(SessionId id, absl::string_view line);

  // `silent`: the session was given up because nothing came from it any more.
  void OnClosed(SessionId id, bool silent);

  // Service Center's account from now on, as LoginDigest has it. Until then nobody can log in.
  void SetLogin(std::string digest) { login_ = std::move(digest); }

  // What happened since the last call: `EVENT WORD...`, in order.
  std::vector<std::string> TakeEvents();

  // The durable part, as text. Load returns INVALID_ARGUMENT for text that Save did not make.
  std::string Save() const;
  absl::Status Load(absl::string_view text);

 private:
  enum class Kind { kNone, kController, kService, kTool };

  struct Session {
    Kind kind = Kind::kNone;
    std::string name;  // of the service or tool
    std::string host;
    std::vector<std::string> suspicions;  // events that happened if this session is still alive
  };

  struct Server {
    std::string endpoint;
    bool active = true;
  };

  using Words = std::vector<std::string>;

  // A request, by its first word and the number of its words.
  struct Request {
    absl::string_view verb;
    size_t words;
    std::string (DatabaseCore::*answer)(SessionId id, const Words& words);
  };
  static const Request kRequests[];

  std::string Hello(SessionId id, const Words& words);
  std::string Ping(SessionId id, const Words& words);
  std::string Register(SessionId id, const Words& words);
  std::string DisableServer(SessionId id, const Words& words);
  std::string Servers(SessionId id, const Words& words);
  std::string License(SessionId id, const Words& words);
  std::string SetLicense(SessionId id, const Words& words);
  std::string Login(SessionId id, const Words& words);
  std::string Record(SessionId id, const Words& words);

  void Suspect(SessionId newer);
  void ConfirmSuspicions(Session& session);

  std::map<SessionId, Session> sessions_;
  std::map<std::string, Server> servers_;
  std::string license_ = "-";
  std::string controller_serial_ = "-";  // of the Deployment Controller that connected last
  std::string login_;
  std::vector<std::string> events_;
};

}  // namespace baton::standin
