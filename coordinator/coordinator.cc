#include "coordinator/coordinator.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/fs/file_system.h"
#include "common/hostinfo/interfaces.h"
#include "common/log/log.h"
#include "common/pki/identity.h"
#include "common/rpc/grpc_credentials.h"
#include "common/rpc/grpc_server.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"
#include "common/version/version.h"
#include "coordinator/agent_client/grpc_agent_client.h"
#include "coordinator/agent_client/secret_agent_client.h"
#include "coordinator/fences/no_fence_runner.h"
#include "coordinator/hooks/posix_hook_runner.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/licenses/license_store.h"
#include "coordinator/procedure/step_catalog.h"
#include "coordinator/runtime/adopter.h"
#include "coordinator/runtime/farm_view.h"
#include "coordinator/runtime/forgiver.h"
#include "coordinator/runtime/ids.h"
#include "coordinator/runtime/observer.h"
#include "coordinator/runtime/output_feed.h"
#include "coordinator/runtime/payer.h"
#include "coordinator/runtime/run_book.h"
#include "coordinator/runtime/run_control.h"
#include "coordinator/secrets/secret_store.h"
#include "coordinator/service/coordinator_service.h"

namespace baton {
namespace {

// Calls that run when the daemon is told to stop get this long.
constexpr absl::Duration kShutdownGrace = absl::Seconds(1);

// What is loaded before anything starts.
struct Loaded {
  FarmFile farm;
  Identity identity;
  std::unique_ptr<Journal> journal;
  std::unique_ptr<RunBook> book;
  std::string address;  // where agents find this coordinator; empty if that cannot be told
};

coordinator::v1::Version DescribeVersion(const FarmFile& farm, const std::string& incarnation) {
  coordinator::v1::Version version;
  version.set_version(Version());
  version.set_farm_id(farm.farm_id);
  version.set_catalog_version(kCatalogVersion);
  version.set_incarnation(incarnation);
  return version;
}

// Everything that runs, in the order in which it depends on what came before.
class RunningCoordinator : public Daemon {
 public:
  explicit RunningCoordinator(Loaded loaded)
      : farm_(std::move(loaded.farm)),
        journal_(std::move(loaded.journal)),
        book_(std::move(loaded.book)),
        credentials_(PosixFileSystem(), SystemClock(), loaded.identity),
        agents_(farm_, credentials_),
        secrets_(farm_.secrets, PosixFileSystem(), ProcessEnvironment()),
        licenses_(farm_.licenses, PosixFileSystem()),
        agents_with_secrets_(agents_, secrets_, licenses_),
        hooks_([this] { return secrets_.Values(); }),
        observer_(farm_, agents_, secrets_, licenses_, hooks_, SystemClock(), InterfaceAddresses(),
                  debts_),
        view_(farm_, observer_, *journal_, *book_, SystemClock()),
        control_(farm_, observer_,
                 {*journal_, *book_, agents_with_secrets_, SystemClock(), output_, hooks_, fences_,
                  farm_, loaded.address},
                 incarnation_, loaded.identity.name.name),
        adopter_(farm_, observer_, *journal_, *book_, agents_, SystemClock(), incarnation_,
                 loaded.address),
        forgiver_(farm_, *book_, debts_, fences_, SystemClock()),
        payer_(farm_, PayerWorld(absl::StrCat("coordinator:", loaded.identity.name.name)),
               SystemClock(), absl::LocalTimeZone()),
        service_({view_, control_, adopter_, forgiver_, *book_, *journal_, output_, secrets_,
                  DescribeVersion(farm_, incarnation_)}) {}

  absl::Status Start(const CoordinatorConfig& config) {
    if (const absl::Status damage = book_->damage(); !damage.ok()) {
      LogError(absl::StrCat("nothing will be run: ", damage.message()));
    } else {
      RETURN_IF_ERROR(control_.TakeOver());
    }
    const GrpcServerOptions options{config.daemon.listen, config.socket, CoordinatorPolicy()};
    ASSIGN_OR_RETURN(server_, GrpcServer::Start(options, credentials_, {&service_}));
    pays_ = std::make_unique<PayLoop>(payer_);
    LogInfo(absl::StrCat("Baton coordinator ", Version(), " of farm ", farm_.farm_id, ", ",
                         farm_.hosts.size(), " hosts, listens on ", config.daemon.listen.ToString(),
                         ", journal at record ", journal_->End().sequence()));
    return absl::OkStatus();
  }

  void Stop() override {
    pays_.reset();
    if (server_ != nullptr) server_->Shutdown(kShutdownGrace);
  }

 private:
  Payer::World PayerWorld(const std::string& actor) {
    return {debts_,
            [this] { return book_->ActiveRun(); },
            [this] { return PayTriesIn(*book_); },
            [this] { return observer_.Observe(); },
            [this, actor](const auto& request) { return view_.CreatePlan(request, actor); },
            [this, actor](const auto& request) { return control_.Start(request, actor); },
            [] { return RandomHex128(); }};
  }

  const std::string incarnation_ = RandomHex128();
  const FarmFile farm_;
  const std::unique_ptr<Journal> journal_;
  const std::unique_ptr<RunBook> book_;
  OutputFeed output_;
  GrpcCredentials credentials_;
  GrpcAgentClient agents_;
  const SecretStore secrets_;
  const LicenseStore licenses_;
  SecretAgentClient agents_with_secrets_;  // for runs; whoever only reads needs none
  PosixHookRunner hooks_;                  // behind the output that its threads write to
  const DebtSource debts_ = [this] { return book_->Debts(); };
  NoFenceRunner fences_;
  Observer observer_;
  FarmView view_;
  RunControl control_;
  Adopter adopter_;
  Forgiver forgiver_;
  Payer payer_;
  CoordinatorService service_;
  std::unique_ptr<GrpcServer> server_;
  std::unique_ptr<PayLoop> pays_;
};

absl::StatusOr<Loaded> Load(const CoordinatorConfig& config, const JournalOpener& open_journal) {
  FileSystem& fs = PosixFileSystem();
  ASSIGN_OR_RETURN(FarmFile farm, LoadFarmFile(fs, config.farm_file));
  IdentityExpectation expected;
  expected.farm_id = farm.farm_id;
  expected.roles = {Role::kCoordinator};
  ASSIGN_OR_RETURN(Identity identity,
                   LoadIdentity(fs, config.daemon.identity, expected, SystemClock().Now()));
  RETURN_IF_ERROR(fs.CreateFolders(config.daemon.state_dir, 0700));
  ASSIGN_OR_RETURN(std::unique_ptr<Journal> journal,
                   open_journal(absl::StrCat(config.daemon.state_dir, "/journal.db")));
  ASSIGN_OR_RETURN(std::unique_ptr<RunBook> book, RunBook::Load(*journal));
  std::string address = AdvertisedAddress(config, InterfaceAddresses());
  if (address.empty()) {
    LogWarning(
        "agents are not told where to ask the Baton coordinator: this machine has several "
        "addresses; name one with `advertise` in coordinator.yaml");
  }
  return Loaded{std::move(farm), std::move(identity), std::move(journal), std::move(book),
                std::move(address)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Daemon>> StartCoordinator(const CoordinatorConfig& config,
                                                         const JournalOpener& open_journal) {
  ASSIGN_OR_RETURN(Loaded loaded, Load(config, open_journal));
  auto running = std::make_unique<RunningCoordinator>(std::move(loaded));
  RETURN_IF_ERROR(running->Start(config));
  return running;
}

}  // namespace baton
