#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/fs/file_system.h"
#include "common/time/clock.h"
#include "coordinator/ctl/console.h"
#include "coordinator/ctl/coordinator_client.h"
#include "coordinator/ctl/json_fields.h"
#include "coordinator/ctl/message.h"
#include "coordinator/ctl/options.h"
#include "coordinator/ctl/text.h"
#include "google/protobuf/message.h"

namespace baton::ctl {

// How long a lost Baton coordinator is looked for while a run is started or watched, how often, and
// how often a live view is drawn.
struct Patience {
  absl::Duration reconnect_for = absl::Seconds(60);
  absl::Duration retry_delay = absl::Seconds(1);
  absl::Duration tick = absl::Seconds(1);
};

// The world as commands may touch it. Everything outlives the session.
struct Environment {
  Console& console;
  FileSystem& files;
  Clock& clock;
  std::string home;     // the person's home folder; empty if there is none
  std::string version;  // of this program
  absl::TimeZone zone = absl::LocalTimeZone();
  Patience patience = {};
  // Called once a session at most; the client outlives it.
  std::function<absl::StatusOr<CoordinatorClient*>(const Options&)> connect = nullptr;
  std::function<std::string()> make_request_id = nullptr;
  std::function<void(absl::Duration)> sleep = nullptr;
};

// One run of the program: the options, the Baton coordinator, and the way out. Not thread-safe.
class Session {
 public:
  Session(Environment& environment, const Options& options)
      : environment_(environment), options_(options) {}

  const Options& options() const { return options_; }
  Environment& environment() { return environment_; }
  Console& console() { return environment_.console; }

  // The Baton coordinator, connected to on first use.
  absl::StatusOr<CoordinatorClient*> Client();

  // How to write to this person now.
  Style MakeStyle();

  // Prints an answer: the message as one line of JSON, or else the text.
  void Show(const google::protobuf::Message& message, absl::string_view text);

  // The same for an answer that is no message.
  void Show(const JsonFields& fields, absl::string_view text);

  // Prints text, which those who asked for JSON do not see.
  void Say(absl::string_view text);

  // Prints a message to the standard error and returns its exit code.
  ExitCode Fail(const Message& message);

 private:
  Environment& environment_;
  const Options& options_;
  CoordinatorClient* client_ = nullptr;
};

// Proto3 JSON with the field names of the protos, on one line with its line feed. INTERNAL for a
// time that JSON cannot hold.
absl::StatusOr<std::string> ToJsonLine(const google::protobuf::Message& message);

}  // namespace baton::ctl
