#pragma once

#include "absl/strings/string_view.h"

namespace baton::ctl {

// The style sheet of HTML reports, coordinator/ctl/report.css.
absl::string_view ReportCss();

}  // namespace baton::ctl
