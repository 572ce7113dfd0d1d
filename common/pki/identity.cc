#include "common/pki/identity.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/pki/revocation_list.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr uint32_t kGroupAndOthers = 077;

absl::Status CheckKeyFile(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const FileInfo info, fs.Describe(path));
  if (!info.regular) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  }
  if ((info.mode & kGroupAndOthers) != 0) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s has mode %04o: only its owner may have access, run: chmod 600 %s", path,
                        info.mode, path));
  }
  return absl::OkStatus();
}

absl::Status CheckExpectation(const PeerName& name, const IdentityExpectation& expected) {
  if (expected.farm_id.has_value() && name.farm_id != *expected.farm_id) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the certificate is for farm \"", name.farm_id, "\", not for \"", *expected.farm_id, "\""));
  }
  if (!expected.roles.empty() &&
      std::find(expected.roles.begin(), expected.roles.end(), name.role) == expected.roles.end()) {
    const auto append = [](std::string* out, Role role) { absl::StrAppend(out, RoleName(role)); };
    return absl::FailedPreconditionError(
        absl::StrCat("the certificate has role ", RoleName(name.role), ", here it must be ",
                     absl::StrJoin(expected.roles, " or ", append)));
  }
  if (expected.name.has_value() && name.name != *expected.name) {
    return absl::FailedPreconditionError(absl::StrCat("the certificate is for \"", name.name,
                                                      "\", not for \"", *expected.name, "\""));
  }
  return absl::OkStatus();
}

// A malformed list would refuse every peer later: better to hear of it at start.
absl::Status CheckRevokedFile(FileSystem& fs, const std::string& path) {
  const absl::StatusOr<std::string> text = fs.ReadFile(path, kRevokedSizeBytesMax);
  if (absl::IsNotFound(text.status())) return absl::OkStatus();
  RETURN_IF_ERROR(text.status());
  return ParseRevokedSerials(path, *text).status();
}

}  // namespace

IdentityFiles::IdentityFiles(absl::string_view folder)
    : authority(absl::StrCat(folder, "/ca.pem")),
      certificate(absl::StrCat(folder, "/cert.pem")),
      key(absl::StrCat(folder, "/key.pem")),
      revoked(absl::StrCat(folder, "/revoked.yaml")) {}

absl::StatusOr<Identity> LoadIdentity(FileSystem& fs, absl::string_view folder,
                                      const IdentityExpectation& expected, absl::Time now) {
  const IdentityFiles files(folder);
  ASSIGN_OR_RETURN(const std::string authority,
                   fs.ReadFile(files.authority, kIdentityFileSizeBytesMax));
  ASSIGN_OR_RETURN(const std::string certificate,
                   fs.ReadFile(files.certificate, kIdentityFileSizeBytesMax));
  RETURN_IF_ERROR(CheckKeyFile(fs, files.key));
  ASSIGN_OR_RETURN(const std::string key, fs.ReadFile(files.key, kIdentityFileSizeBytesMax));
  RETURN_IF_ERROR(Annotate(CheckKeyMatches(certificate, key),
                           absl::StrCat(files.key, " and ", files.certificate)));
  RETURN_IF_ERROR(Annotate(CheckSignedBy(certificate, authority),
                           absl::StrCat(files.certificate, " and ", files.authority)));
  absl::StatusOr<CertificateInfo> info = InspectCertificate(certificate);
  if (!info.ok()) return Annotate(info.status(), files.certificate);
  absl::StatusOr<PeerName> name = PeerNameOf(*info);
  if (!name.ok()) return Annotate(name.status(), files.certificate);
  RETURN_IF_ERROR(Annotate(CheckExpectation(*name, expected), files.certificate));
  RETURN_IF_ERROR(Annotate(CheckValidity(*info, now), files.certificate));
  RETURN_IF_ERROR(CheckRevokedFile(fs, files.revoked));
  return Identity{*std::move(name), *std::move(info), files};
}

}  // namespace baton
