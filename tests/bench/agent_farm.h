#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/daemon/daemon.h"
#include "common/process/file_descriptor.h"
#include "common/rpc/grpc_credentials.h"
#include "coordinator/inventory/farm_file.h"

namespace baton::bench {

// Agents in this process, each on a loopback address of its own with a certificate of its own, and
// hosts that accept connections and never answer. The agents are whole but for the platform: their
// hosts have a configuration and no service manager. Their files lie in memory where the system has
// such a folder: nobody measures how long they take to come up.
class AgentFarm {
 public:
  // Starts `hosts` agents, but for `silent` of them, spread over the farm file.
  AgentFarm(int hosts, int silent);
  ~AgentFarm();
  AgentFarm(const AgentFarm&) = delete;
  AgentFarm& operator=(const AgentFarm&) = delete;

  const FarmFile& file() const { return file_; }

  // Those of the Baton coordinator.
  const GrpcCredentials& credentials() const { return *credentials_; }

 private:
  std::string folder_;
  FarmFile file_;
  std::unique_ptr<GrpcCredentials> credentials_;
  std::vector<std::unique_ptr<Daemon>> agents_;
  std::vector<FileDescriptor> listeners_;  // of the silent hosts
};

}  // namespace baton::bench
