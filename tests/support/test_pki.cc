#include "tests/support/test_pki.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/fs/file_system.h"
#include "common/pki/certificate_info.h"
#include "common/pki/identity.h"
#include "common/pki/revocation_list.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

constexpr absl::Duration kValidity = absl::Hours(1);

void WriteFile(const std::string& path, absl::string_view data, uint32_t mode) {
  EXPECT_OK(WriteFileAtomically(PosixFileSystem(), path, data, mode));
}

}  // namespace

TestPki::TestPki(absl::string_view farm_id) : farm_id_(farm_id) {
  // An authority old enough to have signed certificates that are expired by now.
  auto authority = IssueAuthority(farm_id, absl::Now() - absl::Hours(48), absl::Hours(96));
  EXPECT_OK(authority);
  if (authority.ok()) authority_ = *std::move(authority);
}

std::string TestPki::MakeIdentity(Role role, absl::string_view name, const Unusual& unusual) {
  CertificateRequest request;
  request.name = {unusual.farm_id.empty() ? farm_id_ : unusual.farm_id, role, std::string(name)};
  request.now =
      unusual.not_after == absl::InfiniteFuture() ? absl::Now() : unusual.not_after - kValidity;
  request.validity = kValidity;
  std::string folder = folder_ / absl::StrCat(name, "-", ++identities_made_);
  EXPECT_OK(PosixFileSystem().CreateFolders(folder, 0700));
  Write(folder, request);
  return folder;
}

void TestPki::Replace(const std::string& folder, const PeerName& name) {
  Write(folder, {name, {}, absl::Now(), kValidity});
}

void TestPki::Write(const std::string& folder, const CertificateRequest& request) {
  const auto issued = IssueCertificate(authority_, request);
  ASSERT_OK(issued);
  const IdentityFiles files(folder);
  WriteFile(files.authority, authority_.certificate_pem, 0644);
  WriteFile(files.key, issued->key_pem, 0600);
  WriteFile(files.certificate, issued->certificate_pem, 0644);
}

void TestPki::Revoke(const std::string& folder, const std::string& revoked_folder) {
  WriteFile(IdentityFiles(folder).revoked, FormatRevokedSerials({SerialOf(revoked_folder)}), 0644);
}

std::string TestPki::SerialOf(const std::string& folder) {
  const auto pem =
      PosixFileSystem().ReadFile(IdentityFiles(folder).certificate, kIdentityFileSizeBytesMax);
  EXPECT_OK(pem);
  if (!pem.ok()) return "";
  const auto info = InspectCertificate(*pem);
  EXPECT_OK(info);
  return info.ok() ? info->serial : "";
}

}  // namespace baton
