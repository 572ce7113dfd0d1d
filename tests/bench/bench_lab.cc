#include "tests/bench/bench_lab.h"

#include <csignal>
#include <future>

#include "absl/time/clock.h"
#include "common/pki/identity.h"
#include "google/protobuf/util/time_util.h"
#include "tests/bench/measure.h"

namespace baton::bench {

rehearse::WaitLimit Patiently() {
  rehearse::WaitLimit limit;
  limit.deadline = absl::Now() + kPatience;
  return limit;
}

std::unique_ptr<rehearse::Lab> StartLab(uint32_t hosts) {
  std::unique_ptr<rehearse::Lab> lab =
      Require(rehearse::Lab::Make(PosixFileSystem(), SystemClock(), BENCH_PROGRAMS, hosts));
  Require(lab->Start(Patiently()));
  return lab;
}

void Kill(rehearse::Lab& lab, const std::string& process) {
  Require(lab.processes().Signal(process, SIGKILL));
  Require(lab.processes().Await(process, kPatience));
}

FarmFile LoadFarm(const rehearse::LabLayout& layout) {
  return Require(LoadFarmFile(PosixFileSystem(), layout.coordinator_folder() + "/farm.yaml"));
}

std::unique_ptr<GrpcCredentials> CoordinatorCredentials(const rehearse::LabLayout& layout) {
  const std::string folder = layout.IdentityOf(rehearse::kLabCoordinatorName);
  return std::make_unique<GrpcCredentials>(
      PosixFileSystem(), SystemClock(),
      Require(LoadIdentity(PosixFileSystem(), folder, {}, absl::Now())));
}

void Describe(AgentClient& agents, const std::string& host,
              const agent::v1::GetHostRequest& request) {
  std::promise<absl::Status> answered;
  agents.GetHost(host, request, kPatience,
                 [&answered](const absl::StatusOr<plan::v1::Host>& state) {
                   answered.set_value(state.status());
                 });
  Require(answered.get_future().get());
}

absl::Time TimeOf(const journal::v1::Record& record) {
  return absl::FromUnixNanos(
      google::protobuf::util::TimeUtil::TimestampToNanoseconds(record.time()));
}

}  // namespace baton::bench
