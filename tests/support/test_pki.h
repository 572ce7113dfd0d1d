#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/pki/certificate.h"
#include "common/pki/names.h"
#include "tests/support/temp_folder.h"

namespace baton {

// An authority and identities for tests, in a temporary folder of its own. Two of them are foreign
// to each other, even for the same farm. A failure is a failure of the test.
class TestPki {
 public:
  explicit TestPki(absl::string_view farm_id = "lab");

  // What is unusual about an identity.
  struct Unusual {
    std::string farm_id;  // of another farm, though signed by our authority; empty for ours
    absl::Time not_after = absl::InfiniteFuture();  // about an hour from now if infinite
  };

  // Makes an identity folder, valid from some minutes ago for an hour, and returns its path.
  std::string MakeIdentity(Role role, absl::string_view name) {
    return MakeIdentity(role, name, Unusual{});
  }
  std::string MakeIdentity(Role role, absl::string_view name, const Unusual& unusual);

  // Replaces key and certificate in an identity folder: a renewal, or with another name a fraud.
  void Replace(const std::string& folder, const PeerName& name);

  // Writes `folder`/revoked.yaml so that it lists the certificate of the identity in
  // `revoked_folder`.
  static void Revoke(const std::string& folder, const std::string& revoked_folder);

  // The serial of the certificate in an identity folder.
  static std::string SerialOf(const std::string& folder);

  const std::string& farm_id() const { return farm_id_; }
  const TempFolder& folder() const { return folder_; }

 private:
  void Write(const std::string& folder, const CertificateRequest& request);

  const std::string farm_id_;
  TempFolder folder_;
  KeyedCertificate authority_;
  int identities_made_ = 0;
};

}  // namespace baton
