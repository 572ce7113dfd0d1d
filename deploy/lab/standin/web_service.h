#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/service.h"

namespace baton::standin {

// The application server in front of Service Center: `GET /ServiceCenter/_ping.html` has the
// platform's text once Service Center was deployed to this host; everything else is 404. One
// request a connection.
class WebService : public Service {
 public:
  explicit WebService(const ServiceContext& context) : context_(context) {}

  absl::Status Initialize() override;
  void Heartbeat() override {}

 private:
  void OnData(StreamServer::ConnectionId id, std::string& buffer);
  std::string ResponseTo(absl::string_view request) const;

  ServiceContext context_;
  std::unique_ptr<StreamServer> server_;
};

}  // namespace baton::standin
