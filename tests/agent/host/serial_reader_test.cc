#include "agent/host/serial_reader.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agent/profile/profile_parser.h"
#include "common/process/process.h"
#include "gmock/gmock.h"
#include "tests/agent/tools/tool_runner_fixture.h"
#include "tests/support/fake_file_system.h"

namespace baton {
namespace {

using Answer = std::optional<absl::StatusOr<std::string>>;
using ::testing::HasSubstr;
using ::testing::StrEq;

constexpr char kPath[] = "/lab/serial";

TEST(CombineSerial, KnowsItOnlyWhereAllSourcesAgree) {
  const absl::Status broken = absl::InternalError("exit code 1: no database");
  const struct {
    Answer file;
    Answer tool;
    const char* value;
    const char* error;
  } kRows[] = {
      {"ABC", "ABC", "ABC", ""},
      {"ABC", std::nullopt, "ABC", ""},
      {std::nullopt, "ABC", "ABC", ""},
      {"ABC", "ABD", "", "/lab/serial says ABC; read-serial says ABD"},
      {"ABC", broken, "", "/lab/serial says ABC; read-serial exit code 1: no database"},
      {broken, "ABC", "", "/lab/serial exit code 1: no database; read-serial says ABC"},
      {broken, std::nullopt, "", "/lab/serial exit code 1: no database"},
      {std::nullopt, broken, "", "read-serial exit code 1: no database"},
      {std::nullopt, std::nullopt, "", "no source of it is known"},
  };
  for (const auto& row : kRows) {
    const plan::v1::Serial serial = CombineSerial(row.file, row.tool, kPath);
    EXPECT_EQ(serial.value(), row.value);
    EXPECT_EQ(serial.error(), row.error);
  }
}

TEST(FirstSerialTimeout, FollowsFromTheProfile) {
  const struct {
    absl::Duration expected;
    absl::Duration timeout;
  } kRows[] = {{absl::ZeroDuration(), absl::Seconds(5)},
               {absl::Seconds(8), absl::Seconds(16)},
               {absl::Minutes(1), absl::Seconds(30)}};
  Profile profile;
  EXPECT_EQ(FirstSerialTimeout(profile), absl::Seconds(5));
  profile.tools.emplace_back().tool = plan::v1::READ_SERIAL;
  for (const auto& row : kRows) {
    profile.tools.front().expected_duration = row.expected;
    EXPECT_EQ(FirstSerialTimeout(profile), row.timeout);
  }
}

TEST(SettleSerial, BelievesAnErrorAtTheThirdInARow) {
  const absl::StatusOr<std::string> known = "ABC";
  const absl::StatusOr<std::string> broken = absl::InternalError("broken");
  const auto is_broken = StatusIs(absl::StatusCode::kInternal, StrEq("broken"));
  EXPECT_THAT(SettleSerial(known, broken, 1), IsOkAndHolds("ABC"));
  EXPECT_THAT(SettleSerial(known, broken, 2), IsOkAndHolds("ABC"));
  EXPECT_THAT(SettleSerial(known, broken, 3), is_broken);
  EXPECT_THAT(SettleSerial(known, "DEF", 0), IsOkAndHolds("DEF"));
  // Where nothing was read before, the error tells more.
  EXPECT_THAT(SettleSerial(absl::UnavailableError("was not read yet"), broken, 1), is_broken);
}

// A profile whose `read-serial` is a shell script, and real supervisors.
class SerialReaderTest : public ToolRunnerFixture {
 protected:
  // With a `serial_line` the profile names a file, too.
  void Use(const std::string& script, const std::string& serial_line = "") {
    const std::string text = absl::StrCat(
        "name: small\n", serial_line,
        "services: [{service: controller, unit: u, ports: [1]}]\n"
        "configuration: {path: /x, settings: {controller.host: S/H, cache.password: S/P},"
        " version: O/V}\n"
        "tools:\n- tool: read-serial\n  command: [/bin/sh, -c, '",
        script, "']\n  timeout: 1m\n");
    const absl::StatusOr<Profile> profile = ResolveProfile("p.yaml", text, {});
    ASSERT_OK(profile.status());
    profile_ = *profile;
    configuration_ = std::make_unique<PlatformConfiguration>(fs_, profile_);
  }

  std::unique_ptr<SerialReader> Begin() {
    return std::make_unique<SerialReader>(
        fs_, profile_, *configuration_, runner_, [this] { return busy_.load(); }, SystemClock());
  }

  FakeFileSystem fs_;
  Profile profile_;
  std::unique_ptr<PlatformConfiguration> configuration_;
  std::atomic<bool> busy_ = false;
};

TEST_F(SerialReaderTest, ReadsFileAndToolAtTheStart) {
  Use("echo Reading...; echo  ABC-DEF", "serial: {file: /lab/serial}\n");
  fs_.PutFile(kPath, "ABC-DEF\n");
  const std::unique_ptr<SerialReader> reader = Begin();
  reader->AwaitFirst(kTestDeadline);
  EXPECT_EQ(reader->Read()->value(), "ABC-DEF");
  // The file is read each time, the tool is not asked again for an hour.
  fs_.PutFile(kPath, "GHI\n");
  EXPECT_THAT(reader->Read()->error(), StrEq("/lab/serial says GHI; read-serial says ABC-DEF"));
  EXPECT_EQ(reader->Read()->value(), "");
  EXPECT_TRUE(std::filesystem::is_empty(tools_));
}

TEST_F(SerialReaderTest, NeverWaitsForTheTool) {
  const Fifo fifo(folder_ / "fifo");
  Use(absl::StrCat("read x < ", fifo.path(), "; echo ABC"), "serial: {file: /lab/serial}\n");
  fs_.PutFile(kPath, "ABC\n");
  const std::unique_ptr<SerialReader> reader = Begin();
  EXPECT_THAT(reader->Read()->error(), StrEq("/lab/serial says ABC; read-serial was not read yet"));
  fifo.Release();
  reader->AwaitFirst(kTestDeadline);
  EXPECT_EQ(reader->Read()->value(), "ABC");
}

TEST_F(SerialReaderTest, SaysWhyTheToolDidNotTell) {
  const struct {
    const char* script;
    const char* error;
  } kRows[] = {
      {"echo no rights; exit 3", "read-serial exit code 3: no rights"},
      {"exit 0", "read-serial says nothing"},
      {"printf %0200d 1", "read-serial says what is no serial"},
  };
  for (const auto& row : kRows) {
    Use(row.script);
    const std::unique_ptr<SerialReader> reader = Begin();
    reader->AwaitFirst(kTestDeadline);
    EXPECT_THAT(reader->Read()->error(), StrEq(row.error));
    EXPECT_EQ(reader->Read()->value(), "");
  }
}

TEST_F(SerialReaderTest, GivesWayToAnOperationThatIsUnderWay) {
  const std::string witness = folder_ / "witness";
  Use(absl::StrCat("touch ", witness, "; echo ABC"));
  busy_ = true;
  const std::unique_ptr<SerialReader> reader = Begin();
  reader->AwaitFirst(kTestDeadline);
  EXPECT_THAT(reader->Read()->error(), HasSubstr("was not read yet"));
  EXPECT_FALSE(std::filesystem::exists(witness));
  busy_ = false;
  const absl::Time deadline = absl::Now() + kTestDeadline;
  while (reader->Read()->value() != "ABC") ASSERT_LT(absl::Now(), deadline);
  EXPECT_TRUE(std::filesystem::exists(witness));
}

// The first reading waits; once it has answered, the serial stays known through what follows.
TEST_F(SerialReaderTest, GivesWayToAnOperationThatComes) {
  const Fifo fifo(folder_ / "fifo");
  const std::string again = folder_ / "again";
  Use(absl::StrCat("test -e ", again, " && echo ABC && exit; exec 3>", fifo.path(),
                   "; exec sleep 600"));
  const std::unique_ptr<SerialReader> reader = Begin();
  FileDescriptor tool = fifo.Read();
  busy_ = true;
  reader->AwaitFirst(kTestDeadline);
  // The last process that has the pipe open is gone.
  char byte = 0;
  EXPECT_EQ(read(tool.get(), &byte, 1), 0);
  EXPECT_THAT(reader->Read()->error(), HasSubstr("was not read yet"));
  EXPECT_TRUE(std::filesystem::is_empty(tools_));
  std::ofstream(again) << "";
  busy_ = false;
  const absl::Time deadline = absl::Now() + kTestDeadline;
  while (reader->Read()->value() != "ABC") ASSERT_LT(absl::Now(), deadline);
}

TEST_F(SerialReaderTest, AHoldWaitsUntilTheReadingHasEnded) {
  const Fifo fifo(folder_ / "fifo");
  Use(absl::StrCat("exec 3>", fifo.path(), "; exec sleep 600"));
  const std::unique_ptr<SerialReader> reader = Begin();
  const FileDescriptor tool = fifo.Read();
  const SerialReader::Hold hold(*reader);
  EXPECT_TRUE(std::filesystem::is_empty(tools_));
  char byte = 0;
  EXPECT_EQ(read(tool.get(), &byte, 1), 0);
}

TEST_F(SerialReaderTest, TellsNoSecretThatTheToolPrints) {
  fs_.PutFile("/x", "<E><S><H>fe1</H><P>hunter2</P></S></E>");
  Use("echo cannot log in with hunter2; exit 3");
  const std::unique_ptr<SerialReader> reader = Begin();
  reader->AwaitFirst(kTestDeadline);
  EXPECT_THAT(reader->Read()->error(), StrEq("read-serial exit code 3: cannot log in with ***"));
}

TEST_F(SerialReaderTest, EndsTheToolWhenItGoes) {
  const Fifo fifo(folder_ / "fifo");
  Use(absl::StrCat("exec 3>", fifo.path(), "; exec sleep 600"));
  std::unique_ptr<SerialReader> reader = Begin();
  const FileDescriptor tool = fifo.Read();
  reader.reset();
  // The last process that has the pipe open is gone.
  char byte = 0;
  EXPECT_EQ(read(tool.get(), &byte, 1), 0);
}

TEST_F(SerialReaderTest, KnowsNoSerialWhereTheProfileNamesNoSource) {
  Use("exit 0");
  profile_.tools.clear();
  const std::unique_ptr<SerialReader> none = Begin();
  none->AwaitFirst(absl::InfiniteDuration());
  EXPECT_FALSE(none->Read().has_value());

  profile_.serial = SerialSpec{kPath, Proven::kLab};
  const std::unique_ptr<SerialReader> file = Begin();
  EXPECT_THAT(file->Read()->error(), HasSubstr("/lab/serial"));
  fs_.PutFile(kPath, "ABC");
  EXPECT_EQ(file->Read()->value(), "ABC");
}

}  // namespace
}  // namespace baton
