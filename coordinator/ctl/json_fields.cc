#include "coordinator/ctl/json_fields.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/wrappers.pb.h"

namespace baton::ctl {
namespace {

// A text in quotes, as the messages' own JSON writes it.
std::string Quoted(absl::string_view text) {
  google::protobuf::StringValue value;
  value.set_value(std::string(text));
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(value, &json);
  return status.ok() ? json : "\"?\"";  // not UTF-8
}

}  // namespace

JsonFields& JsonFields::Add(absl::string_view key, absl::string_view value) {
  return AddText(key, Quoted(value));
}
JsonFields& JsonFields::Add(absl::string_view key, bool value) {
  return AddText(key, value ? "true" : "false");
}
JsonFields& JsonFields::Add(absl::string_view key, int value) {
  return AddText(key, absl::StrCat(value));
}

JsonFields& JsonFields::Add(absl::string_view key, const std::vector<std::string>& values) {
  const auto append = [](std::string* out, const std::string& value) {
    absl::StrAppend(out, Quoted(value));
  };
  return AddText(key, absl::StrCat("[", absl::StrJoin(values, ",", append), "]"));
}

JsonFields& JsonFields::Add(absl::string_view key, const std::vector<JsonFields>& values) {
  const auto append = [](std::string* out, const JsonFields& value) {
    absl::StrAppend(out, value.Text());
  };
  return AddText(key, absl::StrCat("[", absl::StrJoin(values, ",", append), "]"));
}

std::string JsonFields::Text() const { return absl::StrCat("{", text_, "}"); }

JsonFields& JsonFields::AddText(absl::string_view key, absl::string_view text) {
  absl::StrAppend(&text_, text_.empty() ? "" : ",", Quoted(key), ":", text);
  return *this;
}

}  // namespace baton::ctl
