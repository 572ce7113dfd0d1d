// What every FileSystem promises, run over the real one and the fake.

#include <unistd.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/fs/file_system.h"
#include "common/status/status_macros.h"
#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kMax = 1 << 20;

// A file system and an existing, empty folder in it.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual FileSystem& fs() = 0;
  virtual std::string folder() const = 0;
};

class PosixSubject : public Subject {
 public:
  FileSystem& fs() override { return PosixFileSystem(); }
  std::string folder() const override { return folder_.path(); }

 private:
  TempFolder folder_;
};

class FakeSubject : public Subject {
 public:
  FakeSubject() { EXPECT_OK(fs_.CreateFolders(folder(), 0755)); }
  FileSystem& fs() override { return fs_; }
  std::string folder() const override { return "/var/lib/baton"; }

 private:
  FakeFileSystem fs_;
};

struct Implementation {
  const char* name;
  std::unique_ptr<Subject> (*make)();
};

class FileSystemContractTest : public testing::TestWithParam<Implementation> {
 protected:
  FileSystem& fs() { return subject_->fs(); }
  std::string folder() const { return subject_->folder(); }
  std::string Path(absl::string_view name) const { return absl::StrCat(folder(), "/", name); }
  absl::StatusOr<std::string> Read(absl::string_view name) {
    return fs().ReadFile(Path(name), kMax);
  }

  // Opens, appends, syncs and closes.
  absl::Status Append(absl::string_view name, absl::string_view data) {
    ASSIGN_OR_RETURN(const auto file, fs().OpenForAppend(Path(name), 0600));
    RETURN_IF_ERROR(file->Append(data));
    return file->Sync();
  }

 private:
  std::unique_ptr<Subject> subject_ = GetParam().make();
};

INSTANTIATE_TEST_SUITE_P(All, FileSystemContractTest,
                         testing::Values(Implementation{"Posix",
                                                        []() -> std::unique_ptr<Subject> {
                                                          return std::make_unique<PosixSubject>();
                                                        }},
                                         Implementation{"Fake",
                                                        []() -> std::unique_ptr<Subject> {
                                                          return std::make_unique<FakeSubject>();
                                                        }}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(FileSystemContractTest, CreatesAFileOnceWithItsBytesAndMode) {
  const std::string data("a\0b\n", 4);
  ASSERT_OK(fs().CreateFile(Path("x"), data, 0666));
  EXPECT_THAT(Read("x"), IsOkAndHolds(data));
  ASSERT_OK_AND_ASSIGN(const FileInfo info, fs().Describe(Path("x")));
  EXPECT_EQ(info.size_bytes, 4U);
  EXPECT_TRUE(info.regular);
  EXPECT_FALSE(info.symlink);
  EXPECT_EQ(info.mode, 0666U) << "the umask took bits away";
  EXPECT_THAT(fs().CreateFile(Path("x"), "other", 0600),
              StatusIs(StatusCode::kAlreadyExists, HasSubstr(Path("x"))));
  EXPECT_THAT(Read("x"), IsOkAndHolds(data));
}

TEST_P(FileSystemContractTest, ReadsUpToTheLimitAndNotBeyond) {
  ASSERT_OK(fs().CreateFile(Path("x"), "12345", 0600));
  EXPECT_THAT(fs().ReadFile(Path("x"), 5), IsOkAndHolds("12345"));
  EXPECT_THAT(fs().ReadFile(Path("x"), 4), StatusIs(StatusCode::kOutOfRange, HasSubstr(Path("x"))));
  EXPECT_THAT(fs().ReadFile(Path("x"), 0), StatusIs(StatusCode::kOutOfRange, HasSubstr("limit")));
  ASSERT_OK(fs().CreateFile(Path("empty"), "", 0600));
  EXPECT_THAT(fs().ReadFile(Path("empty"), 0), IsOkAndHolds(""));
  EXPECT_THAT(fs().ReadFile(Path("x"), UINT64_MAX), IsOkAndHolds("12345"));
}

TEST_P(FileSystemContractTest, AppendsAtTheEndAcrossOpens) {
  ASSERT_OK(Append("log", "one "));
  ASSERT_OK(Append("log", ""));
  ASSERT_OK(Append("log", "two"));
  EXPECT_THAT(Read("log"), IsOkAndHolds("one two"));
  ASSERT_OK_AND_ASSIGN(const FileInfo info, fs().Describe(Path("log")));
  EXPECT_EQ(info.mode, 0600U);
}

TEST_P(FileSystemContractTest, AppendedBytesAreReadBeforeTheyAreSynced) {
  ASSERT_OK_AND_ASSIGN(const auto file, fs().OpenForAppend(Path("log"), 0600));
  ASSERT_OK(file->Append("x"));
  EXPECT_THAT(Read("log"), IsOkAndHolds("x"));
}

TEST_P(FileSystemContractTest, AppendsAfterATruncationAtTheNewEnd) {
  ASSERT_OK_AND_ASSIGN(const auto file, fs().OpenForAppend(Path("log"), 0600));
  ASSERT_OK(file->Append("12345"));
  ASSERT_OK(fs().Truncate(Path("log"), 2));
  ASSERT_OK(file->Append("x"));
  EXPECT_THAT(Read("log"), IsOkAndHolds("12x"));
}

TEST_P(FileSystemContractTest, TruncatesButNeverExtends) {
  ASSERT_OK(fs().CreateFile(Path("x"), "12345", 0600));
  ASSERT_OK(fs().Truncate(Path("x"), 5));
  EXPECT_THAT(fs().Truncate(Path("x"), 6),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr(Path("x"))));
  ASSERT_OK(fs().Truncate(Path("x"), 0));
  EXPECT_THAT(Read("x"), IsOkAndHolds(""));
}

TEST_P(FileSystemContractTest, RenameReplacesAndAnOpenFileKeepsItsBytes) {
  ASSERT_OK_AND_ASSIGN(const auto old, fs().OpenForAppend(Path("to"), 0600));
  ASSERT_OK(fs().CreateFile(Path("from"), "new", 0640));
  ASSERT_OK(fs().Rename(Path("from"), Path("to")));
  ASSERT_OK(old->Append("lost"));
  EXPECT_THAT(Read("to"), IsOkAndHolds("new"));
  EXPECT_THAT(fs().ListFolder(folder()), IsOkAndHolds(ElementsAre("to")));
  ASSERT_OK_AND_ASSIGN(const FileInfo info, fs().Describe(Path("to")));
  EXPECT_EQ(info.mode, 0640U);
}

TEST_P(FileSystemContractTest, RenamesToItselfAndIntoAnotherFolder) {
  ASSERT_OK(fs().CreateFile(Path("x"), "data", 0600));
  ASSERT_OK(fs().Rename(Path("x"), Path("x")));
  ASSERT_OK(fs().CreateFolders(Path("sub"), 0700));
  ASSERT_OK(fs().Rename(Path("x"), Path("sub/y")));
  EXPECT_THAT(Read("sub/y"), IsOkAndHolds("data"));
  EXPECT_THAT(fs().ListFolder(folder()), IsOkAndHolds(ElementsAre("sub")));
}

TEST_P(FileSystemContractTest, RemovesAFileOnce) {
  ASSERT_OK(fs().CreateFile(Path("x"), "", 0600));
  ASSERT_OK(fs().Remove(Path("x")));
  EXPECT_THAT(fs().Remove(Path("x")), StatusIs(StatusCode::kNotFound, HasSubstr(Path("x"))));
  ASSERT_OK(fs().CreateFile(Path("x"), "again", 0600));
  EXPECT_THAT(Read("x"), IsOkAndHolds("again"));
}

TEST_P(FileSystemContractTest, SetsOwnerAndMode) {
  ASSERT_OK(fs().CreateFile(Path("x"), "", 0600));
  ASSERT_OK(fs().SetOwnerAndMode(Path("x"), geteuid(), getegid(), 0644));
  ASSERT_OK_AND_ASSIGN(const FileInfo info, fs().Describe(Path("x")));
  EXPECT_EQ(info.mode, 0644U);
  EXPECT_EQ(info.owner, geteuid());
  EXPECT_EQ(info.group, getegid());
}

TEST_P(FileSystemContractTest, CreatesFoldersWithParentsAndAgain) {
  ASSERT_OK(fs().CreateFolders(Path("a/b/c"), 0777));
  ASSERT_OK(fs().CreateFolders(Path("a/b/c"), 0700));
  ASSERT_OK(fs().CreateFolders("/", 0700));
  for (const char* name : {"a", "a/b", "a/b/c"}) {
    ASSERT_OK_AND_ASSIGN(const FileInfo info, fs().Describe(Path(name)));
    EXPECT_FALSE(info.regular) << name;
    EXPECT_EQ(info.mode, 0777U) << name;
  }
  EXPECT_OK(fs().SyncFolder(Path("a/b")));
}

TEST_P(FileSystemContractTest, ListsOneFolderSorted) {
  EXPECT_THAT(fs().ListFolder(folder()), IsOkAndHolds(IsEmpty()));
  ASSERT_OK(fs().CreateFolders(Path("b/deep"), 0700));
  for (const char* name : {"c", "a", "b-1", "b/inside"}) {
    ASSERT_OK(fs().CreateFile(Path(name), "", 0600));
  }
  EXPECT_THAT(fs().ListFolder(folder()), IsOkAndHolds(ElementsAre("a", "b", "b-1", "c")));
}

// Calls every function on one path, with the code that each must answer.
struct Call {
  const char* name;
  absl::Status (*run)(FileSystem&, const std::string&);
};

constexpr Call kCalls[] = {
    {"ReadFile", [](FileSystem& fs, const std::string& p) { return fs.ReadFile(p, 1).status(); }},
    {"OpenForAppend",
     [](FileSystem& fs, const std::string& p) { return fs.OpenForAppend(p, 0600).status(); }},
    {"SetOwnerAndMode",
     [](FileSystem& fs, const std::string& p) {
       return fs.SetOwnerAndMode(p, geteuid(), getegid(), 0600);
     }},
    {"Truncate", [](FileSystem& fs, const std::string& p) { return fs.Truncate(p, 0); }},
    {"Rename over it",
     [](FileSystem& fs, const std::string& p) {
       const std::string from = ParentFolder(ParentFolder(p)) + "/from";
       static_cast<void>(fs.CreateFile(from, "", 0600));
       return fs.Rename(from, p);
     }},
    {"ListFolder", [](FileSystem& fs, const std::string& p) { return fs.ListFolder(p).status(); }},
    {"SyncFolder", [](FileSystem& fs, const std::string& p) { return fs.SyncFolder(p); }},
    {"CreateFile", [](FileSystem& fs, const std::string& p) { return fs.CreateFile(p, "", 0600); }},
    {"Remove", [](FileSystem& fs, const std::string& p) { return fs.Remove(p); }},
    {"Describe", [](FileSystem& fs, const std::string& p) { return fs.Describe(p).status(); }},
};

TEST_P(FileSystemContractTest, AMissingFolderIsNotFound) {
  for (const Call& call : kCalls) {
    EXPECT_THAT(call.run(fs(), Path("missing/x")),
                StatusIs(StatusCode::kNotFound, HasSubstr(Path("missing/x"))))
        << call.name;
  }
}

TEST_P(FileSystemContractTest, AFolderIsNoFile) {
  ASSERT_OK(fs().CreateFolders(Path("sub/folder"), 0700));
  for (const Call& call : kCalls) {
    const absl::string_view name = call.name;
    if (name == "ListFolder" || name == "SyncFolder" || name == "Describe" ||
        name == "CreateFile") {
      continue;
    }
    EXPECT_THAT(call.run(fs(), Path("sub/folder")),
                StatusIs(StatusCode::kFailedPrecondition, HasSubstr(Path("sub/folder"))))
        << name;
  }
  EXPECT_THAT(fs().CreateFile(Path("sub/folder"), "", 0600),
              StatusIs(StatusCode::kAlreadyExists, HasSubstr("sub/folder")));
}

TEST_P(FileSystemContractTest, AFileIsNoFolder) {
  ASSERT_OK(fs().CreateFile(Path("file"), "", 0600));
  const auto refused = StatusIs(StatusCode::kFailedPrecondition, HasSubstr(Path("file")));
  EXPECT_THAT(fs().ListFolder(Path("file")), refused);
  EXPECT_THAT(fs().SyncFolder(Path("file")), refused);
  EXPECT_THAT(fs().CreateFolders(Path("file"), 0700), refused);
  EXPECT_THAT(fs().CreateFolders(Path("file/sub"), 0700), refused);
  EXPECT_THAT(fs().CreateFile(Path("file/x"), "", 0600), refused);
  EXPECT_THAT(fs().OpenForAppend(Path("file/x"), 0600), refused);
}

}  // namespace
}  // namespace baton
