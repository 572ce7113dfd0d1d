#pragma once

#include <string>

#include "baton/journal/v1/journal.pb.h"

namespace baton::ctl {

// What a journal record says, in one sentence: "claim: fe1 accepted epoch 8". Not cleaned for
// terminals. Views that know the plan have more to say of steps than this.
std::string RecordWords(const journal::v1::Record& record);

}  // namespace baton::ctl
