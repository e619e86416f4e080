#include "app/configuration.h"

#include "app/connect_store.h"
#include "base/log.h"
#include "base/try.h"
#include "config/check_scope.h"
#include "config/problem.h"
#include "store/sqlite/connection.h"

#include <filesystem>
#include <utility>

namespace bifrost::app {
namespace {

constexpr std::string_view kInMemory = ":memory:";
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
  // In memory it lives as long as what is sealed with it.
  if (config.config_store && !config.config_store->enabled) return kPassing;
  return store::own_passphrase(in(app_dir, "encryption.key"));
}

}  // namespace

Result<std::unique_ptr<Configuration>> Configuration::read(Source source) {
  std::unique_ptr<Configuration> made(
      new Configuration(std::move(source)));  // NOLINT: private constructor
  BF_TRY(made->setup_, made->read_all());
  return made;
}

SetupPtr Configuration::setup() const {
  const std::scoped_lock lock(mutex_);
  return setup_;
}

Result<SetupPtr> Configuration::read_all() {
  BF_TRY(Setup setup, read_setup(source_.path, source_.environment));
  const std::scoped_lock lock(mutex_);
  if (!stored_) {
    BF_TRY_VOID(open_store(setup));
  }
  BF_TRY_VOID(merge(setup));
  BF_TRY_VOID(check(setup.config.governance, ErrorCode::kConfigInvalid));
  return std::make_shared<const Setup>(std::move(setup));
}

// Without the section a gateway goes on without what it cannot have: it may have been started where
// nothing can be written.
Result<void> Configuration::open_store(Setup& setup) {
  const auto& settings = setup.config.config_store;
  auto opened = open_stored(setup.config);
  if (!opened && !settings && opened.error().code == ErrorCode::kStoreUnavailable) {
    setup.warnings.push_back("config_store: " + opened.error().message +
                             "; what is changed through the API is kept in memory only");
    BF_TRY(auto connection, store::sqlite::open(std::string(kInMemory)));
    opened = StoredConfig::open(std::move(connection), kPassing, source_.clock.wall());
  }
  BF_TRY(StoredConfig stored, std::move(opened));
  stored_.emplace(std::move(stored));
  if (settings && !settings->enabled) {
    setup.warnings.emplace_back(
        "config_store: nothing is kept beyond this process of what is changed through the API");
  }
  return {};
}

Result<StoredConfig> Configuration::open_stored(const Config& config) const {
  BF_TRY(auto connection,
         connect_store(config.config_store.value_or(store::StoreSettings{}), source_.app_dir));
  BF_TRY(const store::Passphrase key, passphrase(config, source_.environment, source_.app_dir));
  return StoredConfig::open(std::move(connection), key, source_.clock.wall());
}

// Programs that start together write what the file brings at the same time: one is first, and the
// others then find it done.
Result<void> Configuration::merge(Setup& setup) {
  constexpr int kTriesMax = 5;
  const governance::GovernanceSettings file = setup.config.governance;
  for (int i = 1;; ++i) {
    auto merged = stored_->merge(setup.config.governance, source_.environment, setup.warnings,
                                 source_.clock.wall());
    if (merged || merged.error().code != ErrorCode::kConflict || i == kTriesMax) return merged;
    setup.config.governance = file;
  }
}

Result<void> Configuration::put_in_force(SetupPtr setup) {
  BF_TRY_VOID(publish_(setup));
  const std::scoped_lock lock(mutex_);
  setup_ = std::move(setup);
  return {};
}

Result<void> Configuration::reload() {
  const std::scoped_lock changing(changing_);
  BF_TRY(SetupPtr setup, read_all());
  return put_in_force(std::move(setup));
}

Configuration::Governance Configuration::governance() const {
  const SetupPtr setup = this->setup();
  return {setup, &setup->config.governance};
}

std::optional<exchange::Desk::Entry> Configuration::entry(std::string_view kind,
                                                          std::string_view id) const {
  const std::scoped_lock lock(mutex_);
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
  BF_TRY_VOID(check_terms(terms));
  const SetupPtr before = setup();
  auto next = std::make_shared<Setup>(Setup{.config = before->config, .warnings = {}});
  governance::GovernanceSettings& edited = next->config.governance;
  BF_TRY_VOID(edit(edited));
  BF_TRY_VOID(check(edited, ErrorCode::kInvalidRequest));
  {
    const std::scoped_lock lock(mutex_);
    BF_TRY(auto changes, stored_->changes(before->config.governance, edited, source_.environment));
    if (!terms.dry_run) {
      BF_TRY_VOID(stored_->apply(std::move(changes), source_.clock.wall()));
    }
  }
  if (!terms.dry_run) {
    BF_TRY_VOID(put_in_force(next));
  }
  return Governance(next, &edited);
}

}  // namespace bifrost::app
