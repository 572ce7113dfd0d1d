#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/daemon/daemon.h"
#include "coordinator/config/coordinator_config.h"
#include "coordinator/journal/journal.h"

namespace baton {

// Opens the journal at a path, as OpenSqliteJournal does.
using JournalOpener =
    std::function<absl::StatusOr<std::unique_ptr<Journal>>(const std::string& path)>;

// Builds the Baton coordinator from its configuration and starts it: the one place that knows which
// implementations stand behind the interfaces, but for the journal's, which crash tests wrap.
// Errors name the file, folder or address that is wrong.
absl::StatusOr<std::unique_ptr<Daemon>> StartCoordinator(const CoordinatorConfig& config,
                                                         const JournalOpener& open_journal);

}  // namespace baton
