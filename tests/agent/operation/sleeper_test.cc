#include "agent/operation/sleeper.h"

#include <thread>

#include "gtest/gtest.h"

namespace baton {
namespace {

TEST(CancellableSleeper, ReturnsAfterTheDuration) {
  CancellableSleeper sleeper;
  EXPECT_TRUE(sleeper.Sleep(absl::Milliseconds(1)));
}

TEST(CancellableSleeper, CancelEndsPresentAndFutureSleeps) {
  CancellableSleeper sleeper;
  bool slept = true;
  std::thread thread([&] { slept = sleeper.Sleep(absl::Hours(1)); });
  sleeper.Cancel();
  thread.join();
  EXPECT_FALSE(slept);
  EXPECT_FALSE(sleeper.Sleep(absl::Hours(1)));
}

}  // namespace
}  // namespace baton
