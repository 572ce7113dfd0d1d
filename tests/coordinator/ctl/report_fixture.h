#pragma once

#include <string>

#include "coordinator/ctl/coordinator_client.h"

namespace baton {

// What is on record of a run of the fixture's short plan (farm_fixture.h), with its hash chain:
//
//   succeeded   every step, with tool output; the farm's targets are met and missed
//   paused      a tool failed twice, and nobody has decided yet
//   vouched     a person vouched for that step, and the run went on to its end
//   gate        every step, and at the end a gate that a person approved with a file
//   hooks       every step, and at the end a hook that succeeded and one that failed and only warns
//   forced      a person ended it there by force
//   cancelled   a person asked for an end before anything was changed
//   damaged     paused, in a journal that is damaged behind it
//   hostile     paused; hosts, tools and people wrote what is dangerous in HTML, Markdown and XML
ctl::RunHistory MakeHistory(const std::string& name);

}  // namespace baton
