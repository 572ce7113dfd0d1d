#include "coordinator/procedure/reach_findings.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "coordinator/procedure/finding_catalog.h"

namespace baton {
namespace {

using plan::v1::Finding;
using plan::v1::PortReach;

// Tries of one place, in the observation's order.
using Tries = std::vector<const PortReach*>;

std::string Place(const PortReach& attempt) {
  return absl::StrCat(attempt.address(), " port ", attempt.port());
}

// "from fe1, fe3: no answer within 1.2s": the words of the first, for all.
std::string Failures(const Tries& tries) {
  std::vector<std::string> hosts;
  hosts.reserve(tries.size());
  for (const PortReach* attempt : tries) hosts.push_back(attempt->from());
  return absl::StrCat("from ", absl::StrJoin(hosts, ", "), ": ", tries.front()->detail());
}

// One host whose ports are not reached.
Finding NotReached(const std::string& to, const Tries& tries) {
  std::map<std::pair<std::string, uint32_t>, Tries> places;
  std::vector<std::string> words;
  for (const PortReach* attempt : tries) {
    if (attempt->from() == to && attempt->detail().find("listen on") == 0) {
      words.push_back(absl::StrCat("nothing can listen on port ", attempt->port(), " of ", to, ": ",
                                   attempt->detail()));
    } else {
      places[{attempt->address(), attempt->port()}].push_back(attempt);
    }
  }
  for (const auto& [place, failed] : places) {
    words.push_back(absl::StrCat(Place(*failed.front()), " is not reached ", Failures(failed)));
  }
  return MakeFinding("port-not-reachable", to, absl::StrJoin(words, "; "));
}

// One database that hosts do not reach.
Finding DatabaseNotReached(const Tries& failed, size_t tried) {
  std::string reason = absl::StrCat("the database at ", Place(*failed.front()), " is not reached ",
                                    Failures(failed));
  if (tried > 1 && 2 * failed.size() > tried) {
    absl::StrAppend(&reason, ". ", failed.size(), " of ", tried,
                    " hosts do not reach it: moving the Deployment Controller will not help");
  }
  return MakeFinding("database-unreachable", failed.size() == 1 ? failed.front()->from() : "",
                     std::move(reason));
}

}  // namespace

std::vector<Finding> FindReachTrouble(const ObservedFarm& farm) {
  std::map<std::string, Tries> hosts;
  std::map<std::pair<std::string, uint32_t>, Tries> databases;
  std::map<std::pair<std::string, uint32_t>, size_t> tried;
  for (const PortReach& attempt : farm.observation().reach()) {
    if (farm.LeftOut(attempt.from())) continue;
    const std::pair<std::string, uint32_t> place = {attempt.address(), attempt.port()};
    if (attempt.to().empty()) ++tried[place];
    if (attempt.reached()) continue;
    (attempt.to().empty() ? databases[place] : hosts[attempt.to()]).push_back(&attempt);
  }
  std::vector<Finding> findings;
  for (const FarmHost& host : farm.file().hosts) {
    const auto found = hosts.find(host.name);
    if (farm.LeftOut(host.name)) continue;
    if (found != hosts.end()) findings.push_back(NotReached(host.name, found->second));
  }
  for (const auto& [place, failed] : databases) {
    findings.push_back(DatabaseNotReached(failed, tried[place]));
  }
  return findings;
}

}  // namespace baton
