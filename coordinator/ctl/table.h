#pragma once

#include <string>
#include <utility>
#include <vector>

#include "coordinator/ctl/text.h"

namespace baton::ctl {

// One field of a table. The text is cleaned when it is rendered.
struct Cell {
  Cell(std::string t, Tone tone_of_text = Tone::kPlain)  // NOLINT(google-explicit-constructor)
      : text(std::move(t)), tone(tone_of_text) {}
  Cell(const char* t) : Cell(std::string(t)) {}  // NOLINT(google-explicit-constructor)

  std::string text;
  Tone tone;
};

// Rows in columns that are as wide as their widest text. The last column is not padded, so that no
// line ends with spaces.
class Table {
 public:
  // Without a header line if `header` is empty.
  explicit Table(std::vector<Cell> header = {});

  void AddRow(std::vector<Cell> row);

  // Every line begins with `indent` and ends with a line feed. Empty if there are no rows.
  std::string Render(const Style& style, absl::string_view indent = "") const;

 private:
  std::vector<int> Widths() const;

  bool has_header_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace baton::ctl
