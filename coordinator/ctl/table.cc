#include "coordinator/ctl/table.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace baton::ctl {
namespace {

constexpr absl::string_view kGap = "  ";

}  // namespace

Table::Table(std::vector<Cell> header) : has_header_(!header.empty()) {
  for (Cell& cell : header) cell.tone = Tone::kDim;
  if (has_header_) rows_.push_back(std::move(header));
}

void Table::AddRow(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = Clean(cell.text);
  rows_.push_back(std::move(row));
}

std::vector<int> Table::Widths() const {
  std::vector<int> widths;
  for (const std::vector<Cell>& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i].text));
    }
  }
  return widths;
}

std::string Table::Render(const Style& style, absl::string_view indent) const {
  if (rows_.size() == (has_header_ ? 1 : 0)) return "";
  const std::vector<int> widths = Widths();
  std::string text;
  for (const std::vector<Cell>& row : rows_) {
    // Fields at the end that are empty would only be spaces.
    size_t used = row.size();
    while (used > 0 && row[used - 1].text.empty()) --used;
    absl::StrAppend(&text, indent);
    for (size_t i = 0; i < used; ++i) {
      const std::string& field = row[i].text;
      absl::StrAppend(&text, i == 0 ? "" : kGap, Paint(field, row[i].tone, style));
      if (i + 1 < used) {
        const int missing = widths[i] - DisplayWidth(field);
        absl::StrAppend(&text, std::string(static_cast<size_t>(missing), ' '));
      }
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

}  // namespace baton::ctl
