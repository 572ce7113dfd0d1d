#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/config/config_node.h"
#include "common/status/status_macros.h"

// How a struct is read from a map, one row a key:
//
//   RETURN_IF_ERROR(config::ReadFields(node, {
//       config::Required("name", &host.name, ParseHostName),
//       config::Optional("front_end", &host.front_end, config::Bool),
//   }));
//
// A parser is anything that takes a `const ConfigNode&` and returns a StatusOr of the value; below
// are those that several structs need.
namespace baton::config {

// The most values of a list and keys of a map, unless the parser sets another limit.
inline constexpr size_t kEntriesMax = 1024;

// One key that a map may have.
struct Field {
  std::string key;
  bool required = false;
  std::function<absl::Status(const ConfigNode&)> read;
};

// Reads a map: each key that it has by the field of that name, in the order of `fields`. A key
// without a field is refused with the nearest known one, then a required field without a key; a
// value of nothing counts as a key that is there.
absl::Status ReadFields(const ConfigNode& node, const std::vector<Field>& fields);

template <typename T, typename Parser>
Field Optional(absl::string_view key, T* value, Parser parse) {
  return {std::string(key), false, [value, parse](const ConfigNode& node) -> absl::Status {
            ASSIGN_OR_RETURN(*value, parse(node));
            return absl::OkStatus();
          }};
}

template <typename T, typename Parser>
Field Required(absl::string_view key, T* value, Parser parse) {
  Field field = Optional(key, value, std::move(parse));
  field.required = true;
  return field;
}

inline absl::StatusOr<std::string> Text(const ConfigNode& node) { return node.Text(); }
inline absl::StatusOr<bool> Bool(const ConfigNode& node) { return node.Bool(); }
inline absl::StatusOr<absl::Time> Time(const ConfigNode& node) { return node.Time(); }

// A path; a relative one is taken from the folder of the configuration file.
absl::StatusOr<std::string> Path(const ConfigNode& node);

// A number from `min` to `max` as a T.
template <typename T>
auto Integer(T min, T max) {
  return [min, max](const ConfigNode& node) -> absl::StatusOr<T> {
    ASSIGN_OR_RETURN(const int64_t number, node.Integer(int64_t{min}, int64_t{max}));
    return static_cast<T>(number);
  };
}

inline auto Duration(absl::Duration min, absl::Duration max) {
  return [min, max](const ConfigNode& node) { return node.Duration(min, max); };
}

// A word of a table.
template <typename T>
auto OneOf(std::vector<std::pair<std::string, T>> words) {
  return [words = std::move(words)](const ConfigNode& node) -> absl::StatusOr<T> {
    const absl::StatusOr<std::string> text = node.Text();
    for (const auto& [word, value] : words) {
      if (text.ok() && *text == word) return value;
    }
    const auto append = [](std::string* out, const auto& row) { absl::StrAppend(out, row.first); };
    return node.Expected(absl::StrCat("one of ", absl::StrJoin(words, ", ", append)));
  };
}

// A list of what `parse` reads.
template <typename Parser>
auto ListOf(Parser parse, size_t count_max = kEntriesMax) {
  using T = typename std::invoke_result_t<Parser, const ConfigNode&>::value_type;
  return [parse, count_max](const ConfigNode& node) -> absl::StatusOr<std::vector<T>> {
    ASSIGN_OR_RETURN(const std::vector<ConfigNode> elements, node.List());
    if (elements.size() > count_max) {
      return node.Error(absl::StrCat(elements.size(), " entries; at most ", count_max));
    }
    std::vector<T> values;
    for (const ConfigNode& element : elements) {
      ASSIGN_OR_RETURN(T value, parse(element));
      values.push_back(std::move(value));
    }
    return values;
  };
}

// A map from words to what `parse` reads.
template <typename Parser>
auto MapOf(Parser parse, size_t count_max = kEntriesMax) {
  using T = typename std::invoke_result_t<Parser, const ConfigNode&>::value_type;
  return [parse, count_max](const ConfigNode& node) -> absl::StatusOr<std::map<std::string, T>> {
    ASSIGN_OR_RETURN(const std::vector<ConfigEntry> entries, node.Map());
    if (entries.size() > count_max) {
      return node.Error(absl::StrCat(entries.size(), " keys; at most ", count_max));
    }
    std::map<std::string, T> values;
    for (const ConfigEntry& entry : entries) {
      ASSIGN_OR_RETURN(T value, parse(entry.value));
      values.emplace(entry.key, std::move(value));
    }
    return values;
  };
}

}  // namespace baton::config
