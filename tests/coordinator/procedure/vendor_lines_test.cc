#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton {
namespace {

using testing::Contains;
using testing::Each;
using testing::Not;

// A numbered line of the vendor's page, and how many lines stand below it: in all, or per stack.
struct VendorLine {
  const char* number;
  int below = 0;
  int dotnet = 0;
  int java = 0;
};

// P1.2 has lost its lines for Java; the table has a row for that.
constexpr VendorLine kLines[] = {
    {"P1.1", 0, 4, 2}, {"P1.2", 0, 4, 0}, {"P1.3", 0, 4, 2}, {"P2.1", 0, 4, 2}, {"P2.2", 0, 3, 1},
    {"P2.3", 0, 5, 3}, {"P2.4", 0, 3, 3}, {"P2.5"},          {"P2.6"},          {"P2.7", 5},
    {"P3.1", 3},       {"P3.2", 3},       {"P3.3", 3},       {"P3.4", 11},      {"P3.5"},
    {"P3.6"},          {"P3.7", 5}};
constexpr const char* kUnnumbered[] = {"P1.2 Java", "P2.5 a", "P2.5 b", "P3.5 a", "P3.5 b"};

std::string Read(const std::filesystem::path& path) {
  std::stringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

std::vector<std::string> AllLines() {
  std::vector<std::string> lines(std::begin(kUnnumbered), std::end(kUnnumbered));
  const auto add = [&lines](const std::string& prefix, int count) {
    for (int i = 1; i <= count; ++i) lines.push_back(absl::StrCat(prefix, " ", i));
  };
  for (const VendorLine& line : kLines) {
    lines.emplace_back(line.number);
    add(line.number, line.below);
    add(absl::StrCat(line.number, " .NET"), line.dotnet);
    add(absl::StrCat(line.number, " Java"), line.java);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// The rows of the tables "line by line": the cells behind the number, by number.
std::multimap<std::string, std::vector<std::string>> Rows() {
  std::multimap<std::string, std::vector<std::string>> rows;
  bool in_table = false;
  const std::string document = Read(BATON_PROCEDURES);
  for (absl::string_view line : absl::StrSplit(document, '\n')) {
    if (absl::StartsWith(line, "#")) in_table = absl::EndsWith(line, ", line by line");
    if (!in_table || !absl::ConsumePrefix(&line, "| P") || !absl::ConsumeSuffix(&line, " |")) {
      continue;
    }
    std::vector<std::string> cells = absl::StrSplit(line, " | ");
    const std::string number = absl::StrCat("P", cells.front());
    cells.erase(cells.begin());
    rows.emplace(number, std::move(cells));
  }
  return rows;
}

// Everything that tests are written in, with definitions as `TEST(Suite, Name)`.
std::string AllTests() {
  std::string text;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(BATON_TESTS)) {
    if (entry.path().extension() == ".cc") absl::StrAppend(&text, Read(entry.path()));
  }
  return text;
}

bool Exists(const std::string& name, const std::string& tests) {
  const std::filesystem::path transcripts = std::filesystem::path(BATON_TESTS) / "transcripts";
  if (!absl::StrContains(name, '.')) {
    return std::filesystem::exists(transcripts / (name + ".txt")) ||
           std::filesystem::exists(transcripts / "ctl" / (name + ".txt"));
  }
  const std::string definition = absl::StrReplaceAll(name, {{".", ", "}});
  return absl::StrContains(tests, absl::StrCat("(", definition, ")"));
}

TEST(VendorLines, HaveOneRowEach) {
  std::vector<std::string> documented;
  for (const auto& [number, cells] : Rows()) documented.push_back(number);
  std::sort(documented.begin(), documented.end());
  EXPECT_EQ(documented, AllLines());
}

TEST(VendorLines, SayWhatBatonDoesHowItIsProvedAndByWhichTest) {
  for (const auto& [number, cells] : Rows()) {
    EXPECT_EQ(cells.size(), 4U) << number;
    EXPECT_THAT(cells, Each(Not(testing::IsEmpty()))) << number;
    EXPECT_THAT(cells, Not(Contains(testing::StartsWith("|")))) << number << " has an empty cell";
  }
}

TEST(VendorLines, NameTestsThatThereAre) {
  const std::string tests = AllTests();
  for (const auto& [number, cells] : Rows()) {
    for (absl::string_view name : absl::StrSplit(cells.back(), ", ")) {
      EXPECT_TRUE(absl::ConsumePrefix(&name, "`") && absl::ConsumeSuffix(&name, "`")) << number;
      EXPECT_TRUE(Exists(std::string(name), tests)) << number << " names " << name;
    }
  }
}

}  // namespace
}  // namespace baton
