#include "common/config/config_parser.h"

#include <map>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/config/config_tree.h"
#include "common/status/status_macros.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/parser.h"

namespace baton {
namespace {

absl::Status ErrorAt(absl::string_view file, int line, int column, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat(file, ":", line, ":", column, ": ", message));
}

// Builds the tree from yaml-cpp's events. Not from YAML::Node: that drops duplicate keys without a
// word and copies what aliases name. The first error is kept and what follows it is ignored.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::shared_ptr<const std::string> file)
      : file_(std::move(file)), root_(NewTree(ConfigKind::kNothing, {})) {}

  const absl::Status& status() const { return status_; }
  std::shared_ptr<const ConfigTree> root() const { return root_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) Fail(mark, "a second document; expected one in a file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    CheckPlain(mark, "?", anchor);
    Add(mark, NewTree(ConfigKind::kNothing, mark));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    Fail(mark, "aliases are not supported");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    CheckPlain(mark, tag, anchor);
    auto scalar = NewTree(ConfigKind::kScalar, mark);
    scalar->scalar = value;
    Add(mark, std::move(scalar));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(ConfigKind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(ConfigKind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A list or map whose end was not seen yet.
  struct Level {
    std::shared_ptr<ConfigTree> tree;
    std::map<std::string, int> key_lines;
    bool value_is_due = false;  // a map that has a key and waits for its value
  };

  std::shared_ptr<ConfigTree> NewTree(ConfigKind kind, const YAML::Mark& mark) const {
    auto tree = std::make_shared<ConfigTree>();
    tree->kind = kind;
    tree->file = file_;
    tree->line = mark.line + 1;
    tree->column = mark.column + 1;
    return tree;
  }

  void Fail(const YAML::Mark& mark, absl::string_view message) {
    if (status_.ok()) status_ = ErrorAt(*file_, mark.line + 1, mark.column + 1, message);
  }

  // "?" is the tag of what has none, "!" that of quoted text.
  void CheckPlain(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) Fail(mark, "anchors are not supported");
    if (tag != "?" && tag != "!") Fail(mark, "tags are not supported");
  }

  void Open(ConfigKind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    CheckPlain(mark, tag, anchor);
    if (levels_.size() >= kConfigDepthMax) {
      Fail(mark, absl::StrCat("more than ", kConfigDepthMax, " levels"));
    }
    if (!status_.ok()) return;
    auto tree = NewTree(kind, mark);
    Add(mark, tree);
    levels_.push_back({std::move(tree), {}, false});
  }

  void Close() {
    if (status_.ok()) levels_.pop_back();
  }

  void Add(const YAML::Mark& mark, std::shared_ptr<ConfigTree> tree) {
    if (!status_.ok()) return;
    if (levels_.empty()) {
      root_ = std::move(tree);
      return;
    }
    Level& level = levels_.back();
    if (level.tree->kind == ConfigKind::kList) {
      level.tree->elements.push_back(std::move(tree));
    } else if (level.value_is_due) {
      AddValue(level, std::move(tree));
    } else {
      AddKey(level, mark, *tree);
    }
  }

  void AddKey(Level& level, const YAML::Mark& mark, const ConfigTree& key) {
    if (key.kind != ConfigKind::kScalar) return Fail(mark, "expected a word as key");
    const auto [seen, is_new] = level.key_lines.emplace(key.scalar, key.line);
    if (!is_new) {
      return Fail(mark, absl::StrCat("duplicate key \"", absl::CHexEscape(key.scalar),
                                     "\", first at line ", seen->second));
    }
    level.tree->entries.push_back({key.scalar, key.line, key.column, nullptr});
    level.value_is_due = true;
  }

  static void AddValue(Level& level, std::shared_ptr<ConfigTree> value) {
    ConfigTree::Entry& entry = level.tree->entries.back();
    // yaml-cpp places a missing value where it noticed that, often lines below its key.
    if (value->kind == ConfigKind::kNothing) {
      value->line = entry.line;
      value->column = entry.column;
    }
    entry.value = std::move(value);
    level.value_is_due = false;
  }

  const std::shared_ptr<const std::string> file_;
  absl::Status status_;
  std::shared_ptr<ConfigTree> root_;
  std::vector<Level> levels_;
  int documents_ = 0;
};

// yaml-cpp takes some tabs for the end of a word and reports something else further on.
absl::Status CheckTabs(absl::string_view file, absl::string_view text) {
  int line_number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    const size_t indentation = line.find_first_not_of(" \t\r");
    const size_t tab = line.find('\t');
    if (indentation != absl::string_view::npos && tab < indentation) {
      return ErrorAt(file, line_number, static_cast<int>(tab) + 1,
                     "tab in the indentation; YAML indents with spaces");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckText(absl::string_view file, absl::string_view text) {
  if (text.size() > kConfigFileSizeBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": ", text.size(), " bytes; at most ",
                                                   kConfigFileSizeBytesMax, " are read"));
  }
  // yaml-cpp would read UTF-16 and UTF-32, too, but places and digests speak of bytes.
  if (absl::StrContains(text, absl::string_view("\0", 1)) || absl::StartsWith(text, "\xff\xfe") ||
      absl::StartsWith(text, "\xfe\xff")) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": not UTF-8 text"));
  }
  return CheckTabs(file, text);
}

}  // namespace

absl::StatusOr<ConfigNode> ParseConfig(absl::string_view file, absl::string_view text) {
  RETURN_IF_ERROR(CheckText(file, text));
  TreeBuilder builder(std::make_shared<const std::string>(file));
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (builder.status().ok() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    RETURN_IF_ERROR(builder.status());
    return ErrorAt(file, error.mark.line + 1, error.mark.column + 1, error.msg);
  }
  RETURN_IF_ERROR(builder.status());
  return ConfigNode(builder.root(), "");
}

absl::StatusOr<std::string> ReadConfigFile(FileSystem& fs, const std::string& path) {
  absl::StatusOr<std::string> bytes = fs.ReadFile(path, kConfigFileSizeBytesMax);
  if (absl::IsOutOfRange(bytes.status())) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": more than ", kConfigFileSizeBytesMax, " bytes"));
  }
  return bytes;
}

}  // namespace baton
