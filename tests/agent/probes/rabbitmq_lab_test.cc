// The AMQP probe against Debian's RabbitMQ: a node of its own, with its own name, ports and data
// folder.

#include <fcntl.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agent/probes/amqp_probe.h"
#include "common/pki/certificate.h"
#include "common/process/process.h"
#include "gmock/gmock.h"
#include "tests/agent/probes/local_listener.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::Duration kBootMax = absl::Minutes(2);
constexpr char kPassword[] = "s3cret";

int FreePort() {
  LocalListener listener;
  return listener.port();
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

// A broker, and the port mapper that Erlang wants beside it. Both are ended by their process
// groups.
class RabbitMq {
 public:
  RabbitMq() {
    const absl::Time now = absl::Now();
    const KeyedCertificate authority = IssueAuthority("lab", now, absl::Hours(2)).value();
    const KeyedCertificate certificate =
        IssueCertificate(
            authority,
            {{"lab", Role::kAgent, "cache"}, {"cache.corp.example"}, now, absl::Hours(1)})
            .value();
    Write(ca_file(), authority.certificate_pem);
    Write(folder_ / "cert.pem", certificate.certificate_pem);
    Write(folder_ / "key.pem", certificate.key_pem);
    Write(folder_ / "plugins", "[].\n");
    Write(folder_ / "broker.conf", Configuration());
    mapper_port_ = FreePort();
    Start("/usr/bin/epmd", {"-port", absl::StrCat(mapper_port_), "-address", "127.0.0.1"});
    Start(BATON_RABBITMQ, {});
  }

  ~RabbitMq() {
    // The broker first.
    for (auto process = processes_.rbegin(); process != processes_.rend(); ++process) {
      EXPECT_OK(KillGroup(process->identity(), SIGKILL));
      EXPECT_OK(process->WaitForEnd(absl::Minutes(1)));
      EXPECT_OK(process->Collect());
    }
  }
  RabbitMq(const RabbitMq&) = delete;
  RabbitMq& operator=(const RabbitMq&) = delete;

  // Waits until it opens its virtual host.
  absl::Status WaitUntilUp() {
    const absl::Time deadline = absl::Now() + kBootMax;
    while (absl::Now() < deadline) {
      const absl::StatusOr<AmqpAnswer> answer = ProbeAmqp(Question());
      if (answer.ok() && answer->verdict == TcpVerdict::kAccepts) return absl::OkStatus();
      if (processes_.back().WaitForEnd(absl::Milliseconds(100)).ok()) break;
    }
    std::ifstream log(folder_ / "output");
    return absl::UnavailableError(std::string(std::istreambuf_iterator<char>(log), {}));
  }

  AmqpQuestion Question() const {
    AmqpQuestion question;
    question.host = "127.0.0.1";
    question.port = port_;
    question.virtual_host = "/outsystems";
    question.username = "admin";
    question.password = kPassword;
    question.timeout = absl::Seconds(30);
    return question;
  }

  int tls_port() const { return tls_port_; }
  std::string ca_file() const { return folder_ / "ca.pem"; }

 private:
  std::string Configuration() const {
    return absl::StrCat(
        "listeners.tcp.1 = 127.0.0.1:", port_, "\nlisteners.ssl.1 = 127.0.0.1:", tls_port_,
        "\nssl_options.cacertfile = ", ca_file(), "\nssl_options.certfile = ", folder_ / "cert.pem",
        "\nssl_options.keyfile = ", folder_ / "key.pem",
        "\nssl_options.verify = verify_none\nssl_options.fail_if_no_peer_cert = "
        "false\nloopback_users = none\ndefault_vhost = /outsystems\n"
        "default_user = admin\ndefault_pass = ",
        kPassword, "\n");
  }

  void Start(const std::string& program, const std::vector<std::string>& arguments) {
    const FileDescriptor output(
        open((folder_ / "output").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    ProcessCommand command;
    command.argv = {program};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.environment = {
        absl::StrCat("HOME=", folder_ / ""),
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        absl::StrCat("ERL_EPMD_PORT=", mapper_port_),
        "ERL_EPMD_ADDRESS=127.0.0.1",
        absl::StrCat("RABBITMQ_NODENAME=baton", port_, "@localhost"),
        absl::StrCat("RABBITMQ_DIST_PORT=", distribution_port_),
        absl::StrCat("RABBITMQ_MNESIA_BASE=", folder_ / "data"),
        absl::StrCat("RABBITMQ_LOG_BASE=", folder_ / "log"),
        absl::StrCat("RABBITMQ_GENERATED_CONFIG_DIR=", folder_ / "generated"),
        absl::StrCat("RABBITMQ_CONFIG_FILE=", folder_ / "broker"),
        absl::StrCat("RABBITMQ_ADVANCED_CONFIG_FILE=", folder_ / "advanced"),
        absl::StrCat("RABBITMQ_CONF_ENV_FILE=", folder_ / "none"),
        absl::StrCat("RABBITMQ_ENABLED_PLUGINS_FILE=", folder_ / "plugins"),
    };
    command.output_fd = output.get();
    command.dies_with_parent = true;
    absl::StatusOr<Process> process = Process::Spawn(command);
    ASSERT_OK(process.status());
    processes_.push_back(*std::move(process));
  }

  TempFolder folder_;
  const int port_ = FreePort();
  const int tls_port_ = FreePort();
  const int distribution_port_ = FreePort();
  int mapper_port_ = 0;
  std::vector<Process> processes_;
};

// One broker for all: it takes seconds to boot.
class RabbitMqTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    broker_ = new RabbitMq;
    ASSERT_OK(broker_->WaitUntilUp());
  }
  static void TearDownTestSuite() { delete broker_; }

  static RabbitMq* broker_;
};
RabbitMq* RabbitMqTest::broker_ = nullptr;

TEST_F(RabbitMqTest, OpensTheVirtualHostOverTls) {
  AmqpQuestion question = broker_->Question();
  question.port = broker_->tls_port();
  question.tls = CurlTls{"cache.corp.example", broker_->ca_file()};
  ASSERT_OK_AND_ASSIGN(const AmqpAnswer answer, ProbeAmqp(question));
  EXPECT_EQ(answer.verdict, TcpVerdict::kAccepts) << answer.words;
}

// What is asked, and what the broker says to it.
struct Row {
  std::string what;
  void (*change)(AmqpQuestion& question, const RabbitMq& broker);
  std::string words;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.what; }

class RabbitMqRefusal : public RabbitMqTest, public testing::WithParamInterface<Row> {};

TEST_P(RabbitMqRefusal, HasWordsOfItsOwn) {
  AmqpQuestion question = broker_->Question();
  GetParam().change(question, *broker_);
  ASSERT_OK_AND_ASSIGN(const AmqpAnswer answer, ProbeAmqp(question));
  EXPECT_EQ(answer.verdict, TcpVerdict::kRefuses);
  EXPECT_THAT(answer.words, AllOf(HasSubstr(GetParam().words), Not(HasSubstr(kPassword))));
}

INSTANTIATE_TEST_SUITE_P(
    All, RabbitMqRefusal,
    testing::Values(
        Row{"WrongPassword",
            [](AmqpQuestion& question, const RabbitMq&) { question.password = "wrong"; },
            "refuses name or password of user \"admin\": ACCESS_REFUSED"},
        Row{"WrongVirtualHost",
            [](AmqpQuestion& question, const RabbitMq&) { question.virtual_host = "/other"; },
            "refuses user \"admin\" the virtual host \"/other\": NOT_ALLOWED"},
        Row{"TlsPortSpokenPlainly",
            [](AmqpQuestion& question, const RabbitMq& broker) {
              question.port = broker.tls_port();
            },
            "speaks TLS, and was spoken to without"},
        Row{"PlainPortSpokenTls",
            [](AmqpQuestion& question, const RabbitMq& broker) {
              question.tls = CurlTls{"cache.corp.example", broker.ca_file()};
            },
            "speaks AMQP without TLS, and TLS was expected"},
        Row{"CertificateOfAnotherName",
            [](AmqpQuestion& question, const RabbitMq& broker) {
              question.port = broker.tls_port();
              question.tls = CurlTls{"other.corp.example", broker.ca_file()};
            },
            "its certificate is not for other.corp.example"},
        Row{"CertificateThatNobodyTrusts",
            [](AmqpQuestion& question, const RabbitMq& broker) {
              question.port = broker.tls_port();
              question.tls = CurlTls{"cache.corp.example", ""};
            },
            "its certificate is not trusted"}),
    [](const testing::TestParamInfo<Row>& row) { return row.param.what; });

}  // namespace
}  // namespace baton
