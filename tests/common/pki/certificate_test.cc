#include "common/pki/certificate.h"

#include <string>

#include "common/pki/certificate_info.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kPrecondition = absl::StatusCode::kFailedPrecondition;

class CertificateTest : public testing::Test {
 protected:
  CertificateTest() {
    request_.name = {"prod", Role::kAgent, "fe1"};
    request_.hosts = {"fe1.example", "10.0.0.1", "fd00::1"};
    request_.now = now_;
    request_.validity = absl::Hours(24);
    auto authority = IssueAuthority("prod", now_, absl::Hours(48));
    EXPECT_OK(authority);
    if (authority.ok()) authority_ = *std::move(authority);
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  CertificateRequest request_;
  KeyedCertificate authority_;
};

TEST_F(CertificateTest, SaysWhatWasAskedFor) {
  ASSERT_OK_AND_ASSIGN(const KeyedCertificate issued, IssueCertificate(authority_, request_));
  ASSERT_OK_AND_ASSIGN(const CertificateInfo info, InspectCertificate(issued.certificate_pem));
  EXPECT_EQ(info.subject, "CN=fe1,OU=agent,O=prod");
  EXPECT_THAT(info.uris, ElementsAre("baton://prod/agent/fe1"));
  EXPECT_THAT(info.hosts, ElementsAre("fe1.example", "10.0.0.1", "fd00:0:0:0:0:0:0:1"));
  EXPECT_EQ(info.not_before, now_ - kClockSkewAllowed);
  EXPECT_EQ(info.not_after, now_ + absl::Hours(24));
  EXPECT_FALSE(info.authority);
  EXPECT_THAT(PeerNameOf(info), IsOkAndHolds(request_.name));
  EXPECT_THAT(issued.key_pem, StartsWith("-----BEGIN PRIVATE KEY-----"));
}

TEST_F(CertificateTest, SerialsAreRandomAndHave32Digits) {
  ASSERT_OK_AND_ASSIGN(const KeyedCertificate one, IssueCertificate(authority_, request_));
  ASSERT_OK_AND_ASSIGN(const KeyedCertificate two, IssueCertificate(authority_, request_));
  ASSERT_OK_AND_ASSIGN(const CertificateInfo one_info, InspectCertificate(one.certificate_pem));
  ASSERT_OK_AND_ASSIGN(const CertificateInfo two_info, InspectCertificate(two.certificate_pem));
  EXPECT_THAT(one_info.serial, MatchesRegex("[4-7][0-9a-f]{31}"));
  EXPECT_NE(one_info.serial, two_info.serial);
  EXPECT_NE(one.key_pem, two.key_pem);
}

TEST_F(CertificateTest, BelongsToItsKeyAndItsAuthority) {
  ASSERT_OK_AND_ASSIGN(const KeyedCertificate issued, IssueCertificate(authority_, request_));
  ASSERT_OK_AND_ASSIGN(const KeyedCertificate foreign,
                       IssueAuthority("prod", now_, absl::Hours(48)));
  EXPECT_OK(CheckKeyMatches(issued.certificate_pem, issued.key_pem));
  EXPECT_THAT(CheckKeyMatches(issued.certificate_pem, foreign.key_pem),
              StatusIs(kPrecondition, HasSubstr("does not belong to the certificate")));
  EXPECT_OK(CheckSignedBy(issued.certificate_pem, authority_.certificate_pem));
  EXPECT_OK(
      CheckSignedBy(issued.certificate_pem, foreign.certificate_pem + authority_.certificate_pem));
  EXPECT_THAT(CheckSignedBy(issued.certificate_pem, foreign.certificate_pem),
              StatusIs(kPrecondition, HasSubstr("not signed by this authority")));
  EXPECT_THAT(CheckSignedBy(issued.certificate_pem, ""),
              StatusIs(kInvalid, HasSubstr("no authority certificate")));
}

TEST_F(CertificateTest, AnAuthorityNamesNoPeer) {
  ASSERT_OK_AND_ASSIGN(const CertificateInfo info, InspectCertificate(authority_.certificate_pem));
  EXPECT_TRUE(info.authority);
  EXPECT_THAT(PeerNameOf(info), StatusIs(kInvalid, HasSubstr("has no name")));
}

TEST_F(CertificateTest, TwoNamesAreNone) {
  CertificateInfo info;
  info.uris = {"https://example", "baton://prod/viewer/a", "baton://prod/operator/a"};
  EXPECT_THAT(PeerNameOf(info), StatusIs(kInvalid, HasSubstr("names two peers")));
}

TEST_F(CertificateTest, ValidityIsHalfOpen) {
  CertificateInfo info;
  info.not_before = now_;
  info.not_after = now_ + absl::Hours(1);
  EXPECT_OK(CheckValidity(info, info.not_before));
  EXPECT_THAT(CheckValidity(info, info.not_before - absl::Seconds(1)),
              StatusIs(kPrecondition, HasSubstr("not valid before 2023-11-14T22:13:20Z")));
  EXPECT_THAT(CheckValidity(info, info.not_after),
              StatusIs(kPrecondition, HasSubstr("expired at 2023-11-14T23:13:20Z")));
}

TEST_F(CertificateTest, MayNotOutliveItsAuthority) {
  request_.validity = absl::Hours(49);
  EXPECT_THAT(IssueCertificate(authority_, request_),
              StatusIs(kPrecondition, HasSubstr("outlive its authority")));
}

TEST_F(CertificateTest, RefusesBadRequests) {
  struct Case {
    CertificateRequest request;
    std::string complaint;
  };
  std::vector<Case> cases(6, Case{request_, ""});
  cases[0].request.name.name = "Fe1";
  cases[0].complaint = "name \"Fe1\" must be";
  cases[1].request.name.farm_id = "a/b";
  cases[1].complaint = "farm id \"a/b\" must be";
  cases[2].request.validity = absl::ZeroDuration();
  cases[2].complaint = "must be above 0";
  cases[3].request.hosts = {"fe1,URI:baton://prod/operator/x"};
  cases[3].complaint = "neither an address nor a host name";
  cases[4].request.name.role = Role::kViewer;
  cases[4].complaint = "certificate of a viewer has no hosts";
  cases[5].request.hosts.assign(kHostsMax + 1, "a");
  cases[5].complaint = "more than 32 hosts";
  for (const Case& bad : cases) {
    EXPECT_THAT(IssueCertificate(authority_, bad.request),
                StatusIs(kInvalid, HasSubstr(bad.complaint)));
  }
}

TEST_F(CertificateTest, RefusesWhatIsNoCertificate) {
  EXPECT_THAT(InspectCertificate(""), StatusIs(kInvalid, HasSubstr("not a certificate in PEM")));
  EXPECT_THAT(InspectCertificate(authority_.key_pem),
              StatusIs(kInvalid, HasSubstr("not a certificate in PEM")));
  EXPECT_THAT(CheckKeyMatches(authority_.certificate_pem, authority_.certificate_pem),
              StatusIs(kInvalid, HasSubstr("not an unencrypted private key")));
}

}  // namespace
}  // namespace baton
