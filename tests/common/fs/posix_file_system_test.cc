// What only a real disk has: links, FIFOs, files of the kernel.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "common/fs/file_system.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::absl::StatusCode;
using ::testing::HasSubstr;
using ::testing::Not;

class PosixFileSystemTest : public testing::Test {
 protected:
  TempFolder folder_;
  FileSystem& fs_ = PosixFileSystem();
};

TEST_F(PosixFileSystemTest, NoChangeFollowsASymbolicLink) {
  ASSERT_OK(fs_.CreateFile(folder_ / "target", "data", 0600));
  std::filesystem::create_symlink(folder_ / "target", folder_ / "link");
  const auto refused = StatusIs(StatusCode::kFailedPrecondition, HasSubstr("link"));
  EXPECT_THAT(fs_.OpenForAppend(folder_ / "link", 0600), refused);
  EXPECT_THAT(fs_.Truncate(folder_ / "link", 0), refused);
  EXPECT_THAT(fs_.SetOwnerAndMode(folder_ / "link", geteuid(), getegid(), 0644), refused);
  EXPECT_THAT(fs_.CreateFile(folder_ / "link", "", 0600),
              StatusIs(StatusCode::kAlreadyExists, HasSubstr("link")));
  EXPECT_THAT(fs_.ReadFile(folder_ / "link", 100), IsOkAndHolds("data"));
}

TEST_F(PosixFileSystemTest, CreatesNothingBehindADanglingLink) {
  std::filesystem::create_symlink(folder_ / "nowhere", folder_ / "link");
  EXPECT_THAT(fs_.OpenForAppend(folder_ / "link", 0600),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("link")));
  EXPECT_THAT(fs_.CreateFile(folder_ / "link", "", 0600),
              StatusIs(StatusCode::kAlreadyExists, HasSubstr("link")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "nowhere"));
}

TEST_F(PosixFileSystemTest, DescribesAndRemovesTheLinkItself) {
  ASSERT_OK(fs_.CreateFile(folder_ / "target", "data", 0600));
  std::filesystem::create_symlink(folder_ / "target", folder_ / "link");
  ASSERT_OK_AND_ASSIGN(const FileInfo info, fs_.Describe(folder_ / "link"));
  EXPECT_TRUE(info.symlink);
  EXPECT_FALSE(info.regular);
  ASSERT_OK(fs_.Remove(folder_ / "link"));
  EXPECT_THAT(fs_.ReadFile(folder_ / "target", 100), IsOkAndHolds("data"));
}

TEST_F(PosixFileSystemTest, DoesNotHangOnAFifo) {
  ASSERT_EQ(mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  const auto refused = StatusIs(StatusCode::kFailedPrecondition, HasSubstr("fifo"));
  EXPECT_THAT(fs_.ReadFile(folder_ / "fifo", 100), refused);
  EXPECT_THAT(fs_.OpenForAppend(folder_ / "fifo", 0600), refused);
  EXPECT_THAT(fs_.Truncate(folder_ / "fifo", 0), refused);
}

TEST_F(PosixFileSystemTest, RefusesADeviceThatNeverEnds) {
  EXPECT_THAT(fs_.ReadFile("/dev/zero", 100),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("not a regular file")));
}

TEST_F(PosixFileSystemTest, ReadsAndBoundsAFileThatSaysItIsEmpty) {
  ASSERT_OK_AND_ASSIGN(const FileInfo info, fs_.Describe("/proc/self/status"));
  ASSERT_EQ(info.size_bytes, 0U);
  EXPECT_THAT(fs_.ReadFile("/proc/self/status", 1 << 20), IsOkAndHolds(HasSubstr("Pid:")));
  EXPECT_THAT(fs_.ReadFile("/proc/self/status", 10),
              StatusIs(StatusCode::kOutOfRange, HasSubstr("10 bytes")));
}

TEST_F(PosixFileSystemTest, ReadsNothingOfASparseFileAboveTheLimit) {
  ASSERT_OK(fs_.CreateFile(folder_ / "sparse", "", 0600));
  ASSERT_EQ(truncate((folder_ / "sparse").c_str(), off_t{1} << 40), 0);
  EXPECT_THAT(fs_.ReadFile(folder_ / "sparse", 1 << 20),
              StatusIs(StatusCode::kOutOfRange, HasSubstr("sparse")));
}

TEST_F(PosixFileSystemTest, ReadsAFileOfManyChunks) {
  std::string data;
  for (int i = 0; data.size() < 300'000; ++i) data += std::to_string(i);
  ASSERT_OK(fs_.CreateFile(folder_ / "large", data, 0600));
  ASSERT_OK_AND_ASSIGN(const std::string read, fs_.ReadFile(folder_ / "large", 1 << 20));
  EXPECT_TRUE(read == data);
}

TEST_F(PosixFileSystemTest, RefusesToAppendToADevice) {
  EXPECT_THAT(fs_.OpenForAppend("/dev/full", 0600),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("not a regular file")));
}

TEST_F(PosixFileSystemTest, ItsDescriptorsDoNotReachChildren) {
  ASSERT_OK_AND_ASSIGN(const auto file, fs_.OpenForAppend(folder_ / "x", 0600));
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    if (std::filesystem::read_symlink(entry.path(), ignored) != folder_ / "x") continue;
    ++found;
    EXPECT_TRUE((fcntl(std::stoi(entry.path().filename().string()), F_GETFD) & FD_CLOEXEC) != 0);
  }
  EXPECT_EQ(found, 1);
}

TEST_F(PosixFileSystemTest, ClosesWhatItOpened) {
  const auto open_files = [] {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
  };
  const auto before = open_files();
  ASSERT_OK(WriteFileAtomically(fs_, folder_ / "x", "data", 0600));
  ASSERT_OK(fs_.ReadFile(folder_ / "x", 100));
  ASSERT_OK(fs_.ListFolder(folder_.path()));
  ASSERT_OK(fs_.OpenForAppend(folder_ / "x", 0600));
  EXPECT_THAT(fs_.ReadFile(folder_.path(), 100), Not(IsOk()));
  EXPECT_EQ(open_files(), before);
}

}  // namespace
}  // namespace baton
