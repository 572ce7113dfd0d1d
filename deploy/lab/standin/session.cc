#include "deploy/lab/standin/session.h"

#include "common/status/status_macros.h"

namespace baton::standin {

absl::Status Session::Open() {
  client_.Disconnect();
  RETURN_IF_ERROR(client_.Connect(peer_, source_));
  absl::Status welcome = client_.Call(introduction_).status();
  if (!welcome.ok()) client_.Disconnect();
  return welcome;
}

absl::Status Session::KeepAlive() {
  return client_.connected() ? client_.Call("ping").status() : Open();
}

}  // namespace baton::standin
