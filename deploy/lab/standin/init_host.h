#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace baton::standin {

// The options of `platform-standin init`.
struct InitOptions {
  std::string state;               // the folder to make
  std::string name;                // empty: the address
  std::string address;             // literal IPv4 address of the host
  std::string database;            // ADDRESS:PORT
  std::string controller;          // literal IPv4 address of the farm's Deployment Controller
  std::string role = "front-end";  // or "controller"
  bool front_end = true;           // runs deployment and scheduler
  bool cache = false;              // has the farm's RabbitMQ
  bool passive = false;            // stands by: its scheduler is disabled
  std::string stack = "dotnet";    // or "java"
  std::string serial;              // default: follows from name and address
  uint16_t application_port = 8080;
  uint64_t key_seed = 1;  // equal on all hosts of a farm: its private.key follows from it
};

// Makes the state folder of a host as an installation of the platform leaves it, settings applied.
// INVALID_ARGUMENT for addresses that are no literals; ALREADY_EXISTS if the folder holds a host.
absl::Status InitHost(const InitOptions& options);

}  // namespace baton::standin
