// The command about the farm's secrets: `secrets test`.

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/session.h"
#include "coordinator/ctl/table.h"

namespace baton::ctl {
namespace {

absl::StatusOr<ExitCode> TestSecrets(Session& session) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const coordinator::v1::SecretsReport report, client->TestSecrets());
  Table table({"SECRET", "REFERENCE", "CAN BE READ"});
  ExitCode exit_code = ExitCode::kDone;
  for (const plan::v1::SecretCheck& secret : report.secrets()) {
    const bool readable = secret.error().empty();
    if (!readable) exit_code = ExitCode::kRefused;
    table.AddRow({secret.name(), secret.reference(),
                  readable ? Cell("yes", Tone::kGood)
                           : Cell(absl::StrCat("no: ", secret.error()), Tone::kBad)});
  }
  const Style style = session.MakeStyle();
  session.Show(report,
               absl::StrCat("farm ", Clean(report.farm_id()), " | no run | ",
                            report.secrets().empty() ? "the farm file refers to no secret\n"
                                                     : "tried now by the Baton coordinator\n",
                            report.secrets().empty() ? "" : table.Render(style)));
  return exit_code;
}

}  // namespace

std::vector<Command> SecretsCommands() {
  return {
      {"secrets test",
       "Try whether each secret of the farm file can be read; exits with 10 if one cannot",
       {},
       "baton secrets test",
       TestSecrets},
  };
}

}  // namespace baton::ctl
