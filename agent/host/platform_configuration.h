#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "agent/configuration/document.h"
#include "agent/configuration/file.h"
#include "agent/profile/profile.h"
#include "baton/plan/v1/host.pb.h"
#include "common/fs/file_system.h"

namespace baton {

// The platform's configuration as its profile maps it. Thread-safe.
class PlatformConfiguration {
 public:
  // Borrows both.
  PlatformConfiguration(FileSystem& fs, const Profile& profile);

  // The file as settings, section digests, version and key digest; what is wrong goes into `error`.
  plan::v1::Configuration Describe();

  // The file, parsed; nothing if it cannot be.
  std::optional<ConfigurationDocument> Parse();

  // Secrets that stand in the file as plaintext, until the platform has encrypted them: what must
  // not be in a tool's output. In memory only.
  std::vector<std::string> PlaintextSecrets();

  ConfigurationFile& file() { return file_; }

 private:
  FileSystem& fs_;
  const Profile& profile_;
  ConfigurationFile file_;
};

}  // namespace baton
