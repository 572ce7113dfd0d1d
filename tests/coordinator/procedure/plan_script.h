#pragma once

#include <string>
#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "tests/support/farm_builder.h"

namespace baton {

// Builds a farm and plans, line by line:
//
//   farm N [standalone] [java] [cache=H] [controller=H]  a healthy farm of N front-ends
//   show lanes | show steps        how plans are shown: short for large farms, or in full (default)
//   set HOST SERVICE STATE TYPE    a service as it is found; states and types as in the protos
//   silence HOST                   its agent does not answer
//   assign HOST [CACHE]            every agent keeps that HOST has the Deployment Controller
//   maintain HOST                  the farm file has it in maintenance
//   fence HOST [ERROR WORDS]       the farm file says how it is cut off, or why that cannot be used
//   sight FROM HOST VERDICT        what FROM sees of the Deployment Controller of HOST
//   witness HOST                   every other host that answers gets no answer from that of HOST
//   owe HOST [stand-down]          the journal has that it owes
//   emergency OPTIONS              for the plans that follow: as on the command line
//   passive HOST...                front-ends whose Scheduler is stopped and disabled
//   group HOST GROUP               the group that the farm file gives a host
//   drain TIME                     the farm file's
//   activate-passive [WORDS]       that plan, options as on the command line
//   cache KEY VALUE                what the farm file says of the cache
//   password [ERROR WORDS]         the farm file names the cache's password
//   setting HOST SETTING VALUE     a setting as it is found; MISSING or ENCRYPTED for such
//   serial HOST SERIAL             another serial; UNKNOWN: it cannot be read, NONE: no source
//   license SERIAL [ERROR WORDS]   a license that the farm file stages
//   login [missing | ERROR WORDS]  the farm file's login for Service Center, or why there is none
//   no-tool HOST TOOL              the host's profile lacks it
//   tool-timeout HOST TOOL SECONDS      the longest that it may run there
//   start-timeout HOST SERVICE SECONDS  the longest that it may take to start there
//   republish POLICY [REASON]      for the plans that follow
//   end TO | end-both TO           of such a plan: findings, license, modules, what is left over
//   plan TO [PARALLEL]             the plan of `move-controller --to TO`
//   plan-both TO [PARALLEL]        the plan of `move-controller-and-cache --to TO`
//   check-both TO                  its findings alone
class PlanScript {
 public:
  // Carries a line out and answers it.
  std::string Run(const std::string& line);

 private:
  using Words = std::vector<std::string>;

  std::string Build(const Words& words);
  std::string Set(const Words& words);
  std::string Silence(const Words& words);
  std::string Assign(const Words& words);
  std::string Passive(const Words& words);
  std::string Group(const Words& words);
  std::string Drain(const Words& words);
  std::string ActivatePassive(const Words& words);
  std::string Cache(const Words& words);
  std::string Password(const Words& words);
  std::string SetSetting(const Words& words);
  std::string Serial(const Words& words);
  std::string License(const Words& words);
  std::string Login(const Words& words);
  std::string RemoveTool(const Words& words);
  std::string ShowAs(const Words& words);
  std::string SetToolTimeout(const Words& words);
  std::string SetStartTimeout(const Words& words);
  std::string Republish(const Words& words);
  std::string Maintain(const Words& words);
  std::string Fence(const Words& words);
  std::string Sight(const Words& words);
  std::string Witness(const Words& words);
  std::string Owe(const Words& words);
  std::string Emergency(const Words& words);
  std::string PlanEnd(const Words& words);
  std::string Pay(const Words& words);
  std::string Plan(const Words& words, plan::v1::Procedure procedure);
  std::string Shown(const plan::v1::Plan& plan) const;

  Farm farm_;
  bool lanes_ = false;
  plan::v1::ProcedureRequest asked_;
};

}  // namespace baton
