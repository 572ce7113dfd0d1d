#include "tests/support/transcript.h"

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace baton {
namespace {

constexpr char kSeparator[] = "----";
constexpr char kDoubleSeparator[] = "----\n----\n";

// A run of lines that belong together: comments and a command, then what is expected of it.
struct Block {
  size_t line = 0;
  std::string comments;
  std::string command;
  std::string expected;
};

std::vector<std::string> ReadLines(std::istream& file) {
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// Reads the lines of a file into blocks.
class Parser {
 public:
  explicit Parser(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  std::vector<Block> Parse() {
    std::vector<Block> blocks;
    while (next_ < lines_.size()) {
      Block block = ParseBlock();
      if (!block.comments.empty() || !block.command.empty()) blocks.push_back(std::move(block));
    }
    return blocks;
  }

 private:
  bool SeparatorAt(size_t index) const {
    return index < lines_.size() && lines_[index] == kSeparator;
  }

  Block ParseBlock() {
    Block block;
    while (next_ < lines_.size()) {
      const std::string& line = lines_[next_++];
      if (line.empty()) return block;
      if (line == kSeparator) {
        block.expected = SeparatorAt(next_) ? ParseLongAnswer() : ParseAnswer();
        return block;
      }
      if (absl::StartsWith(line, "#")) {
        absl::StrAppend(&block.comments, line, "\n");
      } else {
        block.line = next_;
        block.command = line;
      }
    }
    return block;
  }

  std::string ParseAnswer() {
    std::string answer;
    while (next_ < lines_.size() && !lines_[next_].empty()) {
      absl::StrAppend(&answer, lines_[next_++], "\n");
    }
    return answer;
  }

  std::string ParseLongAnswer() {
    ++next_;
    std::string answer;
    while (next_ < lines_.size() && !(SeparatorAt(next_) && SeparatorAt(next_ + 1))) {
      absl::StrAppend(&answer, lines_[next_++], "\n");
    }
    next_ += 2;
    return answer;
  }

  const std::vector<std::string> lines_;
  size_t next_ = 0;
};

bool HoldsEmptyLine(const std::string& answer) {
  return absl::StartsWith(answer, "\n") || absl::StrContains(answer, "\n\n");
}

std::string Separated(const std::string& answer) {
  if (!HoldsEmptyLine(answer)) return absl::StrCat(kSeparator, "\n", answer);
  return absl::StrCat(kDoubleSeparator, answer, kDoubleSeparator);
}

}  // namespace

void RunTranscript(const std::string& path,
                   const std::function<std::string(const std::string& command)>& answer) {
  std::ifstream file(path);
  ASSERT_TRUE(file.is_open()) << path;
  const bool rewrite = std::getenv("BATON_REWRITE_TRANSCRIPTS") != nullptr;
  std::string rewritten;
  int commands = 0;
  for (const Block& block : Parser(ReadLines(file)).Parse()) {
    absl::StrAppend(&rewritten, rewritten.empty() ? "" : "\n", block.comments);
    if (block.command.empty()) continue;
    ++commands;
    std::string actual = answer(block.command);
    if (!actual.empty() && actual.back() != '\n') actual.push_back('\n');
    absl::StrAppend(&rewritten, block.command, "\n", Separated(actual));
    if (!rewrite) {
      EXPECT_EQ(actual, block.expected) << path << ":" << block.line << ": " << block.command;
    }
  }
  EXPECT_GT(commands, 0) << path;
  if (rewrite) std::ofstream(path) << rewritten;
}

}  // namespace baton
