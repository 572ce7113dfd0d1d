#include <string>
#include <utility>
#include <vector>

#include "agent/profile/spec_fields.h"
#include "agent/profile/spec_parser.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr size_t kRulesMax = 64;

absl::StatusOr<DialogRule> ParseRule(const ConfigNode& node, const Variables& variables) {
  DialogRule rule;
  const auto answer = [&variables](const ConfigNode& text) { return variables.Expand(text); };
  RETURN_IF_ERROR(config::ReadFields(
      node,
      {config::Required("prompt", &rule.prompt, Prompt),
       config::Optional("answer", &rule.answer, answer),
       config::Optional("comes", &rule.count,
                        config::OneOf<PromptCount>({{"once", PromptCount::kOnce},
                                                    {"at-most-once", PromptCount::kAtMostOnce},
                                                    {"any", PromptCount::kAnyNumber}}))}));
  return rule;
}

}  // namespace

absl::StatusOr<std::string> Prompt(const ConfigNode& node) {
  ASSIGN_OR_RETURN(std::string text, node.Text());
  if (text.find_first_not_of("* ") == std::string::npos) {
    return node.Expected("a text that not every question fits");
  }
  return text;
}

absl::StatusOr<std::optional<DialogSpec>> ParseDialogSpec(const ConfigNode& node,
                                                          const Variables& variables) {
  DialogSpec spec;
  const auto rule = [&variables](const ConfigNode& map) { return ParseRule(map, variables); };
  RETURN_IF_ERROR(config::ReadFields(
      node, {config::Required("answers", &spec.rules, config::ListOf(rule, kRulesMax)),
             config::Optional("silence_timeout", &spec.silence_timeout,
                              config::Duration(absl::Seconds(1), kDialogSilenceMax))}));
  return spec;
}

}  // namespace baton
