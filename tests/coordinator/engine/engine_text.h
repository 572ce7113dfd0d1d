#pragma once

#include <string>

#include "baton/journal/v1/journal.pb.h"
#include "coordinator/engine/effects.h"

namespace baton {

// What an engine writes and asks for, as a line each, for transcripts.

// "step_started stand-down/fe1/stop-controller attempt 1".
std::string DebtText(const plan::v1::Debt& debt);
std::string RecordText(const journal::v1::Record& record);

// "change fe1 run-1/.../1 fence 1 i1 12: stop controller"; empty for AppendRecords, whose records
// are shown one by one.
std::string EffectText(const engine::Effect& effect);

}  // namespace baton
