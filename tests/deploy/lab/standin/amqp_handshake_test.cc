#include "deploy/lab/standin/amqp_handshake.h"

#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::standin {
namespace {

using testing::HasSubstr;

// Frames below are written out by hand, byte for byte, from the AMQP 0-9-1 specification.
const std::string kHeader("AMQP\0\0\x09\x01", 8);

std::string Frame(const std::string& payload) {
  const std::string size{'\0', '\0', '\0', static_cast<char>(payload.size())};
  return absl::StrCat(std::string("\x01\0\0", 3), size, payload, "\xCE");
}

std::string StartOk(const std::string& mechanism, const std::string& user,
                    const std::string& password) {
  const std::string response =
      absl::StrCat(std::string(1, '\0'), user, std::string(1, '\0'), password);
  return Frame(absl::StrCat(std::string("\0\x0A\0\x0B", 4), std::string(4, '\0'),
                            std::string(1, static_cast<char>(mechanism.size())), mechanism,
                            std::string{'\0', '\0', '\0', static_cast<char>(response.size())},
                            response, "\x05", "en_US"));
}

std::string Open(const std::string& virtual_host) {
  return Frame(absl::StrCat(std::string("\0\x0A\0\x28", 4),
                            std::string(1, static_cast<char>(virtual_host.size())), virtual_host,
                            std::string(2, '\0')));
}

// The method of the first frame, as CLASS.METHOD.
std::string MethodOf(const std::string& reply) {
  if (reply.size() < 11) return "none";
  const auto number = [&reply](size_t at) {
    return static_cast<unsigned char>(reply[at]) * 256 + static_cast<unsigned char>(reply[at + 1]);
  };
  return absl::StrCat(number(7), ".", number(9));
}

class AmqpHandshakeTest : public testing::Test {
 protected:
  AmqpHandshake::Step Send(std::string bytes) {
    buffer_ += bytes;
    return handshake_.OnData(buffer_);
  }

  AmqpHandshake handshake_{{"/outsystems", "admin", "secret"}};
  std::string buffer_;
};

TEST_F(AmqpHandshakeTest, OpensAndClosesAConnection) {
  EXPECT_EQ(MethodOf(Send(kHeader).reply), "10.10");
  EXPECT_EQ(MethodOf(Send(StartOk("PLAIN", "admin", "secret")).reply), "10.30");
  const std::string tune_ok = Frame(std::string("\0\x0A\0\x1F\0\x01\0\0\x40\0\0\0", 12));
  const AmqpHandshake::Step opened = Send(tune_ok + Open("/outsystems"));
  EXPECT_EQ(MethodOf(opened.reply), "10.41");
  EXPECT_FALSE(opened.close);
  const AmqpHandshake::Step closed = Send(Frame(std::string("\0\x0A\0\x32\0\xC8\0\0\0\0\0", 11)));
  EXPECT_EQ(MethodOf(closed.reply), "10.51");
  EXPECT_TRUE(closed.close);
  EXPECT_EQ(buffer_, "");
}

TEST_F(AmqpHandshakeTest, TakesBytesOneByOne) {
  std::string replies;
  for (const char byte : kHeader + StartOk("PLAIN", "admin", "secret") + Open("/outsystems")) {
    const AmqpHandshake::Step step = Send(std::string(1, byte));
    if (!step.reply.empty()) absl::StrAppend(&replies, MethodOf(step.reply), " ");
    ASSERT_FALSE(step.close);
  }
  EXPECT_EQ(replies, "10.10 10.30 10.41 ");
}

TEST_F(AmqpHandshakeTest, RefusesAWrongPassword) {
  Send(kHeader);
  const AmqpHandshake::Step step = Send(StartOk("PLAIN", "admin", "wrong"));
  EXPECT_EQ(MethodOf(step.reply), "10.50");
  EXPECT_THAT(step.reply, HasSubstr("ACCESS_REFUSED"));
  EXPECT_TRUE(Send(Open("/outsystems")).close);
}

TEST_F(AmqpHandshakeTest, RefusesAnotherVirtualHost) {
  Send(kHeader);
  Send(StartOk("PLAIN", "admin", "secret"));
  const AmqpHandshake::Step step = Send(Open("/"));
  EXPECT_EQ(MethodOf(step.reply), "10.50");
  EXPECT_THAT(step.reply, HasSubstr("NOT_ALLOWED"));
}

struct Nonsense {
  std::string what;
  std::string bytes;
};
void PrintTo(const Nonsense& row, std::ostream* out) { *out << row.what; }

class ForeignBytes : public AmqpHandshakeTest, public testing::WithParamInterface<Nonsense> {};

TEST_P(ForeignBytes, EndTheConnection) {
  Send(kHeader);
  EXPECT_TRUE(Send(GetParam().bytes).close);
}

INSTANTIATE_TEST_SUITE_P(
    All, ForeignBytes,
    testing::Values(Nonsense{"HugeFrame", std::string("\x01\0\0\x7F\xFF\xFF\xFF", 7)},
                    Nonsense{"NoFrameEnd", std::string("\x01\0\0\0\0\0\x04\0\x0A\0\x0B!", 12)},
                    Nonsense{"EmptyMethod", Frame("")},
                    Nonsense{"OtherClass", Frame(std::string("\0\x14\0\x0A", 4))}),
    [](const testing::TestParamInfo<Nonsense>& row) { return row.param.what; });

TEST_F(AmqpHandshakeTest, AnswersAnotherProtocolWithItsHeader) {
  const AmqpHandshake::Step step = Send("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(step.close);
  EXPECT_EQ(step.reply, kHeader);
}

}  // namespace
}  // namespace baton::standin
