#include "coordinator/inventory/pay_policy.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/config/config_fields.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

// "22:00"; nothing for what is no time of day.
std::optional<absl::Duration> ParseTimeOfDay(absl::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  int hours = 0;
  int minutes = 0;
  for (const size_t digit : {0U, 1U, 3U, 4U}) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[digit]))) return std::nullopt;
  }
  const bool read =
      absl::SimpleAtoi(text.substr(0, 2), &hours) && absl::SimpleAtoi(text.substr(3), &minutes);
  if (!read || hours > 23 || minutes > 59) return std::nullopt;
  return absl::Hours(hours) + absl::Minutes(minutes);
}

struct Window {
  absl::Duration begin;
  absl::Duration end;
};

absl::StatusOr<std::optional<Window>> ParseWindow(const ConfigNode& node) {
  ASSIGN_OR_RETURN(const std::string text, node.Text());
  const std::vector<std::string> times = absl::StrSplit(text, '-');
  const std::optional<absl::Duration> begin = ParseTimeOfDay(times.front());
  const std::optional<absl::Duration> end = ParseTimeOfDay(times.back());
  if (times.size() != 2 || !begin.has_value() || !end.has_value()) {
    return node.Expected("two times of day, as in \"22:00-04:00\"");
  }
  if (*begin == *end) return node.Error("the window begins and ends at the same time");
  return Window{*begin, *end};
}

}  // namespace

absl::StatusOr<DebtPolicy> ParseDebtPolicy(const ConfigNode& node) {
  DebtPolicy debts;
  std::optional<Window> window;
  RETURN_IF_ERROR(config::ReadFields(
      node, {config::Optional("policy", &debts.policy,
                              config::OneOf<PayPolicy>({{"ask", PayPolicy::kAsk},
                                                        {"auto", PayPolicy::kAuto},
                                                        {"window", PayPolicy::kWindow}})),
             config::Optional("window", &window, ParseWindow)}));
  const bool needs = debts.policy == PayPolicy::kWindow;
  if (window.has_value() && !needs) {
    return node.KeyError("window", "`window` goes with `policy: window` alone");
  }
  if (needs && !window.has_value()) {
    return node.KeyError("policy",
                         "`policy: window` needs a window, as in `window: \"22:00-04:00\"`");
  }
  if (needs) {
    debts.window_begin = window->begin;
    debts.window_end = window->end;
  }
  return debts;
}

bool MayPay(const DebtPolicy& policy, absl::Time now, absl::TimeZone zone) {
  if (policy.policy != PayPolicy::kWindow) return policy.policy == PayPolicy::kAuto;
  const absl::CivilSecond civil = absl::ToCivilSecond(now, zone);
  const absl::Duration time = absl::Hours(civil.hour()) + absl::Minutes(civil.minute());
  const bool over_midnight = policy.window_end < policy.window_begin;
  const bool begun = time >= policy.window_begin;
  const bool open = time < policy.window_end;
  return over_midnight ? begun || open : begun && open;
}

}  // namespace baton
