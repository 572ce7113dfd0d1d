#pragma once

#include <cstdint>
#include <string>

#include "deploy/lab/standin/hsconf.h"

namespace baton::standin {

// What differs between the settings of farms and hosts.
struct HsconfValues {
  std::string controller;  // CompilerServerHostname, and the host of the cache
  std::string address;     // OutgoingIPAddress
  std::string database;    // HOST:PORT, the same in all three database sections
  uint16_t application_port = 8080;
  bool java = false;  // of OutSystems 10 on the Java stack
};

// A complete server.hsconf of OutSystems 11 with SQL Server, or what OutSystems 10 for Java has of
// it. Secrets are plain: an apply encrypts them.
Hsconf MakeHsconf(const HsconfValues& values);

}  // namespace baton::standin
