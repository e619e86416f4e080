#include "app/configuration.h"

#include "app/connect_store.h"
#include "base/log.h"
#include "base/try.h"
#include "config/check_scope.h"
#include "config/problem.h"
#include "store/sqlite/connection.h"

#include <filesystem>
#include <system_error>
#include <utility>

namespace bifrost::app {
namespace {

constexpr std::string_view kInMemory = ":memory:";
constexpr int kTriesMax = 5;  // against others who write
const store::Passphrase kPassing{.text = "for one process", .file = std::string(kInMemory)};

std::string in(const std::string& folder, std::string_view file) {
  return (std::filesystem::path(folder) / file).string();
}

// "governance.virtual_keys[3].name: ..." of what the file has no line for.
Result<void> check(const governance::GovernanceSettings& settings, ErrorCode code) {
  config::Problems problems;
  config::Path path;
  const auto section = path.enter("governance");
  config::CheckScope scope(path, problems);
  settings.check(scope);
  if (problems.empty()) return {};
  const std::string text = config::render(problems.take());
  return code == ErrorCode::kConfigInvalid ? gateway_error(code, text) : client_error(code, text);
}

Result<store::Passphrase> passphrase(const Config& config, const config::Environment& environment,
                                     const std::string& app_dir) {
  if (!config.encryption_key.empty()) {
    return store::Passphrase{.text = config.encryption_key.reveal()};
  }
  if (auto given = environment.get("BIFROST_ENCRYPTION_KEY"); given && !given->empty()) {
    return store::Passphrase{.text = *std::move(given)};
  }
  const auto& store = config.config_store;
  // In memory it lives as long as what is sealed with it.
  if (store && !store->enabled) return kPassing;
  if (store && store->type == store::StoreType::kPostgres) {
    return gateway_error(ErrorCode::kConfigInvalid,
                         "encryption_key: required with config_store.type \"postgres\" (or "
                         "BIFROST_ENCRYPTION_KEY): a key that the gateway makes stands in its own "
                         "folder, and whoever has another folder could not read what it sealed");
  }
  return store::own_passphrase(in(app_dir, "encryption.key"));
}

}  // namespace

Result<std::unique_ptr<Configuration>> Configuration::read(Source source) {
  std::unique_ptr<Configuration> made(
      new Configuration(std::move(source)));  // NOLINT: private constructor
  BF_TRY_VOID(made->read_all());
  return made;
}

SetupPtr Configuration::setup() const {
  const std::scoped_lock lock(mutex_);
  return setup_;
}

// Programs that start together store what the file brings at the same time: one is first, and the
// others then find it done.
Result<void> Configuration::read_all() {
  for (int i = 1;; ++i) {
    auto done = read_once();
    if (done || done.error().code != ErrorCode::kConflict || i == kTriesMax) return done;
  }
}

Result<void> Configuration::read_once() {
  BF_TRY(Setup setup, read_setup(source_.path, source_.environment));
  if (stored_ == nullptr) {
    BF_TRY_VOID(open_store(setup));
  }
  BF_TRY(StoredConfig::Plan plan,
         stored_->merge(setup.config.governance, source_.environment, setup.warnings));
  BF_TRY_VOID(check(plan.governance, ErrorCode::kConfigInvalid));
  return adopt(std::move(setup), std::move(plan));
}

// Judged, made, stored, and only then in force: what fails on the way changes nothing.
Result<void> Configuration::adopt(Setup setup, StoredConfig::Plan plan) {
  setup.config.governance = std::move(plan.governance);
  auto next = std::make_shared<const Setup>(std::move(setup));
  PutInForce put_in_force;
  if (prepare_) {
    BF_TRY(put_in_force, prepare_(next));
  }
  if (auto stored = stored_->carry_out(plan, source_.clock.wall()); !stored) {
    // Limits had their new terms already.
    if (prepare_) ignore(prepare_(this->setup()), "it was in force, and still is");
    return stored;
  }
  {
    const std::scoped_lock lock(mutex_);
    setup_ = std::move(next);
  }
  if (put_in_force) put_in_force();
  return {};
}

// Without the section a gateway goes on where nothing can be written. But where there is a
// database, it is not done without: it may say who must not be let in any more.
bool Configuration::may_do_without(const Error& error) const {
  std::error_code unknown;
  return error.code == ErrorCode::kStoreUnavailable &&
         !std::filesystem::exists(sqlite_path({}, source_.app_dir), unknown);
}

Result<void> Configuration::open_store(Setup& setup) {
  const auto& settings = setup.config.config_store;
  auto opened = open_stored(setup.config);
  if (!opened && !settings && may_do_without(opened.error())) {
    setup.warnings.push_back("config_store: " + opened.error().message +
                             "; what is changed through the API is kept in memory only");
    BF_TRY(auto connection, store::sqlite::open(std::string(kInMemory)));
    opened = StoredConfig::open(std::move(connection), kPassing, source_.clock.wall());
  }
  BF_TRY(stored_, std::move(opened));
  if (settings && !settings->enabled) {
    setup.warnings.emplace_back(
        "config_store: nothing is kept beyond this process of what is changed through the API");
  }
  return {};
}

Result<std::unique_ptr<StoredConfig>> Configuration::open_stored(const Config& config) const {
  BF_TRY(const store::Passphrase key, passphrase(config, source_.environment, source_.app_dir));
  BF_TRY(auto connection,
         connect_store(config.config_store.value_or(store::StoreSettings{}), source_.app_dir));
  return StoredConfig::open(std::move(connection), key, source_.clock.wall());
}

Result<void> Configuration::reload() {
  const std::scoped_lock changing(changing_);
  return read_all();
}

Configuration::Governance Configuration::governance() const {
  const SetupPtr setup = this->setup();
  return {setup, &setup->config.governance};
}

std::optional<exchange::Desk::Entry> Configuration::entry(std::string_view kind,
                                                          std::string_view id) const {
  return stored_->entry(kind, id);
}

Result<void> Configuration::check_terms(const Terms& terms) const {
  if (!terms.revision) return {};
  const auto known = entry(terms.kind, terms.id);
  if (known && known->revision == *terms.revision) return {};
  return client_error(ErrorCode::kOutdated,
                      "If-Match: the entry was changed meanwhile; read it again");
}

Result<Configuration::Governance> Configuration::change(const Edit& edit, const Terms& terms) {
  const std::scoped_lock changing(changing_);
  for (int i = 1;; ++i) {
    bool stale = false;
    auto changed = change_once(edit, terms, stale);
    if (!stale || i == kTriesMax) return changed;
    // Another gateway has written: what it wrote is what is edited.
    BF_TRY_VOID(read_all());
  }
}

Result<Configuration::Governance> Configuration::change_once(const Edit& edit, const Terms& terms,
                                                             bool& stale) {
  BF_TRY_VOID(check_terms(terms));
  const SetupPtr before = setup();
  governance::GovernanceSettings edited = before->config.governance;
  BF_TRY_VOID(edit(edited));
  BF_TRY_VOID(check(edited, ErrorCode::kInvalidRequest));
  BF_TRY(StoredConfig::Plan plan,
         stored_->change(before->config.governance, std::move(edited), source_.environment));
  if (terms.dry_run) {
    return std::make_shared<const governance::GovernanceSettings>(std::move(plan.governance));
  }
  if (auto adopted = adopt({.config = before->config, .warnings = {}}, std::move(plan)); !adopted) {
    stale = adopted.error().code == ErrorCode::kConflict;
    return std::move(adopted).error();
  }
  return governance();
}

}  // namespace bifrost::app
