#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/plan.pb.h"

namespace baton::engine {

// What hosts owe: the fold of Apply over the records of a journal. A debt that is opened replaces
// the one before, but a stand-down that was owed stays owed, and what is settled is no more. Pure;
// not thread-safe.
class DebtBook {
 public:
  // Takes in the next record; those about other things change nothing.
  void Apply(const journal::v1::Record& record);

  // Those that are open, in the order of the hosts' names.
  std::vector<plan::v1::Debt> Open() const;

 private:
  std::map<std::string, plan::v1::Debt, std::less<>> debts_;  // by host
};

}  // namespace baton::engine
