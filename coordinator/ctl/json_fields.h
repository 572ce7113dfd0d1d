#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace baton::ctl {

// A JSON object for answers that are no message of an API. Fields stay in the order in which they
// were added.
class JsonFields {
 public:
  JsonFields& Add(absl::string_view key, absl::string_view value);
  JsonFields& Add(absl::string_view key, const char* value) {
    return Add(key, absl::string_view(value));
  }
  JsonFields& Add(absl::string_view key, bool value);
  JsonFields& Add(absl::string_view key, int value);
  JsonFields& Add(absl::string_view key, const std::vector<std::string>& values);
  JsonFields& Add(absl::string_view key, const std::vector<JsonFields>& values);

  // "{...}" on one line, without a line feed.
  std::string Text() const;

 private:
  JsonFields& AddText(absl::string_view key, absl::string_view text);

  std::string text_;
};

}  // namespace baton::ctl
