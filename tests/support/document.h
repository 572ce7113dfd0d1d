#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace baton {

// Compares a part of a document that the code decides with `text`. The part stands between the
// lines `<!-- begin NAME -->` and `<!-- end NAME -->`. A difference fails the test; with the
// environment variable BATON_REWRITE_TRANSCRIPTS set, the part is rewritten instead.
void ExpectDocumented(const std::string& path, absl::string_view name, absl::string_view text);

}  // namespace baton
