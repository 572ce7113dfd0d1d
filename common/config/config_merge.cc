#include "common/config/config_merge.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/config/config_tree.h"
#include "common/status/status_macros.h"

namespace baton {

// Depth is bounded by what ParseConfig accepts.
class ConfigMerger {
 public:
  explicit ConfigMerger(const std::map<std::string, std::string>& list_keys)
      : list_keys_(list_keys) {}

  absl::StatusOr<ConfigNode> Merge(const ConfigNode& base, const ConfigNode& overlay) {
    if (base.kind() == ConfigKind::kMap && overlay.kind() == ConfigKind::kMap) {
      return MergeMaps(base, overlay);
    }
    const auto list_key = list_keys_.find(overlay.path());
    if (base.kind() == ConfigKind::kList && overlay.kind() == ConfigKind::kList &&
        list_key != list_keys_.end()) {
      return MergeLists(base, overlay, list_key->second);
    }
    return overlay;
  }

 private:
  absl::StatusOr<ConfigNode> MergeMaps(const ConfigNode& base, const ConfigNode& overlay) {
    auto merged = std::make_shared<ConfigTree>(*base.tree_);
    merged->file = overlay.tree_->file;
    merged->line = overlay.tree_->line;
    merged->column = overlay.tree_->column;
    ASSIGN_OR_RETURN(const std::vector<ConfigEntry> values, overlay.Map());
    for (size_t i = 0; i < values.size(); ++i) {
      const ConfigTree::Entry& over = overlay.tree_->entries[i];
      const auto under =
          std::find_if(merged->entries.begin(), merged->entries.end(),
                       [&over](const ConfigTree::Entry& entry) { return entry.key == over.key; });
      if (under == merged->entries.end()) {
        merged->entries.push_back(over);
        continue;
      }
      const ConfigNode under_value(under->value, values[i].value.path());
      ASSIGN_OR_RETURN(const ConfigNode value, Merge(under_value, values[i].value));
      *under = over;
      under->value = value.tree_;
    }
    return ConfigNode(std::move(merged), overlay.path());
  }

  absl::StatusOr<ConfigNode> MergeLists(const ConfigNode& base, const ConfigNode& overlay,
                                        const std::string& key) {
    auto merged = std::make_shared<ConfigTree>(*base.tree_);
    std::set<std::string> seen;
    ASSIGN_OR_RETURN(const std::vector<ConfigNode> values, overlay.List());
    for (const ConfigNode& value : values) {
      const std::string name = NameOf(*value.tree_, key);
      if (name.empty()) return value.Error(absl::StrCat("missing \"", key, "\""));
      if (!seen.insert(name).second) {
        return value.Error(absl::StrCat("a second entry with ", key, " \"", name, "\""));
      }
      const auto under =
          std::find_if(merged->elements.begin(), merged->elements.end(),
                       [&](const auto& element) { return NameOf(*element, key) == name; });
      if (under == merged->elements.end()) {
        merged->elements.push_back(value.tree_);
        continue;
      }
      ASSIGN_OR_RETURN(const ConfigNode both, Merge(ConfigNode(*under, value.path()), value));
      *under = both.tree_;
    }
    return ConfigNode(std::move(merged), overlay.path());
  }

  static std::string NameOf(const ConfigTree& element, const std::string& key) {
    for (const ConfigTree::Entry& entry : element.entries) {
      if (entry.key == key) return entry.value->scalar;
    }
    return "";
  }

  const std::map<std::string, std::string>& list_keys_;
};

absl::StatusOr<ConfigNode> MergeConfig(const ConfigNode& base, const ConfigNode& overlay,
                                       const std::map<std::string, std::string>& list_keys) {
  return ConfigMerger(list_keys).Merge(base, overlay);
}

}  // namespace baton
