#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "coordinator/service/coordinator_service.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using testing::ElementsAre;

// The methods that the role may call, by their names.
std::set<std::string> MayCall(Role role) {
  const MethodPolicy policy = CoordinatorPolicy();
  const google::protobuf::ServiceDescriptor& service =
      *coordinator::v1::GetFarmRequest::descriptor()->file()->service(0);
  std::set<std::string> methods;
  for (int i = 0; i < service.method_count(); ++i) {
    const std::string path = absl::StrCat("/", service.full_name(), "/", service.method(i)->name());
    if (policy.Check(PeerName{"prod", role, "somebody"}, path).ok()) {
      methods.insert(service.method(i)->name());
    }
  }
  return methods;
}

TEST(CoordinatorPolicy, LetsAnAgentAskForTheAssignmentAlone) {
  EXPECT_THAT(MayCall(Role::kAgent), ElementsAre("GetAssignment"));
}

TEST(CoordinatorPolicy, LetsAViewerLook) {
  EXPECT_THAT(MayCall(Role::kViewer),
              ElementsAre("CheckReadiness", "CreatePlan", "GetAssignment", "GetFarm", "GetPlan",
                          "GetRun", "GetRunHistory", "GetVersion", "ListRuns", "ReplayRun",
                          "TestSecrets", "WatchRun"));
}

TEST(CoordinatorPolicy, LetsAnOperatorCallEverything) {
  const auto& service = *coordinator::v1::GetFarmRequest::descriptor()->file()->service(0);
  EXPECT_EQ(MayCall(Role::kOperator).size(), static_cast<size_t>(service.method_count()));
}

}  // namespace
}  // namespace baton
