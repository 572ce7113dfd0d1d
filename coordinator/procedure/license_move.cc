#include "coordinator/procedure/license_move.h"

#include "absl/strings/str_cat.h"
#include "coordinator/procedure/tool_arguments.h"

namespace baton {
namespace {

using Course = LicenseMove::Course;

LicenseMove ByHand(LicenseMove move, std::string why) {
  move.course = Course::kByHand;
  move.why = std::move(why);
  return move;
}

std::string SerialOf(const plan::v1::Host* host) {
  return host == nullptr ? "" : host->serial().value();
}

const plan::v1::StagedLicense* FindStaged(const plan::v1::Observation& observation,
                                          const std::string& serial) {
  for (const plan::v1::StagedLicense& staged : observation.licenses()) {
    if (!serial.empty() && staged.serial() == serial) return &staged;
  }
  return nullptr;
}

}  // namespace

LicenseMove PlanLicenseMove(const ObservedFarm& farm, const std::string& to) {
  LicenseMove move;
  const plan::v1::Host* host = farm.State(to);
  move.from = FindController(farm).host;
  move.serial_from = SerialOf(farm.State(move.from));
  move.serial_to = SerialOf(host);
  move.staged = FindStaged(farm.observation(), move.serial_to);
  if (!move.serial_to.empty() && move.serial_to == move.serial_from) {
    move.course = Course::kStaysValid;
    return move;
  }
  if (host == nullptr) return ByHand(std::move(move), absl::StrCat(to, " was not observed"));
  move.unknown = host->serial().error();
  const plan::v1::ToolProfile* tool = FindTool(*host, plan::v1::INSTALL_LICENSE);
  if (tool == nullptr) {
    return ByHand(std::move(move), absl::StrCat("the profile on ", to, " has no install-license"));
  }
  if (!host->has_serial()) {
    return ByHand(std::move(move),
                  absl::StrCat("the profile on ", to, " does not say where the serial is"));
  }
  if (const std::string trouble = LoginTrouble(farm); LogsIn(*tool) && !trouble.empty()) {
    move.login_missing = true;
    return ByHand(std::move(move), trouble);
  }
  const bool ready = move.staged != nullptr && move.staged->error().empty();
  move.course = ready ? Course::kStaged : Course::kAsk;
  return move;
}

std::string BindingWords(const LicenseMove& move, const std::string& to) {
  const std::string bound =
      move.serial_from.empty()
          ? std::string("which serial the license is bound to is not known")
          : absl::StrCat("the license is bound to serial ", move.serial_from, " of ", move.from);
  if (!move.serial_to.empty()) {
    return absl::StrCat(bound, ", and ", to, " has ", move.serial_to);
  }
  return absl::StrCat(bound, ", and the serial of ", to, " is not known",
                      move.unknown.empty() ? "" : ": ", move.unknown);
}

}  // namespace baton
