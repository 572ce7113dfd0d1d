#include "common/words/words.h"

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

TEST(Word, IsTheGeneratedNameAsPeopleWriteIt) {
  EXPECT_EQ(Word(plan::v1::MOVE_CONTROLLER_AND_CACHE), "move-controller-and-cache");
  EXPECT_EQ(Word(plan::v1::CACHE_VIRTUAL_HOST), "cache.virtual_host");
  EXPECT_EQ(Word(plan::v1::CACHE_TLS), "cache.tls");
  EXPECT_EQ(Word(plan::v1::RUN_CANCELLING), "cancelling");
  EXPECT_EQ(Word(plan::v1::REPUBLISH_APPLY_SETTINGS), "apply-settings");
  EXPECT_EQ(Word(plan::v1::REPUBLISH), "republish");
  EXPECT_EQ(Word(plan::v1::STEP_FAILED), "failed");
  EXPECT_EQ(Word(plan::v1::FINDING_ERROR), "error");
  EXPECT_EQ(Word(plan::v1::ON_LOST_CONFIRM_OFF), "confirm-off");
  EXPECT_EQ(Word(plan::v1::GUARD_ENFORCE), "enforce");
  EXPECT_EQ(Word(plan::v1::ACCEPTS), "accepts");
  EXPECT_EQ(Word(plan::v1::STARTUP_TYPE_UNSPECIFIED), "unknown");
}

TEST(Parse, FindsEveryWordAgain) {
  EXPECT_THAT(ParseSetting("cache.tls_name"), IsOkAndHolds(plan::v1::CACHE_TLS_NAME));
  EXPECT_THAT(ParseTool("create-cache-service"), IsOkAndHolds(plan::v1::CREATE_CACHE_SERVICE));
  EXPECT_THAT(ParseRepublishPolicy("none"), IsOkAndHolds(plan::v1::REPUBLISH_NONE));
  EXPECT_THAT(ParseOnLost("owe"), IsOkAndHolds(plan::v1::ON_LOST_OWE));
  EXPECT_THAT(ParseService("scheduler"), IsOkAndHolds(plan::v1::SCHEDULER));
}

TEST(Parse, ListsTheWordsThereAre) {
  EXPECT_THAT(ParseStartupType("auto"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("\"auto\" is none of: automatic, manual, disabled, other")));
}

TEST(ActionText, DiffersForDifferentActionsAndHidesSecrets) {
  plan::v1::Action action;
  action.mutable_stop_service()->set_service(plan::v1::SCHEDULER);
  EXPECT_EQ(ActionText(action), "stop scheduler");
  plan::v1::SettingChange* change = action.mutable_rewrite()->add_changes();
  change->set_setting(plan::v1::CONTROLLER_HOST);
  change->set_new_value("10.0.0.12");
  change = action.mutable_rewrite()->add_changes();
  change->set_setting(plan::v1::CACHE_PASSWORD);
  change->set_new_value("hunter2");
  action.mutable_rewrite()->set_expected_digest("\x01\xff");
  EXPECT_EQ(ActionText(action),
            "rewrite-configuration 01ff controller.host=10.0.0.12 cache.password=(secret)");
  EXPECT_TRUE(Changes(action));
  action.mutable_rewrite()->mutable_changes(0)->set_secret("a-name");
  EXPECT_EQ(ActionText(action),
            "rewrite-configuration 01ff controller.host=(secret) cache.password=(secret)");
  EXPECT_TRUE(MayChange(action));
  action.mutable_expect_ping();
  EXPECT_FALSE(Changes(action));
  EXPECT_FALSE(MayChange(action));
  action.mutable_hook();
  EXPECT_FALSE(Changes(action));
  EXPECT_TRUE(MayChange(action));
}

}  // namespace
}  // namespace baton
