#pragma once

#include <functional>
#include <string>

namespace baton {

// Runs the transcript at `path`, a dialogue with something that answers commands in text:
//
//   # a comment stays where it is
//   claim 1 epoch=1
//   ----
//   write claim 1
//
// Each command is a line; what follows "----" up to an empty line is what `answer` must return for
// it, line by line. An answer that holds empty lines of its own stands between two lines "----" and
// two more. Differences fail the test, and so does a file without a command. With the environment
// variable BATON_REWRITE_TRANSCRIPTS set, the file is rewritten with the answers instead: read the
// difference before you commit it. Transcripts lie in tests/transcripts/.
void RunTranscript(const std::string& path,
                   const std::function<std::string(const std::string& command)>& answer);

}  // namespace baton
