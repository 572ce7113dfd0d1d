#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace baton {

struct ConfigTree;
struct ConfigEntry;

enum class ConfigKind { kNothing, kScalar, kList, kMap };

// The longest single value of a configuration file.
inline constexpr uint64_t kConfigValueSizeBytesMax = 4096;

// One value of a configuration file. It knows its place, so that every error made from it reads
// "farm.yaml:12:7: hosts[2].agent_address: expected HOST:PORT, got "fe2"". The getters fail with
// INVALID_ARGUMENT and such a message. A node keeps its document alive and is cheap to copy; it is
// immutable, so any number of threads may read it.
class ConfigNode {
 public:
  // Made by ParseConfig (common/config/config_parser.h).
  ConfigNode(std::shared_ptr<const ConfigTree> tree, std::string path);

  ConfigKind kind() const;

  // The keys and positions that lead here: "hosts[2].agent_address"; empty for the whole document.
  const std::string& path() const { return path_; }

  // The name that the file was read under.
  const std::string& file() const;

  // The line of the value, counted from 1.
  int line() const;

  // INVALID_ARGUMENT with place and path before `message`.
  absl::Status Error(absl::string_view message) const;

  // As Error, for "expected `what`, got ..." and what stands there.
  absl::Status Expected(absl::string_view what) const;

  // As Error, at the place of `key` of this map. REQUIRES: the map has that key.
  absl::Status KeyError(absl::string_view key, absl::string_view message) const;

  // A single value as text: neither empty nor longer than kConfigValueSizeBytesMax, and without
  // control characters.
  absl::StatusOr<std::string> Text() const;

  // A decimal number from `min` to `max`.
  absl::StatusOr<int64_t> Integer(int64_t min, int64_t max) const;

  // `true` or `false`. The other spellings of YAML 1.1 (yes, on) are refused: they surprise.
  absl::StatusOr<bool> Bool() const;

  // A time span like "500ms", "30s" or "1h30m" from `min` to `max`.
  absl::StatusOr<absl::Duration> Duration(absl::Duration min, absl::Duration max) const;

  // A day ("2024-05-01", at midnight UTC) or a moment ("2024-05-01T10:00:00Z").
  absl::StatusOr<absl::Time> Time() const;

  // The values of a list, in order.
  absl::StatusOr<std::vector<ConfigNode>> List() const;

  // The keys of a map with their values, in the order of the file.
  absl::StatusOr<std::vector<ConfigEntry>> Map() const;

 private:
  friend class ConfigMerger;

  std::shared_ptr<const ConfigTree> tree_;
  std::string path_;
};

// A key of a map and its value.
struct ConfigEntry {
  std::string key;
  ConfigNode value;
};

}  // namespace baton
