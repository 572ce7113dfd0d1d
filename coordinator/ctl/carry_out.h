#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/ctl/coordinator_client.h"
#include "coordinator/ctl/exit_code.h"
#include "coordinator/ctl/options.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {

// Writes the options that every plan takes into the request: how many hosts at a time, what becomes
// of the modules, what is accepted, and why. INVALID_ARGUMENT for a value that is none of those
// known.
absl::Status AddPlanOptions(const Options& options, plan::v1::ProcedureRequest& request);

// INVALID_ARGUMENT if nobody can be asked for the confirmation that starting a run takes: no name
// on the command line, and no terminal. `command` is what the message begins with; `name` says
// which name it takes.
absl::Status CheckCanConfirm(
    Session& session, absl::string_view command,
    absl::string_view name =
        "the new Deployment Controller's name, or the farm's where none moves");

// Shows a plan, has it confirmed, starts it and watches the run until it stands still, as the
// options say. A plan whose findings forbid it is shown and refused.
absl::StatusOr<ExitCode> CarryOut(Session& session, CoordinatorClient& client,
                                  const plan::v1::Plan& plan);

}  // namespace baton::ctl
