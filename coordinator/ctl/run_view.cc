#include "coordinator/ctl/run_view.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "coordinator/ctl/render_events.h"
#include "coordinator/ctl/render_run.h"

namespace baton::ctl {
namespace {

using coordinator::v1::RunEvent;

// A line that is longer than this is shown in parts.
constexpr size_t kRestBytesMax = 4096;

// A record a line, for programs.
class JsonRunView : public RunView {
 public:
  explicit JsonRunView(Session& session) : session_(session) {}

  void OnEvent(const RunEvent& event, const RunProgress&) override { session_.Show(event, ""); }
  void OnTick(const RunProgress&) override {}
  void OnNote(absl::string_view note) override {
    session_.console().WriteError(absl::StrCat(note, "\n"));
  }
  void OnEnd() override {}

 private:
  Session& session_;
};

// An event a line, for logs.
class LineRunView : public RunView {
 public:
  explicit LineRunView(Session& session) : session_(session) {}

  void OnEvent(const RunEvent& event, const RunProgress& progress) override {
    const Style style = session_.MakeStyle();
    if (event.has_run() && !has_header_) {
      has_header_ = true;
      session_.Say(absl::StrCat(
          RenderRunHeader(progress.run().plan().farm_id(), progress.run(), style), "\n"));
    }
    if (event.has_output()) return Show(event.output());
    if (event.record().has_step_finished()) ShowRest(event.record().step_finished().step());
    session_.Say(RenderEvent(event, progress, style));
  }
  void OnTick(const RunProgress&) override {}
  void OnNote(absl::string_view note) override { session_.Say(absl::StrCat(note, "\n")); }
  void OnEnd() override {
    while (!rests_.empty()) ShowRest(rests_.begin()->first);
  }

 private:
  // Output comes in pieces that end anywhere: what is left of a line is shown with what comes next.
  void Show(const coordinator::v1::StepOutput& output) {
    std::string& rest = rests_[output.step()];
    rest += output.output();
    const size_t line_end = rest.rfind('\n');
    const size_t shown = rest.size() > kRestBytesMax     ? rest.size()
                         : line_end == std::string::npos ? 0
                                                         : line_end + 1;
    session_.Say(RenderOutput(absl::string_view(rest).substr(0, shown)));
    rest.erase(0, shown);
  }

  void ShowRest(const std::string& step) {
    const auto rest = rests_.find(step);
    if (rest == rests_.end()) return;
    session_.Say(RenderOutput(rest->second));
    rests_.erase(rest);
  }

  Session& session_;
  bool has_header_ = false;
  std::map<std::string, std::string> rests_;  // of a line, by step
};

// A few lines that are drawn again and again, for people.
class LiveRunView : public RunView {
 public:
  explicit LiveRunView(Session& session) : session_(session) {}

  void OnEvent(const RunEvent&, const RunProgress& progress) override { Draw(progress); }
  void OnTick(const RunProgress& progress) override { Draw(progress); }
  void OnNote(absl::string_view note) override { session_.Say(absl::StrCat(Erase(), note, "\n")); }
  void OnEnd() override { session_.Say(Erase()); }

 private:
  // One line stays free: a full screen would scroll.
  void Draw(const RunProgress& progress) {
    if (progress.run().run().empty()) return;
    const std::string text =
        RenderLive(progress, std::max(3, session_.console().height() - 1), session_.MakeStyle());
    session_.Say(absl::StrCat(Erase(), text));
    lines_ = std::count(text.begin(), text.end(), '\n');
  }

  // Moves to the first line that was drawn and clears what is below.
  std::string Erase() {
    const auto lines = lines_;
    lines_ = 0;
    return lines == 0 ? "" : absl::StrCat("\r\x1b[", lines, "A\x1b[J");
  }

  Session& session_;
  std::ptrdiff_t lines_ = 0;
};

}  // namespace

std::unique_ptr<RunView> MakeRunView(Session& session) {
  if (session.options().json()) return std::make_unique<JsonRunView>(session);
  if (session.console().output_is_terminal()) return std::make_unique<LiveRunView>(session);
  return std::make_unique<LineRunView>(session);
}

}  // namespace baton::ctl
