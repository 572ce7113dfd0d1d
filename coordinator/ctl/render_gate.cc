#include "coordinator/ctl/render_gate.h"

#include "absl/strings/str_cat.h"
#include "coordinator/ctl/open_gate.h"
#include "coordinator/ctl/options.h"

namespace baton::ctl {
namespace {

using plan::v1::GateInput;
using plan::v1::Run;
using plan::v1::Step;

// The option that brings an input along.
std::string InputOption(const GateInput& input) {
  if (input.kind() == GateInput::FILE) return "--file PATH";
  return absl::StrCat("--input ", ShellWord(input.name()), "=TEXT");
}

}  // namespace

std::string RenderGate(const Run& run, const Style& style) {
  const Step* step = OpenGate(run);
  if (step == nullptr) return "";
  std::string text = absl::StrCat("gate ", Paint(Clean(step->name()), Tone::kStrong, style), "  ",
                                  Clean(step->sentence()), "\n");
  if (!step->reason().empty()) absl::StrAppend(&text, "why: ", Clean(step->reason()), "\n");
  for (const std::string& line : step->action().gate().instructions()) {
    absl::StrAppend(&text, "  - ", Clean(line), "\n");
  }
  for (const GateInput& input : step->action().gate().inputs()) {
    absl::StrAppend(&text, "  ", InputOption(input), input.required() ? "" : " (optional)", ": ",
                    Clean(input.description()), "\n");
  }
  return absl::StrCat(text, "it waits until ", FormatTime(OpenUntil(run), style), "\n");
}

std::string RenderGateCommands(const Run& run, const Style& style) {
  const Step* step = OpenGate(run);
  if (step == nullptr) return "";
  std::string options;
  for (const GateInput& input : step->action().gate().inputs()) {
    if (input.required()) absl::StrAppend(&options, " ", InputOption(input));
  }
  const std::string words = absl::StrCat(ShellWord(run.run()), " ", ShellWord(step->name()));
  return absl::StrCat("  ", style.program, " approve ", words, options, " --reason \"...\"\n  ",
                      style.program, " reject ", words, " --reason \"...\"\n");
}

}  // namespace baton::ctl
