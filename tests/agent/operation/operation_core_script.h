#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "agent/operation/operation_core.h"

namespace baton {

// Drives an OperationCore by lines of text, with a log in memory, and tells what it wants in lines
// of text. The words are those of the transcripts in tests/transcripts/agent_core:
//
//   claim TOKEN [epoch= run= incarnation= end= hash= farm= adopt=yes]
//   start|stop TOKEN SERVICE ID seq=N [epoch= run= incarnation= farm=]      the fence's defaults
//   are the set-startup-type TOKEN SERVICE TYPE ID seq=N [...]                        ones of the
//   last claim rewrite TOKEN ID seq=N [before= after= value= ...]       digests are one letter,
//   repeated tool TOKEN NAME ID seq=N [...] assign TOKEN STATE CONTROLLER ID seq=N
//   [assignment_epoch= ...] logged [CODE WORDS]      the oldest write is durable, or failed ended
//   ID STATE           what was begun ended detach TOKEN restart [ID=running|exited...]    the
//   process dies; the log has what was durable crash N                  as restart, and the oldest
//   write left its first N entries behind damaged WORDS            starts with a log that cannot be
//   read compact                  the log is rewritten from the snapshot log | state shows what is
//   durable | what is known
class OperationCoreScript {
 public:
  OperationCoreScript();

  // What came of one line; an error of the script itself reads "script: ...".
  std::string Run(const std::string& line);

  OperationCore& core() { return core_; }
  const std::vector<agent::v1::LogEntry>& log() const { return log_; }

 private:
  using Words = std::vector<std::string>;
  using Options = std::map<std::string, std::string>;

  std::string Claim(const Words& words, const Options& options);
  std::string ChangeHost(const Words& words, const Options& options);
  std::string Logged(const Words& words);
  std::string Restart(const Options& tools);
  std::string State() const;
  // Remembers the writes among the effects, and describes them all.
  std::string Take(const Effects& effects);

  OperationCore core_;
  std::vector<agent::v1::LogEntry> log_;
  std::deque<Append> writes_;
  plan::v1::Fence fence_;  // of the last claim
};

// The farm, host and profile of the scripts: `apply-configuration` is repeatable, `republish` is
// not.
OperationCore::Options ScriptOptions();

// One line for each entry.
std::string DescribeLog(const std::vector<agent::v1::LogEntry>& log);

}  // namespace baton
