#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/journal/v1/journal.pb.h"
#include "common/rpc/grpc_credentials.h"
#include "coordinator/agent_client/agent_client.h"
#include "coordinator/ctl/rehearse/lab.h"
#include "coordinator/inventory/farm_file.h"

namespace baton::bench {

// How long a lab may take to come up, and whatever is waited for in it.
inline constexpr absl::Duration kPatience = absl::Minutes(2);

// The limit for waits that begin now.
rehearse::WaitLimit Patiently();

// A lab of real processes, up and running: the embedded lab of `baton rehearse`. Its files lie
// below TMPDIR, on the disk whose syncs are measured.
std::unique_ptr<rehearse::Lab> StartLab(uint32_t hosts);

// Ends a process of a lab as a crash would, so that another one of its name may be started.
void Kill(rehearse::Lab& lab, const std::string& process);

// The farm file of a lab, and the credentials of its Baton coordinator: to do in this process what
// that one does.
FarmFile LoadFarm(const rehearse::LabLayout& layout);
std::unique_ptr<GrpcCredentials> CoordinatorCredentials(const rehearse::LabLayout& layout);

// Asks a host to describe itself and waits for it.
void Describe(AgentClient& agents, const std::string& host,
              const agent::v1::GetHostRequest& request = {});

// When a record was written.
absl::Time TimeOf(const journal::v1::Record& record);

}  // namespace baton::bench
