#include "coordinator/procedure/republish_move.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/words/words.h"
#include "coordinator/procedure/tool_arguments.h"

namespace baton {
namespace {

bool AnyHostHas(const ObservedFarm& farm, plan::v1::Tool tool) {
  const auto& hosts = farm.observation().hosts();
  return std::any_of(hosts.begin(), hosts.end(), [tool](const plan::v1::HostObservation& host) {
    return FindTool(host.state(), tool) != nullptr;
  });
}

RepublishMove NotRun(std::string why) {
  RepublishMove move;
  move.why = std::move(why);
  return move;
}

}  // namespace

RepublishMove PlanRepublishMove(const ObservedFarm& farm,
                                const plan::v1::ProcedureRequest& request) {
  if (request.republish() == plan::v1::REPUBLISH_NONE) {
    return NotRun(absl::StrCat("left out by --republish none: ", request.reason()));
  }
  const plan::v1::Host* host = farm.State(request.to());
  if (host == nullptr) return NotRun(absl::StrCat(request.to(), " was not observed"));
  const plan::v1::Tool wanted = request.republish() == plan::v1::REPUBLISH_APPLY_SETTINGS
                                    ? plan::v1::APPLY_SETTINGS
                                    : plan::v1::REPUBLISH;
  const plan::v1::ToolProfile* tool = FindTool(*host, wanted);
  if (tool == nullptr) {
    RepublishMove move =
        NotRun(absl::StrCat("the profile on ", request.to(), " has no ", Word(wanted)));
    move.tool_missing = AnyHostHas(farm, wanted);
    return move;
  }
  if (std::string trouble = LoginTrouble(farm); LogsIn(*tool) && !trouble.empty()) {
    RepublishMove move = NotRun(std::move(trouble));
    move.login_missing = true;
    return move;
  }
  RepublishMove move;
  move.tool = wanted;
  return move;
}

}  // namespace baton
