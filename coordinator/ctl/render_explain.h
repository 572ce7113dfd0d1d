#pragma once

#include <string>

#include "baton/plan/v1/run.pb.h"
#include "baton/report/v1/report.pb.h"
#include "coordinator/ctl/json_fields.h"
#include "coordinator/ctl/text.h"
#include "coordinator/procedure/finding_catalog.h"

namespace baton::ctl {

// What `baton explain` shows without words: every finding with its level, and the same for
// programs.
std::string RenderFindingKinds(const Style& style);
JsonFields FindingFields();

// What it shows of one finding, and the same for programs.
std::string RenderFindingKind(const FindingKind& kind, const Style& style);
JsonFields ToFields(const FindingKind& kind);

// What it shows of a step of a run: what the step is for, every try with what was read back and the
// system's words, and the commands that apply.
std::string RenderStepLine(const report::v1::StepLine& step, const plan::v1::Run& run,
                           const Style& style);

}  // namespace baton::ctl
