#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "common/sync/mutex.h"
#include "coordinator/agent_client/agent_client.h"

namespace baton {

// Agents that describe their hosts and answer tries as they are told, and remember who tried, who
// listened and for whom it was enough. Set it up before calls are made, which may come from several
// threads.
class ScriptedAgents : public AgentClient {
 public:
  void Claim(const std::string& /*host*/, const agent::v1::ClaimRequest& /*request*/,
             absl::Duration /*timeout*/, Callback<plan::v1::Claim> done) override {
    done(absl::UnimplementedError("claim"));
  }
  void GetHost(const std::string& host, const agent::v1::GetHostRequest& /*request*/,
               absl::Duration /*timeout*/, Callback<plan::v1::Host> done) override {
    const auto found = hosts.find(host);
    if (found == hosts.end()) return done(absl::UnavailableError("no answer"));
    done(found->second);
  }
  void Change(const std::string& /*host*/, const ChangeRequest& /*request*/,
              absl::Duration /*timeout*/, OutputSink /*output*/,
              Callback<plan::v1::Operation> done) override {
    done(absl::UnimplementedError("change"));
  }
  void Probe(const std::string& host, const agent::v1::ProbeRequest& request,
             absl::Duration /*timeout*/, Callback<agent::v1::ProbeReport> done) override {
    Note(absl::StrCat(host, " tries ", request.targets_size()));
    if (deaf == host) return done(absl::UnavailableError("connection refused"));
    agent::v1::ProbeReport report;
    for (const agent::v1::ProbeTarget& target : request.targets()) {
      agent::v1::ProbeResult& result = *report.add_results();
      const bool closed = target.tcp().port() == closed_port;
      result.set_verdict(closed ? plan::v1::SILENT : plan::v1::ACCEPTS);
      result.set_detail(closed ? "no answer" : "");
    }
    done(std::move(report));
  }
  Cancel Listen(const std::string& host, const agent::v1::ListenRequest& request,
                absl::Duration /*timeout*/, Callback<agent::v1::ListenReport> listens) override {
    Note(absl::StrCat(host, " listens"));
    if (silent_listener) {
      late = std::move(listens);
    } else {
      agent::v1::ListenReport report;
      for (const uint32_t port : request.ports()) {
        report.add_results()->set_port(port);
        report.mutable_results()->rbegin()->set_listening(true);
      }
      listens(std::move(report));
    }
    return [this, host] { Note(absl::StrCat(host, " is done")); };
  }

  // What was asked so far, in order.
  std::vector<std::string> calls() {
    MutexLock lock(mutex_);
    return calls_;
  }

  std::map<std::string, plan::v1::Host> hosts;  // those that describe themselves
  uint32_t closed_port = 0;
  std::string deaf;              // host whose agent does not try
  bool silent_listener = false;  // agents do not say that they listen
  Callback<agent::v1::ListenReport> late;

 private:
  void Note(std::string call) {
    MutexLock lock(mutex_);
    calls_.push_back(std::move(call));
  }

  Mutex mutex_;
  std::vector<std::string> calls_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton
