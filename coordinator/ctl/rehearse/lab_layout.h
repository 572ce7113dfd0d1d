#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace baton::rehearse {

inline constexpr uint32_t kLabHostsMin = 2;
inline constexpr uint32_t kLabHostsMax = 30;

// What a lab behaves like.
enum class LabStack { kDotnet, kJava };

// One host of a lab.
struct LabHost {
  std::string name;      // "fe1"
  std::string address;   // of the platform's services and of its agent
  std::string state;     // folder of platform-standin
  std::string agent;     // folder of baton-agent
  std::string identity;  // folder with the agent's certificate
  std::string serial;    // what a license for it is bound to: no two hosts have the same
  std::string license;   // file with a license for it, on the machine of the Baton coordinator
  bool passive = false;  // its Scheduler is stopped and disabled
  bool relayed = false;  // the Baton coordinator reaches its agent through a relay
};

// Where everything of a lab lies, and what its configuration files say. Pure: makes nothing.
//
// A lab is a farm on loopback addresses: the Baton coordinator at 127.A.B.1, the database at
// 127.A.B.10, hosts from 127.A.B.11 on. A and B follow from the process, so that rehearsals that
// run at the same time do not meet.
class LabLayout {
 public:
  // `folder` is the lab's own, `programs` the one with the programs. The last `passive` hosts stand
  // by. REQUIRES: kLabHostsMin <= hosts <= kLabHostsMax, passive < hosts.
  LabLayout(std::string folder, std::string programs, uint32_t hosts, int64_t process_id,
            uint32_t passive = 0, LabStack stack = LabStack::kDotnet);

  LabStack stack() const { return stack_; }
  const std::string& folder() const { return folder_; }
  const std::string& farm_id() const { return farm_id_; }
  // "127.3.94.0/24".
  std::string network() const;
  // In the farm file's order; the first one has the Deployment Controller and the cache.
  const std::vector<LabHost>& hosts() const { return hosts_; }
  // Null if the lab has no host of that name.
  const LabHost* Find(absl::string_view name) const;

  // The farm file names a relay in front of the agent. Nothing if the lab has no such host.
  void PutRelayBefore(absl::string_view name);
  // Profiles wait for seconds where they would wait for minutes: for faults that make them wait.
  void Hurry() { hurried_ = true; }

  std::string coordinator_address() const { return Address(1); }
  std::string database_address() const { return Address(10); }
  std::string database_state() const { return folder_ + "/database"; }
  std::string authority() const { return folder_ + "/pki"; }
  // The identity folder of a name that the authority issued to.
  std::string IdentityOf(absl::string_view name) const;
  std::string coordinator_folder() const { return folder_ + "/coordinator"; }
  // Where the farm file says that the cache's password is.
  std::string cache_password_file() const { return coordinator_folder() + "/cache-password"; }
  // The same of Service Center's account, whose name is kLabServiceCenterUser.
  std::string service_center_password_file() const {
    return coordinator_folder() + "/service-center-password";
  }
  // Where the database's folder says what that account is.
  std::string service_center_login_file() const {
    return database_state() + "/service-center-login";
  }
  std::string logs() const { return folder_ + "/log"; }
  // The path of one of the programs.
  std::string Program(absl::string_view name) const;

  // Texts of configuration files.
  std::string FarmFile() const;
  std::string CoordinatorConfig() const;
  std::string AgentConfig(const LabHost& host) const;
  // A license that the stand-in takes on this host, and on no other.
  std::string License(const LabHost& host) const;
  // The stand-in's account of Service Center.
  std::string ServiceCenterLogin() const;
  // The profile beside it, with less patience than the stack's own; empty where that one serves.
  std::string Profile() const;

 private:
  std::string Address(uint32_t last) const;
  // The lines of an agent's configuration that say what the host is.
  std::string BackendOf(const LabHost& host) const;

  const std::string folder_;
  const std::string programs_;
  const int64_t process_id_;
  const LabStack stack_;
  const std::string farm_id_;
  bool hurried_ = false;
  std::vector<LabHost> hosts_;
};

// Names in certificates of a lab.
inline constexpr char kLabCoordinatorName[] = "main";
inline constexpr char kLabOperatorName[] = "rehearsal";

// What moves of the cache set its password to. Nothing else in a lab holds these words.
inline constexpr char kLabCachePassword[] = "a-password-to-rehearse-with";

// Service Center's account in a lab. Nothing else holds these words.
inline constexpr char kLabServiceCenterUser[] = "rehearsing";
inline constexpr char kLabServiceCenterPassword[] = "a-password-for-service-center";

// Ports of a lab; the agent's and the Baton coordinator's are those that they always have.
inline constexpr uint16_t kLabDatabasePort = 1433;
inline constexpr uint16_t kLabAgentPort = 7601;
inline constexpr uint16_t kLabCoordinatorPort = 7600;
// Of the relay in front of an agent, at the agent's address.
inline constexpr uint16_t kLabRelayPort = 7602;
inline constexpr uint16_t kLabWebPort = 8080;

}  // namespace baton::rehearse
