#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/listen_failure.h"
#include "common/status/status.h"

namespace baton {
namespace {

// 0, or the error number of the first address that cannot be bound.
int TryToBind(const addrinfo* addresses) {
  for (const addrinfo* one = addresses; one != nullptr; one = one->ai_next) {
    const int descriptor = socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    const absl::Cleanup close_descriptor = [descriptor] { close(descriptor); };
    const int yes = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(descriptor, one->ai_addr, one->ai_addrlen) != 0 || listen(descriptor, 1) != 0) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

absl::Status DiagnoseListenFailure(const HostPort& address) {
  const std::string context = absl::StrCat("listen on ", address.ToString());
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int failure =
      getaddrinfo(address.host.c_str(), absl::StrCat(address.port).c_str(), &hints, &found);
  if (failure != 0) {
    return absl::FailedPreconditionError(absl::StrCat(context, ": ", gai_strerror(failure)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  const int error_number = TryToBind(addresses.get());
  if (error_number != 0) {
    return absl::FailedPreconditionError(PosixError(context, error_number).message());
  }
  return absl::FailedPreconditionError(absl::StrCat(context, ": failed, but is possible now"));
}

}  // namespace baton
