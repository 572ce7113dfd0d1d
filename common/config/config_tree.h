#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/config/config_node.h"

namespace baton {

// What a ConfigNode points at: one value of a document with its place. Immutable once its document
// is read, so that merged documents can share parts. Only for the sources of common/config.
struct ConfigTree {
  struct Entry {
    std::string key;
    int line = 0;
    int column = 0;
    std::shared_ptr<const ConfigTree> value;
  };

  ConfigKind kind = ConfigKind::kNothing;
  std::shared_ptr<const std::string> file;
  int line = 0;  // counted from 1, as is column
  int column = 0;
  std::string scalar;
  std::vector<std::shared_ptr<const ConfigTree>> elements;
  std::vector<Entry> entries;
};

}  // namespace baton
