#include "agent/tools/output_recorder.h"

#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

constexpr char kPath[] = "/output";

class OutputRecorderTest : public testing::Test {
 protected:
  OutputRecorder Recorder(uint64_t bytes_max, const std::vector<std::string>& secrets) {
    return {fs_.OpenForAppend(kPath, 0600).value(), bytes_max, secrets};
  }

  // What is still there after a power cut.
  std::string Durable() {
    EXPECT_OK(fs_.SyncFolder("/"));
    fs_.Crash();
    return fs_.ReadFile(kPath, 1000).value_or("no file");
  }

  FakeFileSystem fs_;
};

TEST_F(OutputRecorderTest, StoresUpToTheLimitAndSaysHowMuchIsMissing) {
  OutputRecorder recorder = Recorder(5, {});
  recorder.Add("abc");
  recorder.Add("defg");
  recorder.Add("hi");
  const OutputRecorder::Summary summary = recorder.Finish();
  EXPECT_EQ(summary.bytes, 5);
  EXPECT_EQ(summary.bytes_dropped, 4);
  EXPECT_OK(summary.error);
  EXPECT_EQ(Durable(), "abcde\n[baton: 4 further bytes of output were dropped]\n");
}

TEST_F(OutputRecorderTest, SaysNothingAtTheLimit) {
  OutputRecorder recorder = Recorder(3, {});
  recorder.Add("abc");
  EXPECT_EQ(recorder.Finish().bytes_dropped, 0);
  EXPECT_EQ(Durable(), "abc");
}

TEST_F(OutputRecorderTest, MasksSecretsAlsoAtTheEnd) {
  OutputRecorder recorder = Recorder(100, {"secret"});
  recorder.Add("a secret, sec");
  recorder.Add("ret");
  EXPECT_EQ(recorder.Finish().bytes, 10);
  EXPECT_EQ(Durable(), "a ***, ***");
}

TEST_F(OutputRecorderTest, TakesEverythingWhenTheDiskIsFull) {
  OutputRecorder recorder = Recorder(100, {});
  recorder.Add("abc");
  fs_.SetSpace(1);
  recorder.Add("defg");
  fs_.SetSpace(100);
  recorder.Add("hi");
  const OutputRecorder::Summary summary = recorder.Finish();
  EXPECT_EQ(summary.bytes, 3);
  EXPECT_EQ(summary.bytes_dropped, 6);
  EXPECT_THAT(summary.error, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("ENOSPC")));
}

}  // namespace
}  // namespace baton
