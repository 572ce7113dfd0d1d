#include "coordinator/ctl/session.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "google/protobuf/util/json_util.h"

namespace baton::ctl {

absl::StatusOr<CoordinatorClient*> Session::Client() {
  if (client_ == nullptr) {
    ASSIGN_OR_RETURN(client_, environment_.connect(options_));
  }
  return client_;
}

Style Session::MakeStyle() {
  Style style;
  style.colour = environment_.console.has_colour();
  style.width = environment_.console.width();
  style.zone = environment_.zone;
  style.now = environment_.clock.Now();
  style.program = ProgramWords(options_);
  return style;
}

void Session::Show(const google::protobuf::Message& message, absl::string_view text) {
  if (!options_.json()) return environment_.console.Write(text);
  const absl::StatusOr<std::string> line = ToJsonLine(message);
  if (line.ok()) return environment_.console.Write(*line);
  Fail(Explain(line.status(), MakeStyle()));
}

void Session::Show(const JsonFields& fields, absl::string_view text) {
  environment_.console.Write(options_.json() ? fields.Text() + "\n" : std::string(text));
}

void Session::Say(absl::string_view text) {
  if (!options_.json()) environment_.console.Write(text);
}

ExitCode Session::Fail(const Message& message) {
  environment_.console.WriteError(RenderMessage(message, MakeStyle()));
  return message.exit_code;
}

absl::StatusOr<std::string> ToJsonLine(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) {
    return absl::InternalError(
        absl::StrCat("print ", message.GetTypeName(), " as JSON: ", status.message().ToString()));
  }
  return absl::StrCat(json, "\n");
}

}  // namespace baton::ctl
