#include "tests/support/transcript.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

const TempFolder& Folder() {
  static const TempFolder& folder = *new TempFolder;
  return folder;
}

std::string Write(const std::string& text) {
  const std::string path = Folder() / "transcript.txt";
  std::ofstream(path) << text;
  return path;
}

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Answers with the words of the command, a line each; "gap" is an empty line.
std::string Echo(const std::string& command) {
  std::string answer = command;
  for (char& c : answer) {
    if (c == ' ') c = '\n';
  }
  const size_t gap = answer.find("gap");
  return gap == std::string::npos ? answer : answer.replace(gap, 3, "");
}

constexpr char kTranscript[] =
    "# A file begins with what it is about.\n"
    "\n"
    "# One line.\n"
    "one\n"
    "----\n"
    "one\n"
    "\n"
    "two lines\n"
    "----\n"
    "two\n"
    "lines\n"
    "\n"
    "a gap inside\n"
    "----\n"
    "----\n"
    "a\n"
    "\n"
    "inside\n"
    "----\n"
    "----\n";

TEST(TranscriptTest, AcceptsTheAnswersThatTheFileHas) { RunTranscript(Write(kTranscript), Echo); }

TEST(TranscriptTest, FailsOnAnotherAnswerAndNamesTheLine) {
  const std::string path = Write("\nfirst second\n----\nfirst\nthird\n");
  EXPECT_NONFATAL_FAILURE(RunTranscript(path, Echo), "transcript.txt:2: first second");
}

TEST(TranscriptTest, FailsOnAFileWithoutACommand) {
  const std::string path = Write("# only words\n");
  EXPECT_NONFATAL_FAILURE(RunTranscript(path, Echo), "transcript.txt");
}

TEST(TranscriptTest, RewritesAnswersAndKeepsTheRest) {
  const std::string path = Write(
      "# A file begins with what it is about.\n\n# One line.\none\n----\nwrong\n\ntwo lines\n\n"
      "a gap inside\n----\n");
  ASSERT_EQ(setenv("BATON_REWRITE_TRANSCRIPTS", "1", 1), 0);
  RunTranscript(path, Echo);
  ASSERT_EQ(unsetenv("BATON_REWRITE_TRANSCRIPTS"), 0);
  EXPECT_EQ(Read(path), kTranscript);
}

}  // namespace
}  // namespace baton
