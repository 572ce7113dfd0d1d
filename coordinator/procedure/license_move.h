#pragma once

#include <string>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What becomes of the platform's license, which is bound to the serial of the host that has the
// Deployment Controller.
struct LicenseMove {
  enum class Course {
    kStaysValid,  // the serial stays the same
    kStaged,      // the file that lies ready for the new serial is installed
    kAsk,         // a person is asked for a file, which is installed
    kByHand,      // people see to it
  };

  Course course = Course::kByHand;
  std::string from;         // host that has the Deployment Controller; empty if nobody can say
  std::string serial_from;  // its serial; empty if it is not known
  std::string serial_to;    // serial of the new host; empty if it is not known
  std::string unknown;      // why it is not; empty where the profile does not say where it is
  const plan::v1::StagedLicense* staged = nullptr;  // for the new serial; may be unreadable
  bool login_missing = false;                       // by hand for want of a login
  std::string why;                                  // by hand: why
};

// How the license follows the Deployment Controller to `to`. Borrows the observation. Pure.
LicenseMove PlanLicenseMove(const ObservedFarm& farm, const std::string& to);

// "the license is bound to serial A of fe1, and fe2 has B", as far as it is known.
std::string BindingWords(const LicenseMove& move, const std::string& to);

}  // namespace baton
