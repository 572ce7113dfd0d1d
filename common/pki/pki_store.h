#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/fs/file_system.h"
#include "common/pki/certificate.h"
#include "common/pki/names.h"
#include "common/time/clock.h"

namespace baton {

// One line of the store's index: a certificate that was made at some time.
struct IssuedCertificate {
  std::string serial;
  PeerName name;
  std::vector<std::string> hosts;
  absl::Time not_before;
  absl::Time not_after;
  bool revoked = false;  // only Show fills it in
};

// The authority of one farm in a folder, as `baton pki` keeps it:
//
//   ca.pem ca-key.pem      the authority; whoever reads ca-key.pem can be anybody in the farm
//   index                  "farm FARM", then a line "SERIAL URI NOT_BEFORE NOT_AFTER HOST,..." for
//                          every certificate ever made; "-" for no hosts
//   revoked.yaml           serials that are not accepted any more
//   issued/NAME/           an identity folder, ready to be moved to its host; the store does not
//   need
//                          it any more then
//
// The folder belongs on an operator's machine or in a vault, on no server of the farm. Keys are
// created 0600 and never overwritten in place. Not thread-safe, and two processes must not write
// one store at a time.
class PkiStore {
 public:
  // `fs` and `clock` must outlive the store.
  PkiStore(FileSystem& fs, Clock& clock, std::string folder);

  // Makes the authority. ALREADY_EXISTS if the folder has one.
  absl::Status Init(absl::string_view farm_id, absl::Duration validity = kAuthorityValidity);

  // Makes an identity. Names are unique in a farm, whatever the role. ALREADY_EXISTS if the name
  // was issued before (Renew it), NOT_FOUND if there is no authority, else as IssueCertificate.
  absl::StatusOr<IssuedCertificate> Issue(Role role, absl::string_view name,
                                          const std::vector<std::string>& hosts,
                                          absl::Duration validity = kCertificateValidity);

  // Gives an identity a new key and certificate with the same name and hosts. The one before stays
  // valid until it expires or is revoked by its serial. NOT_FOUND if the name was never issued.
  absl::StatusOr<IssuedCertificate> Renew(absl::string_view name,
                                          absl::Duration validity = kCertificateValidity);

  // Revokes every certificate of a name, or the one with a serial, and updates each identity folder
  // of the store. It takes effect on a host when its revoked.yaml arrives there. Returns the
  // serials that were not revoked before. NOT_FOUND if there is no such name and no such serial.
  absl::StatusOr<std::vector<std::string>> Revoke(absl::string_view name_or_serial);

  // Every certificate that was made, oldest first.
  absl::StatusOr<std::vector<IssuedCertificate>> Show();

  // The identity folder of a name, whether it exists or not.
  std::string IdentityFolder(absl::string_view name) const;

 private:
  struct Index {
    std::string farm_id;
    std::vector<IssuedCertificate> issued;
  };

  std::string Path(absl::string_view name) const;
  absl::StatusOr<Index> ReadIndex();
  absl::Status WriteIndex(const Index& index);
  absl::StatusOr<std::set<std::string>> ReadRevoked();
  absl::StatusOr<KeyedCertificate> ReadAuthority();
  absl::StatusOr<IssuedCertificate> Make(Index index, Role role, absl::string_view name,
                                         const std::vector<std::string>& hosts,
                                         absl::Duration validity);
  absl::Status WriteIdentity(absl::string_view name, absl::string_view authority_pem,
                             const KeyedCertificate& identity);

  FileSystem& fs_;
  Clock& clock_;
  const std::string folder_;
};

}  // namespace baton
