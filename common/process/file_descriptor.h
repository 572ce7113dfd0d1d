#pragma once

#include <unistd.h>

#include <utility>

namespace baton {

// Owns an open file descriptor of POSIX and closes it when it goes. Not thread-safe.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { Close(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }

  bool open() const { return fd_ >= 0; }
  int get() const { return fd_; }

  // Gives the descriptor up without closing it; -1 if nothing is open.
  int Release() { return std::exchange(fd_, -1); }

  // Closes now. Nothing to do if nothing is open.
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace baton
