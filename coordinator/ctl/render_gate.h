#pragma once

#include <string>

#include "baton/plan/v1/run.pb.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {

// What the gate asks a person to do and to bring along, and until when; empty without an open gate.
std::string RenderGate(const plan::v1::Run& run, const Style& style);

// The commands that answer the gate, ready to paste, one a line, indented by two spaces.
std::string RenderGateCommands(const plan::v1::Run& run, const Style& style);

}  // namespace baton::ctl
