#include "deploy/lab/standin/database_core.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"

namespace baton::standin {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr DatabaseCore::SessionId kOld = 1;
constexpr DatabaseCore::SessionId kNew = 2;

class DatabaseCoreTest : public testing::Test {
 protected:
  void TwoControllersSayHello() {
    ASSERT_EQ(core_.OnLine(kOld, "hello controller fe1 S1"), "ok");
    ASSERT_EQ(core_.OnLine(kNew, "hello controller fe2 S2"), "ok");
    EXPECT_THAT(core_.TakeEvents(),
                ElementsAre("controller-connected fe1", "license-installed S1 fe1",
                            "controller-connected fe2"));
  }

  DatabaseCore core_;
};

TEST_F(DatabaseCoreTest, RecordsASplitBrainOnceTheOlderControllerIsHeardAgain) {
  TwoControllersSayHello();
  core_.OnLine(kNew, "ping");
  EXPECT_THAT(core_.TakeEvents(), IsEmpty());
  core_.OnLine(kOld, "ping");
  core_.OnLine(kOld, "ping");
  EXPECT_THAT(core_.TakeEvents(), ElementsAre("split-brain fe1 fe2"));
}

TEST_F(DatabaseCoreTest, RecordsASplitBrainWhenTheOlderControllerEndsAfterTheNewerCame) {
  TwoControllersSayHello();
  core_.OnClosed(kOld, /*silent=*/false);
  EXPECT_THAT(core_.TakeEvents(),
              ElementsAre("split-brain fe1 fe2", "controller-disconnected fe1"));
}

TEST_F(DatabaseCoreTest, DoesNotTakeASilentControllerForASplitBrain) {
  TwoControllersSayHello();
  core_.OnClosed(kOld, /*silent=*/true);
  EXPECT_THAT(core_.TakeEvents(), ElementsAre("controller-disconnected fe1"));
}

TEST_F(DatabaseCoreTest, TakesAReconnectingControllerForOne) {
  core_.OnLine(kOld, "hello controller fe1 S1");
  core_.OnLine(kNew, "hello controller fe1 S1");
  core_.OnLine(kOld, "ping");
  EXPECT_THAT(core_.TakeEvents(), Not(Contains(StartsWith("split-brain"))));
}

TEST_F(DatabaseCoreTest, RecordsToolsThatOverlap) {
  core_.OnLine(kOld, "hello tool apply-configuration fe1");
  core_.OnLine(kNew, "hello tool install-service-center fe2");
  core_.OnClosed(kOld, /*silent=*/false);
  EXPECT_THAT(core_.TakeEvents(), ElementsAre("tool-started apply-configuration fe1",
                                              "tool-started install-service-center fe2",
                                              "tool-overlap install-service-center fe1 fe2",
                                              "tool-finished apply-configuration fe1"));
}

TEST_F(DatabaseCoreTest, SeesNoOverlapInToolsThatFollowEachOther) {
  core_.OnLine(kOld, "hello tool apply-configuration fe1");
  core_.OnClosed(kOld, /*silent=*/false);
  core_.OnLine(kNew, "hello tool apply-configuration fe2");
  core_.OnClosed(kNew, /*silent=*/false);
  EXPECT_THAT(core_.TakeEvents(), Not(Contains(StartsWith("tool-overlap"))));
}

TEST_F(DatabaseCoreTest, ListsRegisteredServersUntilTheyAreDisabled) {
  core_.OnLine(kOld, "register fe1 10.0.0.11:12001");
  core_.OnLine(kOld, "register fe2 10.0.0.12:12001");
  EXPECT_EQ(core_.OnLine(kOld, "servers"), "ok fe1=10.0.0.11:12001 fe2=10.0.0.12:12001");
  EXPECT_EQ(core_.OnLine(kOld, "disable-server fe1"), "ok");
  EXPECT_EQ(core_.OnLine(kOld, "servers"), "ok fe2=10.0.0.12:12001");
  EXPECT_EQ(core_.OnLine(kOld, "register fe1 10.0.0.11:12001"), "ok");
  EXPECT_EQ(core_.OnLine(kOld, "servers"), "ok fe1=10.0.0.11:12001 fe2=10.0.0.12:12001");
}

TEST_F(DatabaseCoreTest, BindsTheLicenseToTheFirstControllerUntilAnotherIsInstalled) {
  EXPECT_EQ(core_.OnLine(kOld, "license"), "ok - -");
  core_.OnLine(kOld, "hello controller fe1 S1");
  core_.OnLine(kNew, "hello controller fe2 S2");
  EXPECT_EQ(core_.OnLine(kOld, "license"), "ok S1 S2");
  core_.OnLine(kNew, "set-license S2 fe2");
  EXPECT_EQ(core_.OnLine(kOld, "license"), "ok S2 S2");
  EXPECT_EQ(core_.OnLine(kOld, "login 00"), "error Invalid username or password.");
  core_.SetLogin("00");
  EXPECT_EQ(core_.OnLine(kOld, "login 00"), "ok");
}

TEST_F(DatabaseCoreTest, KeepsServersAndLicenseThroughARestart) {
  core_.OnLine(kOld, "hello controller fe1 S1");
  core_.OnLine(kOld, "register fe1 10.0.0.11:12001");
  core_.OnLine(kOld, "register fe2 10.0.0.12:12001");
  core_.OnLine(kOld, "disable-server fe2");
  DatabaseCore restarted;
  ASSERT_OK(restarted.Load(core_.Save()));
  EXPECT_EQ(restarted.Save(), core_.Save());
  EXPECT_EQ(restarted.OnLine(kOld, "servers"), "ok fe1=10.0.0.11:12001");
  EXPECT_THAT(restarted.Load("server fe1"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("server fe1")));
}

class MalformedLine : public DatabaseCoreTest, public testing::WithParamInterface<std::string> {};

TEST_P(MalformedLine, IsRefusedWithoutAnEvent) {
  EXPECT_THAT(core_.OnLine(kOld, GetParam()), StartsWith("error "));
  EXPECT_THAT(core_.TakeEvents(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, MalformedLine,
                         testing::Values("", "   ", "hello", "hello controller fe1",
                                         "hello operator fe1 S1", "register fe1",
                                         "disable-server fe9", "record split-brain fe1",
                                         "record republish", "ping ping", "drop table"));

TEST_F(DatabaseCoreTest, RefusesMoreServersThanTheLimit) {
  for (size_t i = 0; i < kServersMax; ++i) {
    ASSERT_EQ(core_.OnLine(kOld, "register h" + std::to_string(i) + " 10.0.0.1:1"), "ok");
  }
  EXPECT_EQ(core_.OnLine(kOld, "register one-more 10.0.0.1:1"), "error too many servers");
}

}  // namespace
}  // namespace baton::standin
