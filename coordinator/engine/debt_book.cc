#include "coordinator/engine/debt_book.h"

namespace baton::engine {

void DebtBook::Apply(const journal::v1::Record& record) {
  if (record.has_debt_opened()) {
    const plan::v1::Debt& opened = record.debt_opened().debt();
    plan::v1::Debt& debt = debts_[opened.host()];
    const bool stand_down = debt.stand_down() || opened.stand_down();
    debt = opened;
    debt.set_stand_down(stand_down);
  }
  if (!record.has_debt_settled()) return;
  const auto debt = debts_.find(record.debt_settled().host());
  if (debt == debts_.end()) return;
  if (record.debt_settled().stand_down_only()) {
    debt->second.set_stand_down(false);
  } else {
    debts_.erase(debt);
  }
}

std::vector<plan::v1::Debt> DebtBook::Open() const {
  std::vector<plan::v1::Debt> open;
  for (const auto& [host, debt] : debts_) open.push_back(debt);
  return open;
}

}  // namespace baton::engine
