#include "agent/host/host_describer.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agent/profile/profile_parser.h"
#include "common/fs/file_system.h"
#include "gmock/gmock.h"
#include "tests/agent/tools/tool_runner_fixture.h"
#include "tests/support/fake_service_manager.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A host with a Deployment Controller and a Scheduler Service, a file with a serial, and one tool
// of two installed.
class HostDescriberTest : public ToolRunnerFixture {
 protected:
  void SetUp() override {
    const std::string text = absl::StrCat(
        "name: small\n"
        "services:\n- {service: controller, unit: c, ports: [1]}\n"
        "- {service: scheduler, unit: s, ports: [2]}\n"
        "configuration: {path: /x, settings: {controller.host: S/H}, version: O/V}\n"
        "serial: {file: ",
        folder_ / "serial",
        "}\n"
        "tools:\n- {tool: install-license, command: [",
        folder_ / "here", "], timeout: 1m}\n- {tool: apply-settings, command: [",
        folder_ / "absent", "], timeout: 1m}\n");
    const absl::StatusOr<Profile> profile = ResolveProfile("p.yaml", text, {});
    ASSERT_OK(profile.status());
    profile_ = *profile;
    std::ofstream(folder_ / "here") << "";
    std::ofstream(folder_ / "serial") << "ABC\n";
    services_.service(plan::v1::CONTROLLER);
    services_.service(plan::v1::SCHEDULER);
  }

  absl::StatusOr<plan::v1::Host> Describe(const agent::v1::GetHostRequest& request) {
    PlatformConfiguration configuration(PosixFileSystem(), profile_);
    SerialReader serial(
        PosixFileSystem(), profile_, configuration, runner_, [] { return false; }, SystemClock());
    HostDescriber describer({"farm", "fe1", folder_.path(), absl::Now()}, profile_, configuration,
                            services_, services_, serial, SystemClock());
    return describer.Describe(request);
  }

  static agent::v1::GetHostRequest Asking(const std::string& field) {
    agent::v1::GetHostRequest request;
    request.mutable_read_mask()->add_paths(field);
    return request;
  }

  std::vector<plan::v1::Tool> ToolsOf(const plan::v1::Host& host) {
    std::vector<plan::v1::Tool> tools;
    for (const plan::v1::ToolProfile& tool : host.profile().tools()) tools.push_back(tool.tool());
    return tools;
  }

  Profile profile_;
  FakeServiceManager services_{SystemClock()};
};

TEST_F(HostDescriberTest, LeavesToolsOutThatAreNotInstalled) {
  ASSERT_OK_AND_ASSIGN(const plan::v1::Host host, Describe(Asking("profile")));
  EXPECT_THAT(ToolsOf(host), ElementsAre(plan::v1::INSTALL_LICENSE));
}

// The agent's own program runs those that ask on a terminal: that it is there tells nothing.
TEST_F(HostDescriberTest, LooksForTheToolBehindADialog) {
  for (ToolSpec& tool : profile_.tools) {
    tool.command = {folder_ / "here", "dialog", "--", tool.command.front()};
  }
  ASSERT_OK_AND_ASSIGN(const plan::v1::Host host, Describe(Asking("profile")));
  EXPECT_THAT(ToolsOf(host), ElementsAre(plan::v1::INSTALL_LICENSE));
}

TEST_F(HostDescriberTest, DescribesTheServicesThatAreAskedFor) {
  agent::v1::GetHostRequest request = Asking("services");
  ASSERT_OK_AND_ASSIGN(plan::v1::Host host, Describe(request));
  EXPECT_EQ(host.services_size(), 2);
  request.add_services(plan::v1::SCHEDULER);
  ASSERT_OK_AND_ASSIGN(host, Describe(request));
  ASSERT_EQ(host.services_size(), 1);
  EXPECT_EQ(host.services(0).service(), plan::v1::SCHEDULER);
  EXPECT_FALSE(host.has_serial());
}

TEST_F(HostDescriberTest, TellsTheSerialWhereItIsAskedFor) {
  ASSERT_OK_AND_ASSIGN(plan::v1::Host host, Describe(Asking("serial")));
  EXPECT_EQ(host.serial().value(), "ABC");
  EXPECT_EQ(host.services_size(), 0);
  EXPECT_EQ(host.name(), "fe1");
  ASSERT_OK_AND_ASSIGN(host, Describe({}));
  EXPECT_EQ(host.serial().value(), "ABC");
  EXPECT_EQ(host.services_size(), 2);
  EXPECT_THAT(Describe(Asking("serials")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("serials")));
}

}  // namespace
}  // namespace baton
