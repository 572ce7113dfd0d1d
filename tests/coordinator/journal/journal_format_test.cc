// The worked example of docs/journal-format.md is what the code makes.

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "coordinator/journal/chain.h"
#include "gtest/gtest.h"
#include "tests/support/document.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

constexpr size_t kBytesALine = 16;

std::string HexDump(absl::string_view bytes) {
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += kBytesALine) {
    absl::StrAppend(&text, absl::Hex(at, absl::kZeroPad4), " ");
    std::string letters;
    for (const char byte : bytes.substr(at, kBytesALine)) {
      absl::StrAppend(&text, " ", absl::BytesToHexString(std::string(1, byte)));
      letters.push_back(byte >= ' ' && byte <= '~' ? byte : '.');
    }
    text.append((kBytesALine - letters.size()) * 3 + 2, ' ');
    absl::StrAppend(&text, letters, "\n");
  }
  return text;
}

std::string Described(const SealedRecord& sealed) {
  return absl::StrCat("```\n", HexDump(sealed.bytes), "```\n\nIts hash is\n\n```\n",
                      absl::BytesToHexString(sealed.stored.hash), "\n```\n");
}

TEST(JournalFormat, IsAsDocumented) {
  journal::v1::Record started;
  started.mutable_time()->set_seconds(1714564800);
  started.set_actor("operator:alice");
  started.set_run("run-1");
  started.mutable_step_started()->set_step("stand-down/fe1/stop-controller");
  started.mutable_step_started()->set_attempt(1);
  ASSERT_OK_AND_ASSIGN(const SealedRecord first, Seal(started, {}));
  ExpectDocumented(BATON_JOURNAL_FORMAT, "first record", Described(first));

  journal::v1::Record alive = started;
  alive.mutable_time()->set_seconds(1714564860);
  alive.mutable_run_alive()->add_steps(started.step_started().step());
  plan::v1::Anchor end;
  end.set_sequence(1);
  end.set_hash(first.stored.hash);
  ASSERT_OK_AND_ASSIGN(const SealedRecord second, Seal(alive, end));
  ExpectDocumented(BATON_JOURNAL_FORMAT, "second record", Described(second));
}

}  // namespace
}  // namespace baton
