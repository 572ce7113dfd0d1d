#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// os.services.conf of the Java stack: which services run on a host, in lines like
// CONTROLLER="ENABLED". A host that has it is one of the Java stack. Baton's agent has a reader of
// its own: the stand-in must not share it, or a lab could not show its mistakes.
namespace baton::standin {

inline constexpr absl::string_view kServicesFileName = "os.services.conf";

// A service as the init script and the configurator know it.
struct JavaUnit {
  std::string unit;     // "SCHEDULER"
  std::string service;  // "scheduler"; empty for one that the stand-in does not have
  std::string title;    // "OutSystems Scheduler Service"
};

// All of them, in the platform's order.
const std::vector<JavaUnit>& JavaUnits();

// The unit of that name, or of that service; nullptr if there is none.
const JavaUnit* FindJavaUnit(absl::string_view unit);
const JavaUnit* FindUnitOfService(absl::string_view service);

// A whole file with all units disabled.
std::string MakeServicesFile();

// NOT_FOUND if the file has no such unit.
absl::StatusOr<bool> IsUnitEnabled(absl::string_view file, absl::string_view unit);
absl::StatusOr<std::string> WithUnitEnabled(absl::string_view file, absl::string_view unit,
                                            bool enabled);

}  // namespace baton::standin
