#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"

namespace baton {

// The words that people, files and scripts use for the enums of the protos, made from the generated
// names so that there is one source: CONTROLLER is `controller`, MOVE_CONTROLLER is
// `move-controller`, CACHE_VIRTUAL_HOST is `cache.virtual_host`. A value without a name gives
// `unknown`.
std::string Word(plan::v1::Service service);
std::string Word(plan::v1::RunState state);
std::string Word(plan::v1::StartupType type);
std::string Word(plan::v1::Group group);
std::string Word(plan::v1::Setting setting);
std::string Word(plan::v1::Tool tool);
std::string Word(plan::v1::Procedure procedure);
std::string Word(plan::v1::RepublishPolicy policy);
std::string Word(plan::v1::FindingLevel level);
std::string Word(plan::v1::AssignmentState state);
std::string Word(plan::v1::OperationState state);
std::string Word(plan::v1::RunPhase phase);
std::string Word(plan::v1::StepState state);
std::string Word(plan::v1::PauseReason reason);
std::string Word(plan::v1::OnLost on_lost);
std::string Word(plan::v1::ProbeVerdict verdict);
std::string Word(plan::v1::GuardMode mode);

// The way back. INVALID_ARGUMENT for a word that is none, listing those that are.
absl::StatusOr<plan::v1::Service> ParseService(absl::string_view word);
absl::StatusOr<plan::v1::StartupType> ParseStartupType(absl::string_view word);
absl::StatusOr<plan::v1::Setting> ParseSetting(absl::string_view word);
absl::StatusOr<plan::v1::Tool> ParseTool(absl::string_view word);
absl::StatusOr<plan::v1::Procedure> ParseProcedure(absl::string_view word);
absl::StatusOr<plan::v1::RepublishPolicy> ParseRepublishPolicy(absl::string_view word);
absl::StatusOr<plan::v1::OnLost> ParseOnLost(absl::string_view word);

// The name of a service for people: "Deployment Controller", "Deployment Service", "Scheduler",
// "cache".
std::string ServiceTitle(plan::v1::Service service);

// What a changing action does, in words that are equal exactly for equal actions: agents compare
// them to tell a repeated request from another one. Not a serialised message, whose bytes may
// differ between versions. Part of the operation log's format. Secrets are named, never shown.
std::string ActionText(const plan::v1::Action& action);

// Whether an action makes an agent change its host; the others only read, wait, or are hooks.
bool Changes(const plan::v1::Action& action);

// Whether something may be otherwise after an action: it changes its host, or is a hook, of which
// nobody but the site knows what it does.
bool MayChange(const plan::v1::Action& action);

}  // namespace baton
