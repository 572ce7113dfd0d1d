#include "agent/probes/amqp_probe.h"

#include <fstream>
#include <functional>
#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/agent/probes/broker_thread.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::Duration kLongEnough = absl::Seconds(30);
constexpr absl::Duration kSoon = absl::Milliseconds(100);
constexpr char kPassword[] = "s3cret word";

// An authority, and a certificate of it for one name.
struct Trust {
  explicit Trust(const std::string& name) {
    const absl::Time now = absl::Now();
    authority = IssueAuthority("lab", now, absl::Hours(2)).value();
    certificate =
        IssueCertificate(authority, {{"lab", Role::kAgent, "cache"}, {name}, now, absl::Hours(1)})
            .value();
    std::ofstream(ca_file()) << authority.certificate_pem;
  }
  std::string ca_file() const { return folder / "ca.pem"; }

  TempFolder folder;
  KeyedCertificate authority;
  KeyedCertificate certificate;
};

std::function<BrokerThread::Talk()> Broker() {
  return [] { return BrokerTalk("/outsystems", "admin", kPassword); };
}
std::function<BrokerThread::Talk()> Says(const std::string& words, bool then_ends) {
  return [words, then_ends] { return SaysOnce(words, then_ends); };
}

AmqpQuestion Question(int port) {
  AmqpQuestion question;
  question.host = "127.0.0.1";
  question.port = port;
  question.virtual_host = "/outsystems";
  question.username = "admin";
  question.password = kPassword;
  question.timeout = kLongEnough;
  return question;
}

TEST(AmqpProbe, OpensTheVirtualHost) {
  const BrokerThread broker(Broker());
  ASSERT_OK_AND_ASSIGN(const AmqpAnswer answer, ProbeAmqp(Question(broker.port())));
  EXPECT_EQ(answer.verdict, TcpVerdict::kAccepts) << answer.words;
  EXPECT_EQ(answer.words, "user \"admin\" opens virtual host \"/outsystems\"");
}

// The name that the certificate must have is the one that is given, else the address.
TEST(AmqpProbe, OpensTheVirtualHostOverTls) {
  for (const auto& [name, tls_name] :
       {std::pair("cache.corp.example", "cache.corp.example"), std::pair("127.0.0.1", "")}) {
    const Trust trust(name);
    const BrokerThread broker(Broker(), &trust.certificate);
    AmqpQuestion question = Question(broker.port());
    question.tls = CurlTls{tls_name, trust.ca_file()};
    ASSERT_OK_AND_ASSIGN(const AmqpAnswer answer, ProbeAmqp(question));
    EXPECT_EQ(answer.verdict, TcpVerdict::kAccepts) << answer.words;
    EXPECT_EQ(answer.words, "user \"admin\" opens virtual host \"/outsystems\" over TLS");
  }
}

TEST(AmqpProbe, TellsThatNothingListens) {
  LocalListener listener;
  listener.Close();
  ASSERT_OK_AND_ASSIGN(const AmqpAnswer answer, ProbeAmqp(Question(listener.port())));
  EXPECT_EQ(answer.verdict, TcpVerdict::kRefuses);
  EXPECT_EQ(answer.words, "connect: Connection refused (ECONNREFUSED)");
}

TEST(AmqpProbe, TellsASilentHost) {
  LocalListener listener(0);
  listener.FillBacklog();
  AmqpQuestion question = Question(listener.port());
  question.timeout = kSoon;
  ASSERT_OK_AND_ASSIGN(const AmqpAnswer answer, ProbeAmqp(question));
  EXPECT_EQ(answer.verdict, TcpVerdict::kSilent);
  EXPECT_EQ(answer.words, "no answer within 100ms");
}

// What answers, what is asked besides, and what it comes to.
struct Refusal {
  std::string what;
  std::function<BrokerThread::Talk()> talk;
  bool server_tls = false;
  std::string username = "admin";
  std::string password = kPassword;
  std::string virtual_host = "/outsystems";
  std::optional<std::string> tls_name = std::nullopt;
  bool trusted = true;
  std::string words;
};
void PrintTo(const Refusal& row, std::ostream* out) { *out << row.what; }

class AmqpRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(AmqpRefusal, HasWordsOfItsOwn) {
  const Refusal& row = GetParam();
  const Trust trust("cache.corp.example");
  const Trust stranger("cache.corp.example");
  const BrokerThread broker(row.talk, row.server_tls ? &trust.certificate : nullptr);
  AmqpQuestion question = Question(broker.port());
  question.username = row.username;
  question.password = row.password;
  question.virtual_host = row.virtual_host;
  if (row.tls_name.has_value()) {
    question.tls = CurlTls{*row.tls_name, row.trusted ? trust.ca_file() : stranger.ca_file()};
  }
  ASSERT_OK_AND_ASSIGN(const AmqpAnswer answer, ProbeAmqp(question));
  EXPECT_EQ(answer.verdict, TcpVerdict::kRefuses);
  EXPECT_THAT(answer.words, AllOf(HasSubstr(row.words), Not(HasSubstr(kPassword))));
}

INSTANTIATE_TEST_SUITE_P(
    All, AmqpRefusal,
    testing::Values(
        Refusal{.what = "WrongPassword",
                .talk = Broker(),
                .password = "wrong",
                .words = "refuses name or password of user \"admin\": ACCESS_REFUSED"},
        Refusal{.what = "WrongName",
                .talk = Broker(),
                .username = "root",
                .words = "refuses name or password of user \"root\": ACCESS_REFUSED"},
        Refusal{.what = "WrongVirtualHost",
                .talk = Broker(),
                .virtual_host = "/other",
                .words = "refuses user \"admin\" the virtual host \"/other\": NOT_ALLOWED"},
        Refusal{.what = "TlsPortSpokenPlainly",
                .talk = Broker(),
                .server_tls = true,
                .words = "speaks TLS, and was spoken to without"},
        Refusal{.what = "TlsAlert",
                .talk = Says(std::string("\x15\x03\x01\0\x02\x02\x46", 7), true),
                .words = "speaks TLS, and was spoken to without"},
        Refusal{.what = "PlainPortSpokenTls",
                .talk = Broker(),
                .tls_name = "cache.corp.example",
                .words = "speaks AMQP without TLS, and TLS was expected: "},
        Refusal{.what = "NeitherTlsNorAmqp",
                .talk = Says("SSH-2.0-OpenSSH_9.2\r\n", true),
                .tls_name = "cache.corp.example",
                .words = "the TLS handshake failed: "},
        Refusal{.what = "CertificateOfAnotherName",
                .talk = Broker(),
                .server_tls = true,
                .tls_name = "other.corp.example",
                .words = "its certificate is not for other.corp.example: "},
        Refusal{.what = "CertificateOfAnotherAuthority",
                .talk = Broker(),
                .server_tls = true,
                .tls_name = "cache.corp.example",
                .trusted = false,
                .words = "its certificate is not trusted: "},
        Refusal{.what = "Http",
                .talk = Says("HTTP/1.1 400 Bad Request\r\n\r\n", true),
                .words = "does not speak AMQP: it says \"HTTP/1.1 400 Bad\""},
        Refusal{.what = "AnotherVersion",
                .talk = Says(std::string("AMQP\x03\x01\0\0", 8), true),
                .words = "speaks another version of AMQP than 0-9-1: it says \"AMQP\\x03"},
        Refusal{.what = "EndsWithoutAWord",
                .talk = Says("", true),
                .words = "accepts, and ends the connection without a word"},
        // Whoever answers may have read the password, and may say it.
        Refusal{.what = "RepeatsThePassword",
                .talk = Says(kPassword, true),
                .words = "does not speak AMQP: it says \"(secret)\""}),
    [](const testing::TestParamInfo<Refusal>& row) { return row.param.what; });

TEST(AmqpProbe, TellsOneThatAcceptsAndSaysNothing) {
  const BrokerThread broker(Says("", false));
  AmqpQuestion question = Question(broker.port());
  question.timeout = kSoon;
  ASSERT_OK_AND_ASSIGN(const AmqpAnswer answer, ProbeAmqp(question));
  EXPECT_EQ(answer.verdict, TcpVerdict::kSilent);
  EXPECT_EQ(answer.words, "accepts, then in AMQP no answer within 100ms");
  question.tls = CurlTls{"cache.corp.example", ""};
  ASSERT_OK_AND_ASSIGN(const AmqpAnswer in_tls, ProbeAmqp(question));
  EXPECT_EQ(in_tls.verdict, TcpVerdict::kSilent);
  EXPECT_EQ(in_tls.words, "accepts, then in TLS no answer within 100ms");
}

TEST(AmqpProbe, ReadsNoEndlessFrame) {
  // A method frame that announces 2 GiB, and never ends.
  const BrokerThread broker(
      Says(absl::StrCat(std::string("\x01\0\0\x7F\0\0\0", 7), std::string(1 << 20, 'x')), false));
  ASSERT_OK_AND_ASSIGN(const AmqpAnswer answer, ProbeAmqp(Question(broker.port())));
  EXPECT_EQ(answer.verdict, TcpVerdict::kRefuses);
  EXPECT_THAT(answer.words, HasSubstr("speaks AMQP, and ends the connection at the login"));
}

TEST(AmqpProbe, GivesNoVerdictOnWhatItCannotTry) {
  AmqpQuestion question = Question(5672);
  question.virtual_host = std::string(256, 'v');
  EXPECT_THAT(ProbeAmqp(question), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("virtual host has 256 bytes; at most 255")));
  question = Question(5672);
  question.password = std::string("a\0b", 3);
  EXPECT_THAT(ProbeAmqp(question), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("password holds a zero byte")));
  EXPECT_THAT(ProbeAmqp(Question(0)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("there is no port 0")));
  const BrokerThread broker(Broker());
  question = Question(broker.port());
  question.tls = CurlTls{"", "/nonexistent/ca.pem"};
  EXPECT_THAT(ProbeAmqp(question),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("/nonexistent/ca.pem")));
}

}  // namespace
}  // namespace baton
