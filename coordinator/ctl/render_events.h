#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "coordinator/ctl/run_progress.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {

// Whole lines of a tool's output, for an output that is no terminal.
std::string RenderOutput(absl::string_view output);

// A record of a run as lines with their line feeds, for an output that is no terminal. Empty for
// events that say nothing new, and for output. `progress` has taken the event in.
std::string RenderEvent(const coordinator::v1::RunEvent& event, const RunProgress& progress,
                        const Style& style);

// A live view of the run: at most `height` lines of at most the style's width, the header first:
// the steps around the one under way, with its tool's newest output.
std::string RenderLive(const RunProgress& progress, int height, const Style& style);

}  // namespace baton::ctl
