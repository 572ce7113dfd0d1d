#include "coordinator/procedure/move_findings.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

using plan::v1::Finding;

std::string Lines(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    absl::StrAppend(&text, finding.name(), " ", finding.host(), ": ", finding.reason(), "\n");
  }
  return text;
}

class AccountTest : public testing::Test {
 protected:
  AccountTest() {
    farm_.Host("fe1").mutable_facts()->set_hostname("WEB1");
    farm_.Host("fe2").mutable_facts()->set_hostname("WEB2");
  }

  // What is found when the Deployment Controller runs under one account and would under another.
  std::string Found(const char* old_account, const char* account) {
    farm_.Service("fe1", plan::v1::CONTROLLER).set_account(old_account);
    farm_.Service("fe2", plan::v1::CONTROLLER).set_account(account);
    return Lines(FindCandidateTrouble(ObservedFarm(farm_.file, farm_.observation), "fe2"));
  }

  Farm farm_ = MakeFarm();
};

TEST_F(AccountTest, DiffersFromTheOldDeploymentControllers) {
  EXPECT_EQ(Found(R"(CORP\os)", "LocalSystem"),
            "service-account-differs fe2: the Deployment Controller would run as LocalSystem on "
            "fe2, and runs as CORP\\os on fe1\n");
  EXPECT_NE(Found(R"(CORP\os)", R"(WEB2\os)"), "");
}

// Windows writes one account in several ways, and those of the host alone with the host's name.
TEST_F(AccountTest, IsTheSameHoweverItIsWritten) {
  EXPECT_EQ(Found(R"(CORP\os)", R"(corp\OS)"), "");
  EXPECT_EQ(Found(R"(WEB1\OSControllerUser)", R"(.\oscontrolleruser)"), "");
  EXPECT_EQ(Found(R"(WEB1\OSControllerUser)", R"(WEB2\OSControllerUser)"), "");
  EXPECT_EQ(Found("LocalSystem", R"(NT AUTHORITY\SYSTEM)"), "");
}

TEST_F(AccountTest, ThatIsNotKnownIsNoFinding) {
  EXPECT_EQ(Found("", "LocalSystem"), "");
  EXPECT_EQ(Found("LocalSystem", ""), "");
}

std::string Remarks(const Farm& farm, plan::v1::Procedure procedure) {
  plan::v1::ProcedureRequest request;
  request.set_procedure(procedure);
  request.set_to("fe2");
  return Lines(FindMoveRemarks(ObservedFarm(farm.file, farm.observation), request));
}

constexpr char kPublication[] =
    "publication-unknown : nobody can tell from the hosts whether somebody publishes modules now\n";

TEST(FindMoveRemarks, TellsOfACacheThatStaysBehind) {
  EXPECT_EQ(
      Remarks(MakeFarm({3, false, "fe1"}), plan::v1::MOVE_CONTROLLER),
      absl::StrCat(kPublication,
                   "cache-stays fe1: the cache stays on fe1, which loses the Deployment "
                   "Controller. To move both: baton plan move-controller-and-cache --to fe2\n"));
}

TEST(FindMoveRemarks, TellsOfNoCacheThatMovesOrIsElsewhere) {
  EXPECT_EQ(Remarks(MakeFarm({3, false, "fe1"}), plan::v1::MOVE_CONTROLLER_AND_CACHE),
            kPublication);
  EXPECT_EQ(Remarks(MakeFarm({3, false, "fe3"}), plan::v1::MOVE_CONTROLLER), kPublication);
  EXPECT_EQ(Remarks(MakeFarm({3, false, "mq1"}), plan::v1::MOVE_CONTROLLER), kPublication);
  EXPECT_EQ(Remarks(MakeFarm(), plan::v1::MOVE_CONTROLLER), kPublication);
}

}  // namespace
}  // namespace baton
