#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/service.h"

namespace baton::standin {

// The Deployment Service and the Scheduler Service: they initialise only once the Deployment
// Controller that the applied settings name has registered them, and it refuses another connection
// string. The Deployment Service also registers its host in the database and takes `deploy MODULE`
// on its ports.
class DependentService : public Service {
 public:
  DependentService(std::string name, const ServiceContext& context);

  absl::Status Initialize() override;
  void Heartbeat() override;

 private:
  absl::Status OpenSessions();
  absl::Status RegisterServer();
  std::string Answer(absl::string_view line);

  std::string name_;
  ServiceContext context_;
  std::vector<uint16_t> ports_;
  std::optional<Session> database_;
  std::optional<Session> controller_;
  bool controller_lost_ = false;
  std::vector<std::unique_ptr<StreamServer>> servers_;
};

}  // namespace baton::standin
