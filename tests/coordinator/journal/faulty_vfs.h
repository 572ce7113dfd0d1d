#pragma once

namespace baton {

// Makes SQLite's writes and syncs fail on demand: stands in front of the file system of every
// database that is opened while the object lives. One at a time; not thread-safe.
class FaultyVfs {
 public:
  FaultyVfs();
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  // The `number`th write from now, from 1, and all after it find the disk full. 0 ends it.
  static void FailWrites(int number);

  // The `number`th sync from now, from 1, and all after it fail. 0 ends it.
  static void FailSyncs(int number);

  // A failure was met.
  static bool failed();
};

}  // namespace baton
