// A journal that cannot be written, is damaged, has lost its end or is an old copy: said in words
// on the command line, and nothing done.

#include <sqlite3.h>

#include <csignal>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/integration/live_farm.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class JournalFaultTest : public testing::Test {
 protected:
  std::string journal() { return farm_.lab().layout().coordinator_folder() + "/state/journal.db"; }

  // Changes the journal's database while nobody has it open.
  void Execute(const std::string& sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(journal().c_str(), &database), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
    sqlite3_close(database);
  }

  // The farm is as it was seen before: bytes of files, services, and what the database has seen.
  void ExpectUntouched(const rehearse::SeenFarm& before) {
    const rehearse::SeenFarm after = farm_.Look();
    EXPECT_EQ(after.events, before.events);
    for (const auto& [name, host] : before.hosts) {
      EXPECT_EQ(after.hosts.at(name).settings, host.settings) << name;
      for (const auto& [service, seen] : host.services) {
        EXPECT_EQ(after.hosts.at(name).services.at(service).state, seen.state) << name << service;
        EXPECT_EQ(after.hosts.at(name).services.at(service).startup_type, seen.startup_type)
            << name << service;
      }
    }
  }

  LiveFarm farm_{2};
};

TEST_F(JournalFaultTest, AFullDiskStopsTheRunAndARestartGoesOnWithIt) {
  farm_.SetCoordinatorCrash("12 full");
  farm_.Restart("coordinator");
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd stopped = farm_.Move("fe2");
  EXPECT_EQ(stopped.exit_code, 11) << stopped.output;
  EXPECT_THAT(stopped.output,
              AllOf(HasSubstr("the run stands still, as journaled"), HasSubstr("disk is full"),
                    HasSubstr("next: mend that, then on its machine: systemctl restart")));
  const CommandEnd resumed = farm_.Baton({"resume", RunIn(stopped.output), "--reason", "why"});
  EXPECT_EQ(resumed.exit_code, 10) << resumed.output;
  EXPECT_THAT(resumed.output, HasSubstr("the run stands still, as journaled"));

  farm_.SetCoordinatorCrash("");
  farm_.Restart("coordinator");
  const CommandEnd watched = farm_.Baton({"runs", "watch"});
  EXPECT_EQ(watched.exit_code, 0) << watched.output;
  farm_.ExpectMoved(before, "fe2");
}

TEST_F(JournalFaultTest, AFullDiskAtTheFirstWriteStartsNothing) {
  farm_.SetCoordinatorCrash("1 full");
  farm_.Restart("coordinator");
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd refused = farm_.Move("fe2");
  EXPECT_EQ(refused.exit_code, 1) << refused.output;
  EXPECT_THAT(refused.output, HasSubstr("full"));
  ExpectUntouched(before);
}

TEST_F(JournalFaultTest, ADamagedRecordIsNamedAndNothingRuns) {
  ASSERT_EQ(farm_.Move("fe2").exit_code, 0);
  const rehearse::SeenFarm before = farm_.Look();
  farm_.Stop("coordinator", SIGTERM);
  Execute("UPDATE record SET bytes = zeroblob(length(bytes)) WHERE sequence = 8");
  farm_.Start("coordinator");
  const char* const kWords =
      "journal-damaged: journal record 8 is damaged: its bytes do not give its hash";
  EXPECT_THAT(farm_.Baton({"status"}).output, HasSubstr(kWords));
  EXPECT_THAT(farm_.Baton({"check"}).output, HasSubstr(kWords));
  const CommandEnd refused = farm_.Move("fe1");
  EXPECT_EQ(refused.exit_code, 10) << refused.output;
  EXPECT_THAT(refused.output, HasSubstr(kWords));
  const CommandEnd adopted =
      farm_.Baton({"adopt", "--controller", "fe2", "--reason", "it has the role"});
  EXPECT_EQ(adopted.exit_code, 1) << adopted.output;
  EXPECT_THAT(adopted.output, HasSubstr("journal record 8 is damaged"));
  ExpectUntouched(before);
}

// Every agent knows what came after.
TEST_F(JournalFaultTest, AnOldCopyIsToldByTheAgentsAndNothingRuns) {
  farm_.Stop("coordinator", SIGTERM);
  std::filesystem::copy_file(journal(), journal() + ".old");
  farm_.Start("coordinator");
  ASSERT_EQ(farm_.Move("fe2").exit_code, 0);
  const rehearse::SeenFarm before = farm_.Look();
  farm_.Stop("coordinator", SIGTERM);
  std::filesystem::rename(journal(), journal() + ".newest");
  std::filesystem::copy_file(journal() + ".old", journal());
  farm_.Start("coordinator");

  const CommandEnd refused = farm_.Move("fe1");
  EXPECT_EQ(refused.exit_code, 10) << refused.output;
  EXPECT_THAT(refused.output, HasSubstr("the agent on fe1 was shown record"));
  const CommandEnd adopted =
      farm_.Baton({"adopt", "--controller", "fe2", "--reason", "it has the role"});
  EXPECT_EQ(adopted.exit_code, 10) << adopted.output;
  EXPECT_THAT(adopted.output, HasSubstr("the journal is an old copy"));
  for (const char* command : {"status", "check"}) {
    EXPECT_THAT(farm_.Baton({command}).output, HasSubstr("was shown record"));
  }
  ExpectUntouched(before);

  // The newest one, put back, is all that is needed.
  farm_.Stop("coordinator", SIGTERM);
  std::filesystem::rename(journal() + ".newest", journal());
  farm_.Start("coordinator");
  const CommandEnd moved = farm_.Move("fe1");
  EXPECT_EQ(moved.exit_code, 0) << moved.output;
}

// In the middle of a run that would otherwise be gone on with.
TEST_F(JournalFaultTest, ALostTailPausesTheRunThatWasUnderWay) {
  farm_.SetCoordinatorCrash("20 after");
  farm_.Restart("coordinator");
  farm_.BeginMove("fe2");
  const CommandEnd end = farm_.Finish([this](const std::string& /*daemon*/) {
    farm_.SetCoordinatorCrash("");
    // What an agent was shown with its last change is gone; the chain of the rest is whole.
    Execute("DELETE FROM record WHERE sequence > (SELECT MAX(sequence) - 6 FROM record)");
  });
  EXPECT_EQ(end.exit_code, 11) << end.output;
  EXPECT_THAT(end.output, AllOf(HasSubstr("journal-behind"), HasSubstr("was shown record"),
                                Not(HasSubstr("succeeded"))));
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd resumed = farm_.Baton({"resume", RunIn(end.output), "--reason", "why"});
  EXPECT_EQ(resumed.exit_code, 10) << resumed.output;
  EXPECT_THAT(resumed.output, HasSubstr("was shown record"));
  ExpectUntouched(before);
}

// The coordinator's machine is gone, journal and all.
TEST_F(JournalFaultTest, AnEmptyJournalBeginsBehindWhatTheAgentsKnow) {
  ASSERT_EQ(farm_.Move("fe2").exit_code, 0);
  farm_.Stop("coordinator", SIGTERM);
  std::filesystem::remove_all(farm_.lab().layout().coordinator_folder() + "/state");
  farm_.Start("coordinator");
  const CommandEnd refused = farm_.Move("fe1");
  EXPECT_EQ(refused.exit_code, 10) << refused.output;
  EXPECT_THAT(refused.output, HasSubstr("baton adopt --controller HOST"));
  const CommandEnd adopted = farm_.Baton(
      {"adopt", "--controller", "fe2", "--cache", "fe1", "--reason", "the disk was lost"});
  EXPECT_EQ(adopted.exit_code, 0) << adopted.output;
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd moved = farm_.Move("fe1");
  EXPECT_EQ(moved.exit_code, 0) << moved.output;
  farm_.ExpectMoved(before, "fe1");
}

}  // namespace
}  // namespace baton
