#include "agent/probes/tcp_probe.h"

#include <cerrno>
#include <cstdlib>

#include "gmock/gmock.h"
#include "tests/agent/probes/local_listener.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::Duration kLongEnough = absl::Seconds(30);

TEST(TcpProbe, SeesAListener) {
  const LocalListener listener;
  for (const char* host : {"127.0.0.1", "localhost"}) {
    ASSERT_OK_AND_ASSIGN(const TcpAnswer answer, ProbeTcp(host, listener.port(), kLongEnough));
    EXPECT_EQ(answer.verdict, TcpVerdict::kAccepts) << host;
    EXPECT_EQ(answer.words, "");
  }
}

TEST(TcpProbe, SendsNothing) {
  const LocalListener listener;
  ASSERT_OK(ProbeTcp("127.0.0.1", listener.port(), kLongEnough));
  const FileDescriptor connection = listener.Accept();
  char byte = 0;
  EXPECT_EQ(read(connection.get(), &byte, 1), 0);
}

TEST(TcpProbe, TellsRefusalInTheSystemsWords) {
  LocalListener listener;
  listener.Close();
  ASSERT_OK_AND_ASSIGN(const TcpAnswer answer, ProbeTcp("127.0.0.1", listener.port(), kLongEnough));
  EXPECT_EQ(answer.verdict, TcpVerdict::kRefuses);
  EXPECT_EQ(answer.words, "connect: Connection refused (ECONNREFUSED)");
}

TEST(TcpProbe, TellsSilence) {
  LocalListener listener(0);
  listener.FillBacklog();
  ASSERT_OK_AND_ASSIGN(const TcpAnswer answer,
                       ProbeTcp("127.0.0.1", listener.port(), absl::Milliseconds(50)));
  EXPECT_EQ(answer.verdict, TcpVerdict::kSilent);
  EXPECT_EQ(answer.words, "no answer within 50ms");
}

TEST(TcpProbe, IgnoresProxiesOfTheEnvironment) {
  const LocalListener listener;
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  const absl::StatusOr<TcpAnswer> answer = ProbeTcp("127.0.0.1", listener.port(), kLongEnough);
  unsetenv("http_proxy");
  ASSERT_OK(answer);
  EXPECT_EQ(answer->verdict, TcpVerdict::kAccepts);
}

TEST(TcpProbe, GivesNoVerdictOnWhatItCannotTry) {
  // A name that is too long for DNS is never asked for outside this machine.
  EXPECT_THAT(ProbeTcp(std::string(300, 'x'), 80, kLongEnough),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(StartsWith("connect to xxx"), HasSubstr("resolve"))));
  for (const int port : {0, -1, 65536}) {
    EXPECT_THAT(ProbeTcp("127.0.0.1", port, kLongEnough),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("there is no port")));
  }
  for (const char* host : {"", "a b", "a/b", "user@host", "::g"}) {
    EXPECT_THAT(ProbeTcp(host, 80, kLongEnough),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("host")))
        << host;
  }
}

TEST(ClassifyConnectError, TellsTheHostFromThisMachine) {
  EXPECT_EQ(ClassifyConnectError(ECONNREFUSED)->verdict, TcpVerdict::kRefuses);
  EXPECT_EQ(ClassifyConnectError(ECONNRESET)->verdict, TcpVerdict::kRefuses);
  EXPECT_EQ(ClassifyConnectError(EHOSTUNREACH)->verdict, TcpVerdict::kSilent);
  EXPECT_EQ(ClassifyConnectError(ETIMEDOUT)->verdict, TcpVerdict::kSilent);
  EXPECT_THAT(ClassifyConnectError(ENETUNREACH),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("ENETUNREACH")));
  EXPECT_THAT(ClassifyConnectError(EPERM),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("EPERM")));
  EXPECT_THAT(ClassifyConnectError(EMFILE),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("EMFILE")));
}

}  // namespace
}  // namespace baton
