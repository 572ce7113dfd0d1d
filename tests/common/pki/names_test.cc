#include "common/pki/names.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(PeerName, TravelsAsAUri) {
  const PeerName peer{"prod", Role::kAgent, "fe1.example"};
  EXPECT_EQ(FormatPeerUri(peer), "baton://prod/agent/fe1.example");
  EXPECT_THAT(ParsePeerUri(FormatPeerUri(peer)), IsOkAndHolds(peer));
  EXPECT_EQ(FormatActor(peer), "agent:fe1.example");
}

TEST(PeerName, EveryRoleHasAWord) {
  for (const Role role : {Role::kCoordinator, Role::kAgent, Role::kOperator, Role::kViewer}) {
    EXPECT_THAT(ParseRole(RoleName(role)), IsOkAndHolds(role));
  }
}

struct BadUri {
  std::string uri;
  std::string complaint;
};

TEST(PeerName, SaysWhatIsWrongWithAUri) {
  const std::string longest(kNameSizeMax, 'a');
  EXPECT_OK(ParsePeerUri("baton://" + longest + "/viewer/" + longest));
  const std::vector<BadUri> cases = {
      {"", "want baton://FARM/ROLE/NAME"},
      {"spiffe://prod/agent/fe1", "want baton://FARM/ROLE/NAME"},
      {"baton://prod/agent", "want baton://FARM/ROLE/NAME"},
      {"baton://prod/agent/fe1/x", "want baton://FARM/ROLE/NAME"},
      {"baton:///agent/fe1", "farm id \"\" must be"},
      {"baton://Prod/agent/fe1", "farm id \"Prod\" must be"},
      {"baton://prod/root/fe1", "must be one of coordinator, agent, operator, viewer"},
      {"baton://prod/AGENT/fe1", "role \"AGENT\""},
      {"baton://prod/agent/", "name \"\" must be"},
      {"baton://prod/agent/..", "name \"..\" must be"},
      {"baton://prod/agent/fe1%2f", "name \"fe1%2f\" must be"},
      {"baton://prod/agent/fe1\n", R"(name "fe1\n" must be)"},
      {std::string("baton://prod/agent/fe1\0x", 24), R"(name "fe1\x00x" must be)"},
      {"baton://prod/agent/" + longest + "a", "1 to 63 characters"},
  };
  for (const BadUri& bad : cases) {
    EXPECT_THAT(ParsePeerUri(bad.uri),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("peer name"), HasSubstr(bad.complaint))));
  }
}

}  // namespace
}  // namespace baton
