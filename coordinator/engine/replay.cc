#include "coordinator/engine/replay.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"
#include "coordinator/engine/engine.h"
#include "coordinator/engine/recorded_answers.h"
#include "google/protobuf/util/time_util.h"

namespace baton::engine {
namespace {

using journal::v1::Record;
using journal::v1::StepFinished;

constexpr size_t kLineBytesMax = 300;
// A step that is answered as its record tells ends within a few events.
constexpr int kEventsMax = 8;

// What was decided: the record but for its place in the journal.
Record Decision(Record record) {
  record.clear_sequence();
  record.clear_previous_hash();
  return record;
}

std::string Line(const Record& record) {
  std::string line = Decision(record).ShortDebugString();
  if (line.size() > kLineBytesMax) line.resize(kLineBytesMax);
  return line;
}

// Whoever started the coordinator decided this, not the engine.
bool DecidedOutside(plan::v1::PauseReason reason) {
  return reason == plan::v1::AWAY_TOO_LONG || reason == plan::v1::POSTCONDITION_LOST ||
         reason == plan::v1::JOURNAL_BEHIND || reason == plan::v1::PLAN_OUTDATED;
}

bool SameDecision(const Record& one, const Record& other) {
  return Decision(one).SerializeAsString() == Decision(other).SerializeAsString();
}

bool ByANewCoordinator(const Record& record) {
  return record.run_resumed().takeover() || DecidedOutside(record.run_paused().reason());
}

class Replayer {
 public:
  Replayer(const std::string& farm_id, const std::vector<StoredRecord>& records)
      : farm_id_(farm_id), records_(records) {}

  absl::StatusOr<ReplayVerdict> Run() {
    next_ = 1;
    RETURN_IF_ERROR(TakeUp());
    Feed(BeginRun{});
    while (next_ < records_.size()) {
      const size_t before = next_;
      if (!differs_) RETURN_IF_ERROR(Provoke(records_[next_].record));
      if (!differs_ && next_ == before) Differ("");
      if (differs_) RETURN_IF_ERROR(SkipToNextStart());
    }
    verdict_.records = records_.size();
    return std::move(verdict_);
  }

 private:
  // --- Engine ---

  // A new engine on what the journal says up to here.
  absl::Status TakeUp() {
    RunState state;
    for (size_t i = 0; i < next_; ++i) RETURN_IF_ERROR(state.Apply(records_[i]));
    engine_ = std::make_unique<Engine>(farm_id_, std::move(state));
    claims_.clear();
    changes_.clear();
    reads_.clear();
    timers_.clear();
    return absl::OkStatus();
  }

  void Feed(const Event& event) {
    if (differs_) return;
    const Record& next = records_[std::min(next_, records_.size() - 1)].record;
    const absl::Time now =
        absl::FromUnixNanos(google::protobuf::util::TimeUtil::TimestampToNanoseconds(next.time()));
    for (const Effect& effect : engine_->Handle(event, now)) {
      std::visit([this](const auto& e) { Take(e); }, effect);
    }
  }

  // Fires the timer that was set last for a step: what it waits for beside an answer.
  void FireNewest(const std::string& step) {
    std::vector<uint64_t>& timers = timers_[step];
    if (timers.empty()) return;
    const uint64_t timer = timers.back();
    timers.pop_back();
    Feed(TimerFired{timer});
  }

  // Fires the one that was set first: the step's own limit.
  void FireDeadline(const std::string& step) {
    std::vector<uint64_t>& timers = timers_[step];
    if (timers.empty()) return;
    const uint64_t timer = timers.front();
    timers.erase(timers.begin());
    Feed(TimerFired{timer});
  }

  // --- Effects ---

  void Take(const AppendRecords& effect) {
    SkipHeartbeats();
    if (next_ == records_.size()) return;
    // The Baton coordinator died before this became durable: another one takes the run up.
    const Record& next = records_[next_].record;
    if (ByANewCoordinator(next) && !SameDecision(next, effect.records.front())) return;
    Appended appended;
    for (const Record& record : effect.records) {
      ++verdict_.decisions;
      if (next_ == records_.size()) return;
      if (!SameDecision(records_[next_].record, record)) return Differ(Line(record));
      appended.records.push_back(records_[next_++]);
    }
    Feed(std::move(appended));
  }
  void Take(const ClaimHost& effect) { claims_[effect.host] = effect.call; }
  void Take(const ChangeHost& effect) { changes_[effect.step] = effect.call; }
  void Take(const ReadHost& effect) { reads_[effect.host] = {effect.call, false}; }
  void Take(const ProbeHost& effect) { reads_[effect.host] = {effect.call, true}; }
  void Take(const RunHook& effect) { changes_[effect.step] = effect.call; }
  void Take(const RunFence& effect) { changes_[effect.step] = effect.call; }
  void Take(const SetTimer& effect) { timers_[effect.step].push_back(effect.timer); }
  void Take(const Halt& effect) { Differ(absl::StrCat("halts: ", effect.status.message())); }

  // --- What the world did ---

  absl::Status Provoke(const Record& next) {
    switch (next.body_case()) {
      case Record::kRunAlive:
        SkipHeartbeats();
        return absl::OkStatus();
      case Record::kClaimFinished:
        AnswerClaims();
        return absl::OkStatus();
      case Record::kStepFinished:
        AnswerStep(next.step_finished());
        return absl::OkStatus();
      case Record::kStopRequested:
        Feed(StopAsked{next.actor(), next.stop_requested().cancel(),
                       next.stop_requested().reason()});
        return absl::OkStatus();
      case Record::kGateAnswered:
        Feed(GateAnswer{next.actor(), next.gate_answered()});
        return absl::OkStatus();
      case Record::kRunResumed:
        RETURN_IF_ERROR(TakeUp());
        Feed(ResumeAsked{next.actor(), next.run_resumed()});
        return absl::OkStatus();
      case Record::kRunPaused:
        if (!DecidedOutside(next.run_paused().reason())) return absl::OkStatus();
        RETURN_IF_ERROR(TakeUp());
        Feed(PauseFound{next.actor(), next.run_paused().reason(), next.run_paused().detail()});
        return absl::OkStatus();
      case Record::kRunFinished:
        return EndByForce(next);
      default:
        return absl::OkStatus();
    }
  }

  // Ended by a person, or by the run that undoes it, which is no decision of this engine.
  absl::Status EndByForce(const Record& next) {
    RETURN_IF_ERROR(TakeUp());
    if (engine_->state().run().phase() != plan::v1::RUN_PAUSED) return absl::OkStatus();
    absl::string_view reason = next.run_finished().detail();
    const std::string prefix = absl::StrCat("ended by force by ", next.actor(), ": ");
    if (!absl::ConsumePrefix(&reason, prefix)) {
      ++next_;
      return TakeUp();
    }
    journal::v1::RunResumed resumed;
    resumed.set_decision(journal::v1::FORCE_STOP);
    resumed.set_reason(std::string(reason));
    Feed(ResumeAsked{next.actor(), std::move(resumed)});
    return absl::OkStatus();
  }

  void AnswerClaims() {
    const std::map<std::string, uint64_t> claims = std::exchange(claims_, {});
    const absl::Span<const StoredRecord> rest = Rest();
    for (const auto& [host, call] : claims) {
      if (const auto status = RecordedClaim(host, rest); status.has_value()) {
        Feed(ClaimAnswered{call, *status});
      }
    }
  }

  void AnswerStep(const StepFinished& finished) {
    const absl::StatusOr<size_t> index = engine_->state().FindStep(finished.step());
    if (!index.ok()) return;
    const plan::v1::Step& step = *engine_->state().ledger(*index).step;
    const size_t before = next_;
    if (step.action().has_gate() || step.action().has_wait()) return FireNewest(step.name());
    if (step.action().has_hook()) return AnswerHook(finished);
    if (step.action().has_fence_off()) return AnswerFence(finished);
    if (!IsOnRecord(step, finished)) return TakeAsItIs();
    if (changes_.count(step.name()) > 0) AnswerChange(step, finished);
    for (int i = 0; i < kEventsMax && next_ == before && !differs_; ++i) {
      if (reads_.count(step.host()) > 0) {
        AnswerRead(step, finished);
      } else {
        // It looked again and again until its time was over: first the limit, then the next look.
        FireDeadline(step.name());
      }
    }
  }

  void AnswerHook(const StepFinished& finished) {
    const auto waiting = changes_.extract(finished.step());
    if (waiting.empty())
      return FireNewest(finished.step());  // the coordinator that ran it was gone
    const auto result = RecordedHook(finished);
    if (!result.has_value()) return FireDeadline(finished.step());
    Feed(HookEnded{waiting.mapped(), *result});
  }

  void AnswerFence(const StepFinished& finished) {
    const auto waiting = changes_.extract(finished.step());
    const auto result = RecordedFence(finished);
    if (waiting.empty() || !result.has_value()) return FireDeadline(finished.step());
    Feed(FenceEnded{waiting.mapped(), *result});
  }

  void AnswerChange(const plan::v1::Step& step, const StepFinished& finished) {
    const uint64_t call = changes_.extract(step.name()).mapped();
    Feed(ChangeAnswered{call, RecordedOperation(finished, Rest())});
    // It was sent again and again until its time was over.
    if (!finished.has_operation() && finished.changed()) FireDeadline(step.name());
  }

  void AnswerRead(const plan::v1::Step& step, const StepFinished& finished) {
    const auto [call, probe] = reads_.extract(step.host()).mapped();
    if (probe) {
      Feed(HostProbed{call, RecordedProbes(step, finished)});
    } else {
      Feed(HostRead{call, RecordedHost(step, finished, engine_->state().plan())});
    }
  }

  // The run stands still for such a step once what else is under way has ended.
  void TakeAsItIs() {
    while (next_ < records_.size() && !records_[next_].record.has_run_resumed()) {
      const Record& record = records_[next_++].record;
      if (record.has_run_paused() || record.has_run_finished()) break;
    }
    if (!TakeUp().ok()) Differ("");
  }

  // --- The journal ---

  absl::Span<const StoredRecord> Rest() const {
    return absl::MakeConstSpan(records_).subspan(next_);
  }

  void SkipHeartbeats() {
    while (next_ < records_.size() && records_[next_].record.has_run_alive()) ++next_;
  }

  void Differ(std::string replayed) {
    if (differs_ || next_ >= records_.size()) return;
    differs_ = true;
    const Record& record = records_[next_].record;
    verdict_.differences.push_back({record.sequence(), Line(record), std::move(replayed)});
  }

  absl::Status SkipToNextStart() {
    do {
      ++next_;
    } while (next_ < records_.size() && !records_[next_].record.has_run_resumed());
    differs_ = false;
    return TakeUp();
  }

  const std::string& farm_id_;
  const std::vector<StoredRecord>& records_;
  size_t next_ = 0;  // the record that is to come
  std::unique_ptr<Engine> engine_;
  std::map<std::string, uint64_t> claims_;                  // by host
  std::map<std::string, uint64_t> changes_;                 // by step; hooks too
  std::map<std::string, std::pair<uint64_t, bool>> reads_;  // by host; whether it is a probe
  std::map<std::string, std::vector<uint64_t>> timers_;     // by step, oldest first
  bool differs_ = false;
  ReplayVerdict verdict_;
};

}  // namespace

absl::StatusOr<ReplayVerdict> Replay(const std::string& farm_id,
                                     const std::vector<StoredRecord>& records) {
  if (records.empty() || !records.front().record.has_run_started()) {
    return absl::InvalidArgumentError("the records do not begin with the start of a run");
  }
  return Replayer(farm_id, records).Run();
}

}  // namespace baton::engine
