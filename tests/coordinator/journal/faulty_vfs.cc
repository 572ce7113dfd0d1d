#include "tests/coordinator/journal/faulty_vfs.h"

#include <sqlite3.h>

#include <cstdlib>
#include <map>

#include "gtest/gtest.h"

namespace baton {
namespace {

constexpr char kName[] = "faulty";

// SQLite calls plain functions: their state cannot live in the object.
struct State {
  sqlite3_vfs* real = nullptr;
  sqlite3_vfs vfs = {};
  // The methods of a kind of file, by those of the real one: databases lock, logs do not.
  std::map<const sqlite3_io_methods*, sqlite3_io_methods> methods;
  int fail_write = 0;  // countdown to the first that fails; 1 stays; 0: none fails
  int fail_sync = 0;
  bool failed = false;
};

State& TheState() {
  static State state;
  return state;
}

// Counts down to the first call that fails, and stays there.
bool Fails(int& countdown) {
  const bool fails = countdown == 1;
  if (countdown > 1) --countdown;
  TheState().failed = TheState().failed || fails;
  return fails;
}

const sqlite3_io_methods& RealMethodsOf(const sqlite3_file* file) {
  for (const auto& [real, faulty] : TheState().methods) {
    if (&faulty == file->pMethods) return *real;
  }
  std::abort();  // every file got its methods in Open
}

int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  if (Fails(TheState().fail_write)) return SQLITE_FULL;
  return RealMethodsOf(file).xWrite(file, data, size, offset);
}

int Sync(sqlite3_file* file, int flags) {
  if (Fails(TheState().fail_sync)) return SQLITE_IOERR_FSYNC;
  return RealMethodsOf(file).xSync(file, flags);
}

// The file stays the real one; only its table of methods is another.
int Open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  State& state = TheState();
  const int result = state.real->xOpen(state.real, name, file, flags, flags_out);
  if (file->pMethods == nullptr) return result;
  sqlite3_io_methods& faulty = state.methods[file->pMethods];
  faulty = *file->pMethods;
  faulty.xWrite = Write;
  faulty.xSync = Sync;
  file->pMethods = &faulty;
  return result;
}

}  // namespace

FaultyVfs::FaultyVfs() {
  State& state = TheState();
  state = State();
  state.real = sqlite3_vfs_find(nullptr);
  state.vfs = *state.real;
  state.vfs.zName = kName;
  state.vfs.pNext = nullptr;
  state.vfs.xOpen = Open;
  EXPECT_EQ(sqlite3_vfs_register(&state.vfs, /*makeDflt=*/1), SQLITE_OK);
}

FaultyVfs::~FaultyVfs() {
  sqlite3_vfs_unregister(&TheState().vfs);
  sqlite3_vfs_register(TheState().real, /*makeDflt=*/1);
}

void FaultyVfs::FailWrites(int number) {
  TheState().failed = false;
  TheState().fail_write = number;
}

void FaultyVfs::FailSyncs(int number) {
  TheState().failed = false;
  TheState().fail_sync = number;
}

bool FaultyVfs::failed() { return TheState().failed; }

}  // namespace baton
