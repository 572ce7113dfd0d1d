// The commands that make and revoke certificates. They work on a folder of this machine and need no
// Baton coordinator.

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/pki/pki_store.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/session.h"
#include "coordinator/ctl/table.h"

namespace baton::ctl {
namespace {

// Where the authority lies if `--dir` does not say.
absl::StatusOr<std::string> Folder(Session& session) {
  if (!session.options().folder.empty()) return session.options().folder;
  if (session.environment().home.empty()) {
    return absl::InvalidArgumentError("pki: there is no home folder; name the folder with --dir");
  }
  return session.environment().home + "/.baton/pki";
}

absl::StatusOr<PkiStore> OpenStore(Session& session) {
  ASSIGN_OR_RETURN(std::string folder, Folder(session));
  return PkiStore(session.environment().files, session.environment().clock, std::move(folder));
}

absl::Duration ValidityOr(Session& session, absl::Duration validity) {
  const uint32_t days = session.options().days;
  return days == 0 ? validity : absl::Hours(24) * days;
}

std::string DateTime(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
}

JsonFields ToFields(const IssuedCertificate& certificate) {
  JsonFields fields;
  fields.Add("uri", FormatPeerUri(certificate.name))
      .Add("serial", certificate.serial)
      .Add("not_before", DateTime(certificate.not_before))
      .Add("not_after", DateTime(certificate.not_after))
      .Add("hosts", certificate.hosts)
      .Add("revoked", certificate.revoked);
  return fields;
}

ExitCode ShowIssued(Session& session, const PkiStore& store, const IssuedCertificate& certificate) {
  const std::string folder = store.IdentityFolder(certificate.name.name);
  JsonFields fields = ToFields(certificate);
  fields.Add("identity", folder);
  session.Show(
      fields, absl::StrCat(FormatPeerUri(certificate.name), " serial ", certificate.serial,
                           ", valid until ", DateTime(certificate.not_after), "\nidentity ", folder,
                           "\nnext: move that folder to its machine; it holds the key\n"));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> Init(Session& session) {
  ASSIGN_OR_RETURN(PkiStore store, OpenStore(session));
  ASSIGN_OR_RETURN(const std::string folder, Folder(session));
  const std::string& farm = session.options().farm;
  RETURN_IF_ERROR(store.Init(farm, ValidityOr(session, kAuthorityValidity)));
  JsonFields fields;
  fields.Add("farm_id", farm).Add("folder", folder);
  session.Show(fields, absl::StrCat("authority of farm ", farm, " in ", folder,
                                    "\nwhy: whoever reads its ca-key.pem can be anybody in the "
                                    "farm: keep it on no server of the farm\nnext: baton pki issue "
                                    "coordinator main\n"));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> Issue(Session& session) {
  const Options& options = session.options();
  ASSIGN_OR_RETURN(const Role role, ParseRole(options.role));
  ASSIGN_OR_RETURN(PkiStore store, OpenStore(session));
  ASSIGN_OR_RETURN(
      const IssuedCertificate certificate,
      store.Issue(role, options.name, options.hosts, ValidityOr(session, kCertificateValidity)));
  return ShowIssued(session, store, certificate);
}

absl::StatusOr<ExitCode> Renew(Session& session) {
  ASSIGN_OR_RETURN(PkiStore store, OpenStore(session));
  ASSIGN_OR_RETURN(const IssuedCertificate certificate,
                   store.Renew(session.options().name, ValidityOr(session, kCertificateValidity)));
  return ShowIssued(session, store, certificate);
}

absl::StatusOr<ExitCode> Revoke(Session& session) {
  ASSIGN_OR_RETURN(PkiStore store, OpenStore(session));
  ASSIGN_OR_RETURN(const std::vector<std::string> serials, store.Revoke(session.options().name));
  JsonFields fields;
  fields.Add("revoked", serials);
  session.Show(
      fields,
      absl::StrCat(serials.empty() ? "revoked before already\n"
                                   : absl::StrCat("revoked ", absl::StrJoin(serials, ", "), "\n"),
                   "next: copy revoked.yaml into the identity folder of every machine of "
                   "the farm\n"));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> List(Session& session) {
  ASSIGN_OR_RETURN(PkiStore store, OpenStore(session));
  ASSIGN_OR_RETURN(const std::vector<IssuedCertificate> certificates, store.Show());
  const Style style = session.MakeStyle();
  Table table({"URI", "SERIAL", "VALID UNTIL", "STATE", "HOSTS"});
  std::vector<JsonFields> rows;
  for (const IssuedCertificate& certificate : certificates) {
    rows.push_back(ToFields(certificate));
    const bool expired = certificate.not_after <= style.now;
    table.AddRow({FormatPeerUri(certificate.name), certificate.serial,
                  FormatTime(certificate.not_after, style),
                  certificate.revoked ? Cell("revoked", Tone::kBad)
                  : expired           ? Cell("expired", Tone::kWarn)
                                      : Cell("valid", Tone::kGood),
                  absl::StrJoin(certificate.hosts, ",")});
  }
  session.Show(JsonFields().Add("certificates", rows), table.Render(style));
  return ExitCode::kDone;
}

const Argument kFolder = {"--dir", "DIR of the authority, ~/.baton/pki unless said",
                          &Options::folder};
const Argument kDays = {"--days", "days that the certificate is valid", &Options::days};

}  // namespace

std::vector<Command> PkiCommands() {
  return {
      {"pki init",
       "Make the authority that signs a farm's certificates",
       {{"--farm", "ID of the farm", &Options::farm, true}, kFolder, kDays},
       "baton pki init --farm prod",
       Init},
      {"pki issue",
       "Make an identity folder for an agent, a Baton coordinator or a person",
       {{"ROLE", "coordinator, agent, operator or viewer", &Options::role, true},
        {"NAME", "name of the host or person", &Options::name, true},
        {"--host", "NAME or address of the machine, one or more", &Options::hosts},
        kFolder,
        kDays},
       "baton pki issue agent fe1 --host 10.0.0.11",
       Issue},
      {"pki renew",
       "Give an identity a new key and certificate",
       {{"NAME", "name of the host or person", &Options::name, true}, kFolder, kDays},
       "baton pki renew fe1",
       Renew},
      {"pki revoke",
       "Revoke all certificates of a name, or one by its serial",
       {{"NAME", "name or serial", &Options::name, true}, kFolder},
       "baton pki revoke alice",
       Revoke},
      {"pki show", "List every certificate that was made", {kFolder}, "baton pki show", List},
  };
}

}  // namespace baton::ctl
