#include "agent/service/probe_runner.h"

#include <fstream>

#include "absl/time/clock.h"
#include "agent/profile/profile_parser.h"
#include "gmock/gmock.h"
#include "tests/agent/probes/broker_thread.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPassword[] = "s3cret word";

class ProbeRunnerTest : public testing::Test {
 protected:
  // The profile of the stand-in, with what `overlay` changes.
  absl::StatusOr<agent::v1::ProbeReport> Probe(const agent::v1::ProbeRequest& request,
                                               const std::string& overlay = "") {
    const absl::StatusOr<Profile> profile =
        ResolveProfile("p.yaml", "base: standin\n" + overlay, {});
    EXPECT_OK(profile.status());
    PlatformConfiguration configuration(fs_, *profile);
    return ProbeRunner(*profile, configuration, "127.0.0.1").Probe(request);
  }

  static agent::v1::ProbeRequest AmqpRequest(int port) {
    agent::v1::ProbeRequest request;
    agent::v1::AmqpTarget& target = *request.add_targets()->mutable_amqp();
    target.set_address("127.0.0.1");
    target.set_port(static_cast<uint32_t>(port));
    target.set_virtual_host("/outsystems");
    target.set_username("admin");
    target.set_password(kPassword);
    request.mutable_timeout()->set_seconds(30);
    return request;
  }

  static BrokerThread::Talk Talk() { return BrokerTalk("/outsystems", "admin", kPassword); }

  FakeFileSystem fs_;
};

TEST_F(ProbeRunnerTest, OpensAVirtualHostAndKeepsThePasswordOut) {
  const BrokerThread broker(Talk);
  ASSERT_OK_AND_ASSIGN(const agent::v1::ProbeReport report, Probe(AmqpRequest(broker.port())));
  ASSERT_EQ(report.results_size(), 1);
  EXPECT_EQ(report.results(0).verdict(), plan::v1::ACCEPTS);
  EXPECT_THAT(report.results(0).detail(), HasSubstr(": user \"admin\" opens virtual host"));
  EXPECT_EQ(report.results(0).target().amqp().username(), "admin");
  EXPECT_THAT(report.DebugString(), Not(HasSubstr(kPassword)));
}

TEST_F(ProbeRunnerTest, KeepsThePasswordOutOfARefusal) {
  const BrokerThread broker([] { return BrokerTalk("/outsystems", "admin", "another"); });
  ASSERT_OK_AND_ASSIGN(const agent::v1::ProbeReport report, Probe(AmqpRequest(broker.port())));
  EXPECT_EQ(report.results(0).verdict(), plan::v1::REFUSES);
  EXPECT_THAT(report.results(0).detail(), HasSubstr("refuses name or password"));
  EXPECT_THAT(report.DebugString(), Not(HasSubstr(kPassword)));
}

TEST_F(ProbeRunnerTest, TrustsWhomTheProfileTrusts) {
  const absl::Time now = absl::Now();
  ASSERT_OK_AND_ASSIGN(const KeyedCertificate authority,
                       IssueAuthority("lab", now, absl::Hours(2)));
  ASSERT_OK_AND_ASSIGN(
      const KeyedCertificate certificate,
      IssueCertificate(authority,
                       {{"lab", Role::kAgent, "cache"}, {"cache"}, now, absl::Hours(1)}));
  const TempFolder folder;
  std::ofstream(folder / "ca.pem") << authority.certificate_pem;
  const BrokerThread broker(Talk, &certificate);
  agent::v1::ProbeRequest request = AmqpRequest(broker.port());
  request.mutable_targets(0)->mutable_amqp()->set_tls(true);
  request.mutable_targets(0)->mutable_amqp()->set_tls_name("cache");
  ASSERT_OK_AND_ASSIGN(
      const agent::v1::ProbeReport trusted,
      Probe(request, absl::StrCat("cache_tls: {ca_file: '", folder / "ca.pem", "'}\n")));
  EXPECT_EQ(trusted.results(0).verdict(), plan::v1::ACCEPTS) << trusted.results(0).detail();
  ASSERT_OK_AND_ASSIGN(const agent::v1::ProbeReport system, Probe(request));
  EXPECT_EQ(system.results(0).verdict(), plan::v1::REFUSES);
  EXPECT_THAT(system.results(0).detail(), HasSubstr("its certificate is not trusted"));
}

TEST_F(ProbeRunnerTest, SaysWhatCannotBeTried) {
  agent::v1::ProbeRequest request = AmqpRequest(5672);
  request.mutable_targets(0)->mutable_amqp()->set_virtual_host(std::string(300, 'v'));
  ASSERT_OK_AND_ASSIGN(const agent::v1::ProbeReport report, Probe(request));
  EXPECT_EQ(report.results(0).verdict(), plan::v1::PROBE_VERDICT_UNSPECIFIED);
  EXPECT_THAT(report.results(0).detail(), HasSubstr("could not be tried"));
}

TEST_F(ProbeRunnerTest, RefusesTargetsThatCannotBe) {
  agent::v1::ProbeRequest request = AmqpRequest(65536);
  EXPECT_THAT(Probe(request), StatusIs(absl::StatusCode::kInvalidArgument,
                                       HasSubstr("amqp target 127.0.0.1:65536 cannot be")));
  request.mutable_targets(0)->mutable_tcp();
  EXPECT_THAT(Probe(request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tcp target :0 cannot be")));
  request.mutable_targets(0)->Clear();
  EXPECT_THAT(Probe(request), StatusIs(absl::StatusCode::kInvalidArgument,
                                       HasSubstr("none of tcp, ping and amqp")));
}

}  // namespace
}  // namespace baton
