#include "tests/coordinator/engine/engine_script.h"

#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/words/words.h"
#include "gtest/gtest.h"
#include "tests/coordinator/engine/engine_text.h"
#include "tests/coordinator/engine/script_words.h"

namespace baton {
namespace {

constexpr int64_t kStartSeconds = 1714564800;

absl::Duration Time(const std::string& word) {
  absl::Duration duration;
  EXPECT_TRUE(absl::ParseDuration(word, &duration)) << word;
  return duration;
}

template <typename Enum>
Enum Parse(const google::protobuf::EnumDescriptor* descriptor, const std::string& name) {
  const google::protobuf::EnumValueDescriptor* value = descriptor->FindValueByName(name);
  EXPECT_NE(value, nullptr) << name;
  return value == nullptr ? Enum{} : static_cast<Enum>(value->number());
}

absl::StatusCode ParseCode(const std::string& name) {
  for (int code = 1; code <= 16; ++code) {
    if (absl::StatusCodeToString(static_cast<absl::StatusCode>(code)) == name) {
      return static_cast<absl::StatusCode>(code);
    }
  }
  ADD_FAILURE() << name << " is no status code";
  return absl::StatusCode::kUnknown;
}

}  // namespace

EngineScript::EngineScript() = default;

void EngineScript::Print(absl::string_view line) {
  if (!line.empty()) absl::StrAppend(&output_, line, "\n");
}

void EngineScript::PrintRecord(const StoredRecord& stored, bool first) {
  Print(absl::StrCat(first ? "append " : "     + ", stored.record.sequence(), " ",
                     RecordText(stored.record)));
}

std::string EngineScript::Run(const std::string& line) {
  output_.clear();
  const Words words = absl::StrSplit(line, ' ');
  const bool prepares = words[0] == "silent" || words[0] == "answers" || words[0] == "farm" ||
                        words[0] == "gate" || words[0] == "hook" || words[0] == "begin";
  if (!prepares && !loop_.has_value()) return "no run\n";
  if (!RunCommand(words)) Print(absl::StrCat("unknown command ", words[0]));
  CheckReplay();
  return output_.empty() ? "nothing\n" : output_;
}

bool EngineScript::RunCommand(const Words& words) {
  using Command = void (EngineScript::*)(const Words&);
  static const std::map<std::string, Command> commands = {
      {"farm", &EngineScript::Build},
      {"begin", &EngineScript::Begin},
      {"answer", &EngineScript::Answer},
      {"lose", &EngineScript::Break},
      {"drop", &EngineScript::Break},
      {"refuse", &EngineScript::Break},
      {"report", &EngineScript::Report},
      {"again", &EngineScript::Again},
      {"until", &EngineScript::Until},
      {"all", &EngineScript::Finish},
      {"finish", &EngineScript::Finish},
      {"wait", &EngineScript::Wait},
      {"pause", &EngineScript::Stop},
      {"cancel", &EngineScript::Stop},
      {"resume", &EngineScript::Decide},
      {"retry", &EngineScript::Decide},
      {"accept", &EngineScript::Decide},
      {"force-stop", &EngineScript::Decide},
      {"die", &EngineScript::Die},
      {"takeover", &EngineScript::TakeOver},
      {"set", &EngineScript::SetService},
      {"silent", &EngineScript::SetSilent},
      {"answers", &EngineScript::SetSilent},
      {"owe", &EngineScript::Decide},
      {"fence", &EngineScript::SetFence},
      {"debts", &EngineScript::ShowDebts},
      {"claim", &EngineScript::ClaimForAnother},
      {"fail", &EngineScript::FailAppend},
      {"show", &EngineScript::Show},
      {"gate", &EngineScript::AddGate},
      {"approve", &EngineScript::AnswerGate},
      {"reject", &EngineScript::AnswerGate},
      {"hook", &EngineScript::AddHook},
      {"program", &EngineScript::SetProgram},
  };
  const auto command = commands.find(words[0]);
  if (command == commands.end()) return false;
  (this->*command->second)(words);
  return true;
}

void EngineScript::Again(const Words& /*words*/) {
  if (last_answer_.has_value()) loop_->Handle(*last_answer_);
}

void EngineScript::Wait(const Words& words) { loop_->Wait(Time(words.at(1))); }

void EngineScript::Stop(const Words& words) {
  loop_->Handle(engine::StopAsked{"operator:bob", words[0] == "cancel", Rest(words, 1)});
}

void EngineScript::Die(const Words& /*words*/) { loop_->Die(); }

void EngineScript::TakeOver(const Words& words) { loop_->TakeOver(Time(words.at(1))); }

void EngineScript::ClaimForAnother(const Words& words) {
  engine::ClaimHost claim{0, words.at(1), {}};
  claim.claim.set_epoch(static_cast<uint64_t>(Number(words.at(2))));
  claim.claim.set_run(words.at(3));
  Print(farm_->Claim(claim).ToString());
}

void EngineScript::FailAppend(const Words& words) {
  const bool before = words.at(2) == "before";
  journal_.FailAppend(static_cast<uint64_t>(Number(words.at(1))),
                      before ? FakeJournal::Failure::kBefore : FakeJournal::Failure::kAfter);
}

void EngineScript::Build(const Words& words) {
  FarmShape shape;
  shape.hosts = Number(Option(words, "hosts", "3"));
  Farm farm = MakeFarm(shape);
  const std::string license = Option(words, "license", "");
  if (!license.empty()) farm.GiveSerial(Option(words, "to", "fe2"), "BBBB-2222");
  if (license == "staged") farm.StageLicense("BBBB-2222");
  farm.file.hooks = hooks_;
  const std::string passive = Option(words, "passive", "");
  const std::string lost = Option(words, "lost", "");
  if (!lost.empty()) {
    plan_ = PlanWithout(farm, lost, words);
  } else if (passive.empty()) {
    plan_ = farm.MovePlan(Option(words, "to", "fe2"),
                          static_cast<uint32_t>(Number(Option(words, "parallel", "1"))));
  } else {
    farm.StandBy(passive);
    farm.file.drain = Time(Option(words, "drain", "0"));
    plan_ = farm.SwapPlan();
  }
  farm_.emplace(std::move(farm));
  if (!lost.empty()) farm_->SetSilent(lost, true);
  int steps = 0;
  for (const plan::v1::Stage& stage : plan_.stages()) steps += stage.steps_size();
  Print(absl::StrCat(steps, " steps on ", absl::StrJoin(plan_.hosts(), " ")));
}

void EngineScript::AddHook(const Words& words) {
  const absl::StatusOr<FarmFile> file = ParseFarmFile(
      "farm.yaml",
      absl::StrCat("farm_id: f\nhosts: [{name: a, agent_address: a, platform_address: a}]\n"
                   "hooks: [{name: ",
                   words.at(1), ", at: '", words.at(2), "', command: [/hooks/", words.at(1), "]",
                   absl::StrContains(Rest(words, 3), "warn") ? ", on_failure: warn" : "",
                   absl::StrContains(Rest(words, 3), "repeatable") ? ", repeatable: true" : "",
                   "}]\n"));
  ASSERT_TRUE(file.ok()) << file.status();
  hooks_.push_back(file->hooks.front());
}

void EngineScript::SetProgram(const Words& words) {
  const std::string path = "/hooks/" + words.at(1);
  FakeHookRunner::Program program;
  program.hangs = words.at(2) == "hangs";
  if (words.at(2) != "missing" && !program.hangs) program.exit_code = Number(words.at(2));
  program.output = Rest(words, 3);
  loop_->hooks().programs[path] = program;
  if (words.at(2) == "missing") loop_->hooks().programs.erase(path);
}

void EngineScript::AddGate(const Words& words) {
  for (plan::v1::Stage& stage : *plan_.mutable_stages()) {
    const plan::v1::Stage before = stage;
    stage.clear_steps();
    for (const plan::v1::Step& step : before.steps()) {
      if (step.name() == words.at(1)) {
        plan::v1::Step* gate = stage.add_steps();
        gate->set_name(absl::StrCat(stage.name(), "/", step.host(), "/gate"));
        gate->set_host(step.host());
        gate->mutable_timeout()->set_seconds(3600);
        gate->mutable_action()->mutable_gate()->add_instructions("look at it");
      }
      *stage.add_steps() = step;
    }
  }
}

void EngineScript::AnswerGate(const Words& words) {
  engine::GateAnswer answer;
  answer.actor = "operator:bob";
  answer.answered.set_approved(words[0] == "approve");
  answer.answered.set_reason(Rest(words, 1));
  const engine::RunState& state = loop_->engine()->state();
  for (size_t i = 0; i < state.step_count(); ++i) {
    const plan::v1::Action& action = state.ledger(i).step->action();
    const bool another = state.OpenGate() < state.step_count() && i != state.OpenGate();
    if (!action.has_gate() || another) continue;
    answer.answered.set_step(state.status(i).step());
    answer.answered.set_attempt(state.status(i).attempt());
    if (!answer.answered.approved()) continue;
    for (const plan::v1::GateInput& input : action.gate().inputs()) {
      plan::v1::GateValue& value = *answer.answered.add_values();
      value.set_name(input.name());
      value.set_file(answer.answered.reason());
    }
  }
  loop_->Handle(answer);
}

void EngineScript::Begin(const Words& /*words*/) {
  loop_.emplace(journal_, *farm_, absl::FromUnixSeconds(kStartSeconds));
  loop_->listener().appended = [this](const StoredRecord& stored, bool first) {
    PrintRecord(stored, first);
  };
  loop_->listener().effect = [this](const engine::Effect& effect) { Print(EffectText(effect)); };
  for (const FarmHook& hook : hooks_) loop_->hooks().programs[hook.command.front()] = {};
  loop_->Start(plan_);
}

std::optional<size_t> EngineScript::FindCall(absl::string_view host) {
  for (size_t i = 0; i < loop_->calls().size(); ++i) {
    if (host.empty() || HostOf(loop_->calls()[i]) == host) return i;
  }
  Print("no call waits");
  return std::nullopt;
}

void EngineScript::Deliver(size_t index, engine::Event answer) {
  loop_->calls().erase(loop_->calls().begin() + static_cast<ptrdiff_t>(index));
  last_answer_ = std::move(answer);
  loop_->Handle(*last_answer_);
}

void EngineScript::Answer(const Words& words) {
  const std::optional<size_t> index = FindCall(Rest(words, 1));
  if (index.has_value()) Deliver(*index, loop_->AnswerOf(loop_->calls()[*index]));
}

void EngineScript::Break(const Words& words) {
  const std::optional<size_t> index = FindCall(words.at(1));
  if (!index.has_value()) return;
  const EngineLoop::Call call = loop_->calls()[*index];
  if (words[0] == "lose") loop_->AnswerOf(call);  // the farm acts, nobody hears
  const absl::Status status =
      words[0] == "refuse"
          ? absl::Status(ParseCode(words.at(2)), Rest(words, 3))
          : absl::UnavailableError(words[0] == "lose" ? "connection reset" : "connection refused");
  if (const auto* claim = std::get_if<engine::ClaimHost>(&call)) {
    Deliver(*index, engine::ClaimAnswered{claim->call, status});
  } else if (const auto* change = std::get_if<engine::ChangeHost>(&call)) {
    Deliver(*index, engine::ChangeAnswered{change->call, status});
  } else if (const auto* read = std::get_if<engine::ReadHost>(&call)) {
    Deliver(*index, engine::HostRead{read->call, status});
  } else if (const auto* hook = std::get_if<engine::RunHook>(&call)) {
    Deliver(*index, engine::HookEnded{hook->call, status});
  } else if (const auto* fence = std::get_if<engine::RunFence>(&call)) {
    Deliver(*index, engine::FenceEnded{fence->call, status});
  } else {
    Deliver(*index, engine::HostProbed{std::get<engine::ProbeHost>(call).call, status});
  }
}

void EngineScript::Report(const Words& words) {
  const std::optional<size_t> index = FindCall(words.at(1));
  if (!index.has_value()) return;
  const auto* change = std::get_if<engine::ChangeHost>(&loop_->calls()[*index]);
  if (change == nullptr) return Print("the call changes nothing");
  plan::v1::Operation operation;
  operation.set_operation_id(change->fence.operation_id());
  operation.set_state(Parse<plan::v1::OperationState>(plan::v1::OperationState_descriptor(),
                                                      "OPERATION_" + words.at(2)));
  operation.set_detail(Rest(words, 3));
  Deliver(*index, engine::ChangeAnswered{change->call, operation});
}

void EngineScript::Until(const Words& words) {
  while (!loop_->calls().empty()) {
    output_.clear();
    loop_->Answer();
    const engine::RunState& state = loop_->engine()->state();
    const absl::StatusOr<size_t> step = state.FindStep(words.at(1));
    if (step.ok() && state.status(*step).state() == plan::v1::STARTED) return;
  }
  Print(absl::StrCat(words.at(1), " never starts"));
}

void EngineScript::Finish(const Words& words) {
  loop_->RunToRest();
  if (words[0] == "all") return;
  const size_t last = output_.find_last_of('\n', output_.size() - 2);
  output_.erase(0, last == std::string::npos ? 0 : last + 1);
}

void EngineScript::Decide(const Words& words) {
  journal::v1::RunResumed resumed;
  resumed.set_reason("looked at it");
  resumed.set_step(Rest(words, 1));
  if (words[0] == "retry") resumed.set_decision(journal::v1::RETRY);
  if (words[0] == "accept") resumed.set_decision(journal::v1::ACCEPT);
  if (words[0] == "force-stop") resumed.set_decision(journal::v1::FORCE_STOP);
  if (words[0] == "owe") {
    resumed.set_decision(journal::v1::OWE);
    resumed.clear_step();
    resumed.set_owed_host(words.at(1));
  }
  loop_->Resume(std::move(resumed));
}

void EngineScript::SetService(const Words& words) {
  const absl::StatusOr<plan::v1::Service> service = ParseService(words.at(2));
  ASSERT_TRUE(service.ok()) << service.status();
  farm_->farm().Service(words.at(1), *service) =
      ServiceAs(*service, Parse<plan::v1::RunState>(plan::v1::RunState_descriptor(), words.at(3)),
                Parse<plan::v1::StartupType>(plan::v1::StartupType_descriptor(), words.at(4)));
}

void EngineScript::Show(const Words& /*words*/) {
  const plan::v1::Run run = loop_->Replayed().run();
  Print(absl::StrCat(Word(run.phase()),
                     run.pause_reason() == 0 ? "" : absl::StrCat(" ", Word(run.pause_reason())),
                     ", epoch ", run.epoch(), run.changed() ? ", changed" : ", nothing changed"));
  for (const plan::v1::StepStatus& step : run.steps()) {
    if (step.state() == plan::v1::PENDING || step.state() == plan::v1::SUCCEEDED) continue;
    Print(absl::StrCat(step.step(), " ", Word(step.state()), ": ", step.detail()));
  }
  if (farm_->controllers_max() > 1) Print("two Deployment Controllers ran");
}

void EngineScript::CheckReplay() {
  if (!loop_.has_value() || loop_->engine() == nullptr || loop_->engine()->halted()) return;
  if (Describe(loop_->engine()->state()) == Describe(loop_->Replayed())) return;
  Print("the live state is not what the journal yields");
}

}  // namespace baton
