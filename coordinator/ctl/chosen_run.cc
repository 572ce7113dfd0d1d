#include "coordinator/ctl/chosen_run.h"

#include "common/status/status_macros.h"

namespace baton::ctl {

absl::StatusOr<std::string> ChosenRun(Session& session, CoordinatorClient& client) {
  if (!session.options().run.empty()) return session.options().run;
  coordinator::v1::ListRunsRequest request;
  request.set_page_size(1);
  ASSIGN_OR_RETURN(const coordinator::v1::ListRunsResponse runs, client.ListRuns(request));
  if (runs.runs().empty()) return absl::NotFoundError("there is no run yet");
  return runs.runs(0).run();
}

}  // namespace baton::ctl
