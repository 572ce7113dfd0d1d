#include <grpcpp/security/server_credentials.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/grpc_auth_processor.h"
#include "common/rpc/grpc_local_socket.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr size_t kSocketPathSizeMax = sizeof(sockaddr_un::sun_path) - 1;

absl::Status CheckFolder(const std::string& folder) {
  struct stat info {};
  if (lstat(folder.c_str(), &info) != 0) return PosixError(folder, errno);
  if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
      (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(folder,
                     " must be a folder of the user that runs this program, mode 0700: "
                     "whoever can open a socket in it is an operator"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddLocalSocket(grpc::ServerBuilder& builder, const std::string& path,
                            const MethodPolicy& policy) {
  if (!absl::StartsWith(path, "/") || path.size() > kSocketPathSizeMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("the path of a unix socket must be absolute and have at most ",
                     kSocketPathSizeMax, " bytes: ", path));
  }
  RETURN_IF_ERROR(CheckFolder(path.substr(0, path.rfind('/') + 1)));
  std::shared_ptr<grpc::ServerCredentials> credentials =
      grpc::experimental::LocalServerCredentials(UDS);
  credentials->SetAuthMetadataProcessor(std::make_shared<LocalGrpcAuthProcessor>(policy));
  builder.AddListeningPort(absl::StrCat("unix:", path), std::move(credentials));
  return absl::OkStatus();
}

}  // namespace baton
