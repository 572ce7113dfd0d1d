#include "agent/host/profile_initialization_probe.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "agent/profile/profile_parser.h"
#include "gmock/gmock.h"
#include "tests/agent/probes/local_listener.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

// A host whose Deployment Controller has one port, on which something listens.
class ProfileInitializationProbeTest : public testing::Test {
 protected:
  InitializationReport Check() {
    const absl::StatusOr<Profile> profile =
        ResolveProfile("p.yaml",
                       absl::StrCat("base: standin\nservices:\n- service: controller\n  ports: [",
                                    listener_.port(), "]\n"),
                       {});
    EXPECT_OK(profile.status());
    PlatformConfiguration configuration(fs_, *profile);
    return ProfileInitializationProbe(fs_, *profile, configuration, "127.0.0.1", own_ports_)
        .Check(plan::v1::CONTROLLER);
  }

  LocalListener listener_;
  FakeFileSystem fs_;
  OwnPorts own_ports_;
};

TEST_F(ProfileInitializationProbeTest, TakesAPortThatAnswersForTheService) {
  EXPECT_EQ(Check().initialization, plan::v1::INITIALIZED);
  listener_.Close();
  EXPECT_EQ(Check().initialization, plan::v1::NOT_INITIALIZED);
}

// Else a host of the Java stack would look as if a second Deployment Controller ran there.
TEST_F(ProfileInitializationProbeTest, DoesNotTakeTheAgentForTheService) {
  own_ports_.Add(static_cast<uint16_t>(listener_.port()));
  const InitializationReport report = Check();
  EXPECT_EQ(report.initialization, plan::v1::NOT_INITIALIZED);
  EXPECT_THAT(report.detail, HasSubstr("is listened on by the agent, for a try"));
}

}  // namespace
}  // namespace baton
