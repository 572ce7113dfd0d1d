#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/session.h"

namespace baton::standin {

// Who a host is, from the one-word files name, address and serial of its state folder.
struct HostFacts {
  std::string name;     // stands in the database's events
  std::string address;  // what all of its services listen on and connect from
  std::string serial;   // what a license is bound to
};

// NOT_FOUND if the folder was not made by `platform-standin init`.
absl::StatusOr<HostFacts> ReadHostFacts(const HostState& state);

// A session with the database at HOST:PORT that begins with `introduction`. INVALID_ARGUMENT if
// `database` is malformed. Nothing is connected yet.
absl::StatusOr<Session> DatabaseSession(const HostFacts& host, const std::string& database,
                                        const std::string& introduction);

}  // namespace baton::standin
