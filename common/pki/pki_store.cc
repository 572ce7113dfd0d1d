#include "common/pki/pki_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/pki/certificate_info.h"
#include "common/pki/identity.h"
#include "common/pki/revocation_list.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr uint32_t kFolderMode = 0700;
constexpr uint32_t kKeyMode = 0600;
constexpr uint32_t kPublicMode = 0644;
constexpr uint64_t kIndexSizeBytesMax = uint64_t{16} * 1024 * 1024;
constexpr absl::string_view kFarmPrefix = "farm ";
constexpr absl::string_view kNoHosts = "-";
constexpr absl::string_view kTimeFormat = "%Y-%m-%dT%H:%M:%SZ";

std::string TimeText(absl::Time time) {
  return absl::FormatTime(kTimeFormat, time, absl::UTCTimeZone());
}

absl::StatusOr<absl::Time> ParseTimeText(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(kTimeFormat, text, absl::UTCTimeZone(), &time, &error)) return time;
  return absl::InvalidArgumentError(absl::StrCat("time \"", text, "\": ", error));
}

absl::StatusOr<IssuedCertificate> ParseIndexLine(absl::string_view line) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() != 5) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", line, "\": want SERIAL URI NOT_BEFORE NOT_AFTER HOSTS"));
  }
  IssuedCertificate entry;
  ASSIGN_OR_RETURN(entry.serial, NormalizeSerial(words[0]));
  ASSIGN_OR_RETURN(entry.name, ParsePeerUri(words[1]));
  ASSIGN_OR_RETURN(entry.not_before, ParseTimeText(words[2]));
  ASSIGN_OR_RETURN(entry.not_after, ParseTimeText(words[3]));
  if (words[4] != kNoHosts) entry.hosts = absl::StrSplit(words[4], ',');
  return entry;
}

std::string FormatIndexLine(const IssuedCertificate& entry) {
  const std::string hosts =
      entry.hosts.empty() ? std::string(kNoHosts) : absl::StrJoin(entry.hosts, ",");
  return absl::StrCat(entry.serial, " ", FormatPeerUri(entry.name), " ", TimeText(entry.not_before),
                      " ", TimeText(entry.not_after), " ", hosts, "\n");
}

const IssuedCertificate* FindName(const std::vector<IssuedCertificate>& issued,
                                  absl::string_view name) {
  const auto found = std::find_if(issued.begin(), issued.end(),
                                  [name](const auto& entry) { return entry.name.name == name; });
  return found == issued.end() ? nullptr : &*found;
}

}  // namespace

PkiStore::PkiStore(FileSystem& fs, Clock& clock, std::string folder)
    : fs_(fs), clock_(clock), folder_(std::move(folder)) {}

std::string PkiStore::Path(absl::string_view name) const {
  return absl::StrCat(folder_, "/", name);
}

std::string PkiStore::IdentityFolder(absl::string_view name) const {
  return Path(absl::StrCat("issued/", name));
}

absl::StatusOr<PkiStore::Index> PkiStore::ReadIndex() {
  const std::string path = Path("index");
  ASSIGN_OR_RETURN(const std::string text, fs_.ReadFile(path, kIndexSizeBytesMax));
  std::vector<absl::string_view> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  Index index;
  if (lines.empty() || !absl::ConsumePrefix(&lines.front(), kFarmPrefix)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": does not begin with \"farm FARM\""));
  }
  index.farm_id = std::string(lines.front());
  for (size_t i = 1; i < lines.size(); ++i) {
    absl::StatusOr<IssuedCertificate> entry = ParseIndexLine(lines[i]);
    if (!entry.ok()) return Annotate(entry.status(), path);
    index.issued.push_back(*std::move(entry));
  }
  return index;
}

absl::Status PkiStore::WriteIndex(const Index& index) {
  std::string text = absl::StrCat(kFarmPrefix, index.farm_id, "\n");
  for (const IssuedCertificate& entry : index.issued) {
    absl::StrAppend(&text, FormatIndexLine(entry));
  }
  return WriteFileAtomically(fs_, Path("index"), text, kPublicMode);
}

absl::StatusOr<std::set<std::string>> PkiStore::ReadRevoked() {
  const std::string path = Path("revoked.yaml");
  ASSIGN_OR_RETURN(const std::string text, fs_.ReadFile(path, kRevokedSizeBytesMax));
  return ParseRevokedSerials(path, text);
}

absl::StatusOr<KeyedCertificate> PkiStore::ReadAuthority() {
  KeyedCertificate authority;
  ASSIGN_OR_RETURN(authority.certificate_pem,
                   fs_.ReadFile(Path("ca.pem"), kIdentityFileSizeBytesMax));
  ASSIGN_OR_RETURN(authority.key_pem, fs_.ReadFile(Path("ca-key.pem"), kIdentityFileSizeBytesMax));
  return authority;
}

absl::Status PkiStore::Init(absl::string_view farm_id, absl::Duration validity) {
  ASSIGN_OR_RETURN(const KeyedCertificate authority,
                   IssueAuthority(farm_id, clock_.Now(), validity));
  RETURN_IF_ERROR(fs_.CreateFolders(folder_, kFolderMode));
  RETURN_IF_ERROR(fs_.CreateFile(Path("ca-key.pem"), authority.key_pem, kKeyMode));
  RETURN_IF_ERROR(fs_.CreateFile(Path("ca.pem"), authority.certificate_pem, kPublicMode));
  RETURN_IF_ERROR(fs_.CreateFile(Path("revoked.yaml"), FormatRevokedSerials({}), kPublicMode));
  return WriteIndex(Index{std::string(farm_id), {}});
}

absl::StatusOr<IssuedCertificate> PkiStore::Issue(Role role, absl::string_view name,
                                                  const std::vector<std::string>& hosts,
                                                  absl::Duration validity) {
  ASSIGN_OR_RETURN(Index index, ReadIndex());
  if (const IssuedCertificate* known = FindName(index.issued, name); known != nullptr) {
    return absl::AlreadyExistsError(absl::StrCat("\"", name, "\" was issued before, as ",
                                                 RoleName(known->name.role),
                                                 "; renew it, or choose another name"));
  }
  return Make(std::move(index), role, name, hosts, validity);
}

absl::StatusOr<IssuedCertificate> PkiStore::Renew(absl::string_view name, absl::Duration validity) {
  ASSIGN_OR_RETURN(Index index, ReadIndex());
  const IssuedCertificate* known = FindName(index.issued, name);
  if (known == nullptr) {
    return absl::NotFoundError(absl::StrCat("no certificate was issued for \"", name, "\""));
  }
  const Role role = known->name.role;
  const std::vector<std::string> hosts = known->hosts;
  return Make(std::move(index), role, name, hosts, validity);
}

absl::StatusOr<IssuedCertificate> PkiStore::Make(Index index, Role role, absl::string_view name,
                                                 const std::vector<std::string>& hosts,
                                                 absl::Duration validity) {
  ASSIGN_OR_RETURN(const KeyedCertificate authority, ReadAuthority());
  const PeerName peer{index.farm_id, role, std::string(name)};
  ASSIGN_OR_RETURN(const KeyedCertificate identity,
                   IssueCertificate(authority, {peer, hosts, clock_.Now(), validity}));
  ASSIGN_OR_RETURN(const CertificateInfo info, InspectCertificate(identity.certificate_pem));
  index.issued.push_back({info.serial, peer, hosts, info.not_before, info.not_after});
  // The index first: a certificate that is not in it could not be revoked by its name.
  RETURN_IF_ERROR(WriteIndex(index));
  RETURN_IF_ERROR(WriteIdentity(name, authority.certificate_pem, identity));
  return index.issued.back();
}

absl::Status PkiStore::WriteIdentity(absl::string_view name, absl::string_view authority_pem,
                                     const KeyedCertificate& identity) {
  ASSIGN_OR_RETURN(const std::set<std::string> revoked, ReadRevoked());
  RETURN_IF_ERROR(fs_.CreateFolders(IdentityFolder(name), kFolderMode));
  const IdentityFiles files(IdentityFolder(name));
  RETURN_IF_ERROR(WriteFileAtomically(fs_, files.key, identity.key_pem, kKeyMode));
  RETURN_IF_ERROR(
      WriteFileAtomically(fs_, files.certificate, identity.certificate_pem, kPublicMode));
  RETURN_IF_ERROR(WriteFileAtomically(fs_, files.authority, authority_pem, kPublicMode));
  return WriteFileAtomically(fs_, files.revoked, FormatRevokedSerials(revoked), kPublicMode);
}

absl::StatusOr<std::vector<std::string>> PkiStore::Revoke(absl::string_view name_or_serial) {
  ASSIGN_OR_RETURN(const Index index, ReadIndex());
  ASSIGN_OR_RETURN(std::set<std::string> revoked, ReadRevoked());
  const std::string serial = NormalizeSerial(name_or_serial).value_or("");
  std::set<std::string> names;
  std::vector<std::string> added;
  bool found = false;
  for (const IssuedCertificate& entry : index.issued) {
    names.insert(entry.name.name);
    if (entry.name.name != name_or_serial && entry.serial != serial) continue;
    found = true;
    if (revoked.insert(entry.serial).second) added.push_back(entry.serial);
  }
  if (!found) {
    return absl::NotFoundError(
        absl::StrCat("no certificate was issued with name or serial \"", name_or_serial, "\""));
  }
  const std::string yaml = FormatRevokedSerials(revoked);
  RETURN_IF_ERROR(WriteFileAtomically(fs_, Path("revoked.yaml"), yaml, kPublicMode));
  for (const std::string& name : names) {
    const absl::Status written =
        WriteFileAtomically(fs_, IdentityFiles(IdentityFolder(name)).revoked, yaml, kPublicMode);
    // A folder that was moved to its host is none of ours any more.
    if (!written.ok() && !absl::IsNotFound(written)) return written;
  }
  return added;
}

absl::StatusOr<std::vector<IssuedCertificate>> PkiStore::Show() {
  ASSIGN_OR_RETURN(Index index, ReadIndex());
  ASSIGN_OR_RETURN(const std::set<std::string> revoked, ReadRevoked());
  for (IssuedCertificate& entry : index.issued) entry.revoked = revoked.contains(entry.serial);
  return std::move(index.issued);
}

}  // namespace baton
