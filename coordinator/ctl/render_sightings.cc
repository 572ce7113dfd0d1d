#include "coordinator/ctl/render_sightings.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/ctl/table.h"

namespace baton::ctl {
namespace {

using plan::v1::ProbeVerdict;
using plan::v1::Sighting;

// Witnesses that a row names before it only counts them.
constexpr size_t kNamesMax = 6;

// What a witness sees, by kind of port; nothing where the host has no such port.
constexpr size_t kKinds = 3;
struct Sight {
  bool tried = false;
  ProbeVerdict verdict = plan::v1::PROBE_VERDICT_UNSPECIFIED;
  bool operator==(const Sight& other) const {
    return tried == other.tried && verdict == other.verdict;
  }
};
using Sights = std::array<Sight, kKinds>;

// How much life a verdict shows.
int Life(ProbeVerdict verdict) {
  switch (verdict) {
    case plan::v1::ACCEPTS:
      return 3;
    case plan::v1::REFUSES:
      return 2;
    case plan::v1::SILENT:
      return 1;
    default:
      return 0;
  }
}

Cell SightCell(const Sight& sight, bool controller) {
  if (!sight.tried) return {"-", Tone::kDim};
  const bool bad = controller && sight.verdict == plan::v1::ACCEPTS;
  const bool silent = sight.verdict == plan::v1::SILENT;
  return {Word(sight.verdict), bad ? Tone::kBad : silent ? Tone::kPlain : Tone::kWarn};
}

std::string Names(const std::vector<std::string>& witnesses) {
  if (witnesses.size() <= kNamesMax) return absl::StrJoin(witnesses, ", ");
  return absl::StrCat(
      absl::StrJoin(witnesses.begin(), witnesses.begin() + static_cast<int>(kNamesMax), ", "),
      " and ", witnesses.size() - kNamesMax, " more");
}

// Witnesses that see the same of one host.
struct Row {
  Sights sights;
  std::vector<std::string> witnesses;
};

// In the order in which hosts and witnesses first come.
template <typename T>
T& FindOrAdd(std::vector<std::pair<std::string, T>>& entries, const std::string& name) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&name](const auto& entry) { return entry.first == name; });
  if (found != entries.end()) return found->second;
  return entries.emplace_back(name, T()).second;
}

std::vector<Row> RowsOf(const std::vector<std::pair<std::string, Sights>>& witnesses) {
  std::vector<Row> rows;
  for (const auto& [witness, sights] : witnesses) {
    const auto same = std::find_if(rows.begin(), rows.end(), [&sights = sights](const Row& row) {
      return row.sights == sights;
    });
    Row& row = same == rows.end() ? rows.emplace_back(Row{sights, {}}) : *same;
    row.witnesses.push_back(witness);
  }
  return rows;
}

}  // namespace

std::string RenderSightings(const Sightings& sightings, const Style& style) {
  std::vector<std::pair<std::string, std::vector<std::pair<std::string, Sights>>>> hosts;
  for (const Sighting& sighting : sightings) {
    const int kind = sighting.kind() - plan::v1::SIGHTED_AGENT;
    if (kind < 0 || kind >= static_cast<int>(kKinds)) continue;
    Sight& sight =
        FindOrAdd(FindOrAdd(hosts, sighting.host()), sighting.from())[static_cast<size_t>(kind)];
    if (!sight.tried || Life(sighting.verdict()) > Life(sight.verdict)) {
      sight = {true, sighting.verdict()};
    }
  }
  if (hosts.empty()) return "";
  Table table({"HOST", "AGENT", "CONTROLLER", "APPLICATIONS", "SEEN BY"});
  for (const auto& [host, witnesses] : hosts) {
    for (const Row& row : RowsOf(witnesses)) {
      table.AddRow({Cell(host, Tone::kStrong), SightCell(row.sights[0], false),
                    SightCell(row.sights[1], true), SightCell(row.sights[2], false),
                    Names(row.witnesses)});
    }
  }
  return absl::StrCat("who sees hosts that are lost or do not answer:\n",
                      table.Render(style, "  "));
}

}  // namespace baton::ctl
