#include "coordinator/procedure/reach_findings.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

using plan::v1::Finding;

class FindReachTroubleTest : public testing::Test {
 protected:
  // A try of `from`; reached without words for why not.
  void Try(const char* from, const char* to, const char* address, uint32_t port,
           const char* why_not = "") {
    plan::v1::PortReach& attempt = *farm_.observation.add_reach();
    attempt.set_from(from);
    attempt.set_to(to);
    attempt.set_address(address);
    attempt.set_port(port);
    attempt.set_reached(why_not[0] == '\0');
    attempt.set_detail(why_not);
  }

  // A line a finding.
  std::string Found() const {
    std::string text;
    for (const Finding& finding : FindReachTrouble(ObservedFarm(farm_.file, farm_.observation))) {
      absl::StrAppend(&text, finding.name(), " ", finding.host(), ": ", finding.reason(), "\n");
    }
    return text;
  }

  Farm farm_ = MakeFarm();
};

TEST_F(FindReachTroubleTest, IsSilentWhereNothingWasTriedOrAllIsReached) {
  EXPECT_EQ(Found(), "");
  Try("fe1", "fe2", "10.0.0.12", 12000);
  Try("fe1", "", "sql01", 1433);
  EXPECT_EQ(Found(), "");
}

TEST_F(FindReachTroubleTest, NamesPortsAndWhoDoesNotReachThem) {
  Try("fe2", "fe3", "10.0.0.13", 12001, "no answer within 1.2s");
  Try("fe1", "fe2", "10.0.0.12", 12000, "no answer within 1.2s");
  Try("fe2", "fe2", "10.0.0.12", 12000);
  Try("fe3", "fe2", "10.0.0.12", 12000, "no answer within 1.2s");
  Try("fe1", "fe2", "10.0.0.12", 12100);
  Try("fe3", "fe2", "10.0.0.12", 12100, "connect: Connection refused (ECONNREFUSED)");
  EXPECT_EQ(
      Found(),
      "port-not-reachable fe2: 10.0.0.12 port 12000 is not reached from fe1, fe3: no answer "
      "within 1.2s; 10.0.0.12 port 12100 is not reached from fe3: connect: Connection refused "
      "(ECONNREFUSED)\n"
      "port-not-reachable fe3: 10.0.0.13 port 12001 is not reached from fe2: no answer within "
      "1.2s\n");
}

TEST_F(FindReachTroubleTest, SaysWhenNothingCanListen) {
  Try("fe2", "fe2", "10.0.0.12", 12000,
      "listen on 0.0.0.0 port 12000: Address already in use (EADDRINUSE)");
  EXPECT_EQ(
      Found(),
      "port-not-reachable fe2: nothing can listen on port 12000 of fe2: listen on 0.0.0.0 port "
      "12000: Address already in use (EADDRINUSE)\n");
}

TEST_F(FindReachTroubleTest, SaysWhoDoesNotReachADatabase) {
  Try("fe1", "", "sql01", 1433);
  Try("fe2", "", "sql01", 1433, "no answer within 1.2s");
  Try("fe3", "", "sql01", 1433);
  EXPECT_EQ(Found(),
            "database-unreachable fe2: the database at sql01 port 1433 is not reached from fe2: no "
            "answer within 1.2s\n");
}

TEST_F(FindReachTroubleTest, SaysThatMovingWillNotHelpWhereMostHostsDoNotReachIt) {
  Try("fe1", "", "sql01", 1433, "no answer within 1.2s");
  Try("fe2", "", "sql01", 1433, "no answer within 1.2s");
  Try("fe3", "", "sql01", 1433);
  EXPECT_EQ(
      Found(),
      "database-unreachable : the database at sql01 port 1433 is not reached from fe1, fe2: no "
      "answer within 1.2s. 2 of 3 hosts do not reach it: moving the Deployment Controller will "
      "not help\n");
}

}  // namespace
}  // namespace baton
