#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/words/shell_word.h"

namespace baton::ctl {

// Where a Baton coordinator listens unless something else is said.
inline constexpr uint16_t kDefaultPort = 7600;
inline constexpr char kDefaultAddress[] = "127.0.0.1:7600";
inline constexpr char kDefaultSocket[] = "/run/baton-coordinator/coordinator.sock";

// What stands on a command line, all commands together: each command fills in the members that its
// arguments name.
struct Options {
  // Of every command.
  std::string format = "text";  // or "json"
  std::string coordinator;      // empty: kDefaultSocket if it exists, else kDefaultAddress
  std::string socket;
  std::string identity;  // empty: the folder that exists of those that ChooseTarget knows

  // Of procedures.
  std::string procedure;
  std::string to;
  std::vector<std::string> activate;
  std::vector<std::string> deactivate;
  uint32_t max_parallel = 0;
  std::vector<std::string> accept_findings;
  std::string change;
  std::string reason;
  std::string republish;
  bool checklist = false;
  bool emergency = false;
  std::vector<std::string> lost;
  std::vector<std::string> on_lost;  // HOST=POLICY
  std::vector<std::string> confirmed_off;

  // Of runs.
  std::string plan_id;
  std::string yes;
  bool detach = false;
  std::string run;
  std::string step;
  bool retry = false;
  bool accept = false;
  bool force_stop = false;
  std::string owe;
  uint32_t limit = 0;

  // Of gates.
  std::string gate;
  std::vector<std::string> inputs;
  std::string file;

  // Of `report` and `explain`.
  std::string output;   // md, html, junit or json
  std::string subject;  // a finding or a run

  // Of `rehearse`.
  uint32_t lab_hosts = 5;
  std::string stack = "dotnet";  // of the lab
  std::vector<std::string> faults;
  std::string junit;
  std::string report;
  bool keep = false;

  // Of `debts`.
  std::string host;

  // Of `adopt`.
  std::string controller;
  std::string cache;

  // Of `pki`.
  std::string folder;
  std::string farm;
  std::string role;
  std::string name;
  std::vector<std::string> hosts;
  uint32_t days = 0;

  bool json() const { return format == "json"; }
};

// The arguments that make the command line for `options`' Baton coordinator again: "baton
// --coordinator 10.0.0.5:7600", so that commands that are shown can be pasted.
std::string ProgramWords(const Options& options);

}  // namespace baton::ctl
