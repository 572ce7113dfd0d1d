#pragma once

#include <string>
#include <vector>

#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// What was found, in the words of step details, reports and `baton explain`.

// "scheduler is running, not initialised, automatic (process 12)".
std::string ServiceWords(const plan::v1::ServiceState& state);

// `controller.host is "10.0.0.12"`; "cache.password is encrypted", "cache.tls is missing".
std::string SettingWords(const plan::v1::SettingValue& value);

// "the agent keeps fe2 at epoch 8, held".
std::string AssignmentWords(const plan::v1::Assignment& assignment);

// "the serial is ABC", "the serial is not known: exit code 3".
std::string SerialWords(const plan::v1::Serial& serial);

// "exit code 3: pool web is locked", with the last line that the hook wrote, if it wrote any.
std::string HookWords(const journal::v1::HookResult& result);

// Everything that was read back, a line each. Digests are in hexadecimal.
std::vector<std::string> EvidenceLines(const journal::v1::Evidence& evidence);

}  // namespace baton
