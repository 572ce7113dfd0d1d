#include "agent/probes/http_probe.h"

#include <array>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/agent/probes/local_listener.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr absl::Duration kLongEnough = absl::Seconds(30);

// Answers one request with the given bytes and hangs up.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer)
      : answer_(std::move(answer)), thread_([this] { Serve(); }) {}
  ~OneAnswer() { thread_.join(); }

  HttpQuestion Question() const {
    HttpQuestion question;
    question.host = "127.0.0.1";
    question.port = listener_.port();
    question.path = "/ServiceCenter/_ping.html?x=1";
    question.timeout = kLongEnough;
    return question;
  }

  // What was asked. Call after the probe.
  const std::string& request() {
    thread_.join();
    thread_ = std::thread([] {});
    return request_;
  }

 private:
  void Serve() {
    const FileDescriptor connection = listener_.Accept();
    std::array<char, 4096> bytes{};
    while (!absl::StrContains(request_, "\r\n\r\n")) {
      const ssize_t count = read(connection.get(), bytes.data(), bytes.size());
      if (count <= 0) return;
      request_.append(bytes.data(), static_cast<size_t>(count));
    }
    for (absl::string_view rest = answer_; !rest.empty();) {
      const ssize_t count = send(connection.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      rest.remove_prefix(static_cast<size_t>(count));
    }
  }

  const LocalListener listener_;
  const std::string answer_;
  std::string request_;
  std::thread thread_;
};

TEST(HttpProbe, AsksForThePathAndReadsTheAnswer) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nping pong");
  ASSERT_OK_AND_ASSIGN(const HttpAnswer answer, ProbeHttp(server.Question()));
  EXPECT_EQ(answer.status_code, 200);
  EXPECT_EQ(answer.body, "ping pong");
  EXPECT_TRUE(answer.body_complete);
  EXPECT_THAT(server.request(), StartsWith("GET /ServiceCenter/_ping.html?x=1 HTTP/1.1\r\n"));
}

TEST(HttpProbe, DoesNotFollowRedirects) {
  OneAnswer server(
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  ASSERT_OK_AND_ASSIGN(const HttpAnswer answer, ProbeHttp(server.Question()));
  EXPECT_EQ(answer.status_code, 302);
}

TEST(HttpProbe, ReadsNoMoreThanItsLimit) {
  OneAnswer server("HTTP/1.1 200 OK\r\n\r\n" + std::string(8 << 20, 'x'));
  ASSERT_OK_AND_ASSIGN(const HttpAnswer answer, ProbeHttp(server.Question()));
  EXPECT_EQ(answer.status_code, 200);
  EXPECT_THAT(answer.body, SizeIs(kHttpBodyBytesMax));
  EXPECT_FALSE(answer.body_complete);
}

TEST(HttpProbe, RefusesTooManyHeaders) {
  std::string headers;
  while (headers.size() < 2 * kHttpHeaderBytesMax) absl::StrAppend(&headers, "X: y\r\n");
  OneAnswer server(absl::StrCat("HTTP/1.1 200 OK\r\n", headers, "\r\n"));
  EXPECT_THAT(ProbeHttp(server.Question()),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("too many headers")));
}

TEST(HttpProbe, SaysThatAnAnswerIsNotHttp) {
  for (const char* bytes : {"AMQP\0\0\x09\x01", ""}) {
    OneAnswer server(bytes);
    EXPECT_THAT(ProbeHttp(server.Question()),
                StatusIs(absl::StatusCode::kUnavailable, StartsWith("get http://127.0.0.1:")));
  }
}

TEST(HttpProbe, SaysThatAnAnswerIsCut) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nping");
  EXPECT_THAT(ProbeHttp(server.Question()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("remaining")));
}

TEST(HttpProbe, EndsAtItsDeadline) {
  const LocalListener listener;
  HttpQuestion question{"127.0.0.1", listener.port(), "/", absl::Milliseconds(50)};
  EXPECT_THAT(ProbeHttp(question),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("timed out")));
}

TEST(HttpProbe, SaysThatAPortRefuses) {
  LocalListener listener;
  listener.Close();
  HttpQuestion question{"127.0.0.1", listener.port(), "/", kLongEnough};
  EXPECT_THAT(ProbeHttp(question),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("connect: Connection refused (ECONNREFUSED)")));
}

TEST(HttpProbe, AsksOnlyWhatItShould) {
  for (const char* path : {"", "ping", "//127.0.0.1:1/ping", "/a\r\nX: y"}) {
    HttpQuestion question{"127.0.0.1", 1, path, kLongEnough};
    EXPECT_THAT(ProbeHttp(question),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("path")))
        << path;
  }
}

TEST(ShowsPage, WantsStatusAndText) {
  EXPECT_TRUE(ShowsPage({200, "a ping b", true}, "ping"));
  EXPECT_TRUE(ShowsPage({200, "", true}, ""));
  EXPECT_FALSE(ShowsPage({200, "a pong b", true}, "ping"));
  EXPECT_FALSE(ShowsPage({503, "a ping b", true}, "ping"));
}

}  // namespace
}  // namespace baton
