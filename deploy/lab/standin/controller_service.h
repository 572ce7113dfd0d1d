#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/service.h"

namespace baton::standin {

// The Deployment Controller: needs only the database. It starts wherever it is told to, whatever
// the settings name: on the platform, too, nothing but its operators prevents a second one. Lines
// on its ports: `register SERVICE HOST CONNECTION-STRING`, `compile MODULE`, `ping`.
class ControllerService : public Service {
 public:
  explicit ControllerService(const ServiceContext& context) : context_(context) {}

  absl::Status Initialize() override;
  void Heartbeat() override;

 private:
  std::string Answer(absl::string_view line);

  ServiceContext context_;
  std::optional<Session> database_;
  bool database_lost_ = false;
  std::vector<std::unique_ptr<StreamServer>> servers_;
};

}  // namespace baton::standin
