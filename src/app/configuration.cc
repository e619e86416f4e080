#include "app/configuration.h"

#include "app/connect_store.h"
#include "app/passphrase.h"
#include "base/log.h"
#include "base/try.h"
#include "config/check_scope.h"
#include "config/problem.h"
#include "governance/settings/former_values.h"
#include "provider/registry.h"
#include "provider/settings/providers.h"
#include "store/sqlite/connection.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

namespace bifrost::app {
namespace {

constexpr std::string_view kInMemory = ":memory:";
constexpr int kTriesMax = 5;  // against others who write

// "governance.virtual_keys[3].name: ..." of what the file has no line for.
void check_governance(const governance::GovernanceSettings& governance,
                      config::Problems& problems) {
  config::Path path;
  const auto section = path.enter("governance");
  config::CheckScope scope(path, problems);
  governance.check(scope);
}

void check_providers(const provider::Providers& providers, config::Problems& problems) {
  provider::check_providers(
      providers, provider::provider_names(),
      [](std::string_view /*name*/) { return provider::Keys::kMayFollow; }, problems);
  config::Path path;
  const auto section = path.enter("providers");
  for (const auto& [name, settings] : providers) {
    const auto entry = path.enter(name);
    config::CheckScope scope(path, problems);
    settings.check(scope);
  }
}

// What cannot work as it is configured is whose who configures it.
Error of_change(Error error) {
  constexpr auto kRetryAfter = std::chrono::seconds(5);
  if (error.code == ErrorCode::kStoreUnavailable) {
    error.message += "; nothing was changed";
    error.retry_after = kRetryAfter;
  }
  if (error.code != ErrorCode::kConfigInvalid) return error;
  return client_error(ErrorCode::kInvalidRequest, std::move(error.message), std::move(error.param));
}

// Where nobody prepares: what a provider cannot be is found before anything is stored, too.
Result<void> try_providers(const exchange::ManagedSettings& settings) {
  BF_TRY_VOID(provider::Registry::build(settings.providers));
  return {};
}

// What entries say of one another; by itself each was judged when it was read.
Result<void> check(const exchange::ManagedSettings& settings, ErrorCode code) {
  config::Problems problems;
  check_providers(settings.providers, problems);
  check_governance(settings.governance, problems);
  if (problems.empty()) return {};
  const std::string text = config::render(problems.take());
  return code == ErrorCode::kConfigInvalid ? gateway_error(code, text) : client_error(code, text);
}

}  // namespace

Result<std::unique_ptr<Configuration>> Configuration::read(Source source) {
  std::unique_ptr<Configuration> made(
      new Configuration(std::move(source)));  // NOLINT: private constructor
  BF_TRY_VOID(made->read_all());
  made->started_ = made->setup();
  const Config& config = made->started_->config;
  made->shared_.hide(config.encryption_key);
  made->shared_.hide(config.setup_token);
  for (const governance::ApiKeySettings& key : config.governance.api_keys) {
    made->shared_.hide(key.value);
  }
  made->shared_.hide(config.audit.hmac_key);
  made->shared_.hide(config.governance.auth.admin_password);
  if (config.config_store) made->shared_.hide(config.config_store->config.password);
  return made;
}

void Configuration::Shared::hide(const config::Secret& secret) {
  if (!secret.variable().empty()) hidden_.emplace(secret.variable());
}

std::optional<std::string> Configuration::Shared::get(std::string_view name) const {
  if (hidden_.contains(name)) return std::nullopt;
  return process_.get(name);
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
  exchange::ManagedSettings file = setup.config;
  std::vector<std::string> warnings = setup.warnings;
  BF_TRY(StoredConfig::Plan plan,
         stored_->merge(file, setup.ruled, source_.environment, setup.warnings));
  BF_TRY_VOID(check(plan.settings, ErrorCode::kConfigInvalid));
  BF_TRY_VOID(adopt(std::move(setup), std::move(plan)));
  file_ = std::move(file);
  file_warnings_ = std::move(warnings);
  return {};
}

// The file is not read again, nor taken in: others may have another one.
Result<void> Configuration::follow() {
  Setup setup{.config = this->setup()->config, .warnings = file_warnings_};
  BF_TRY(StoredConfig::Plan plan, stored_->follow(file_, source_.environment, setup.warnings));
  BF_TRY_VOID(check(plan.settings, ErrorCode::kConfigInvalid));
  return adopt(std::move(setup), std::move(plan));
}

// Judged, made, stored, and only then in force: what fails on the way changes nothing.
Result<void> Configuration::adopt(Setup setup, StoredConfig::Plan plan, store::AuditTrail* trail) {
  static_cast<exchange::ManagedSettings&>(setup.config) = std::move(plan.settings);
  auto next = std::make_shared<const Setup>(std::move(setup));
  PutInForce put_in_force;
  if (prepare_) {
    BF_TRY(put_in_force, prepare_(next));
  } else {
    BF_TRY_VOID(try_providers(next->config));
  }
  if (auto stored = stored_->carry_out(plan, source_.clock.wall(), trail); !stored) {
    // Limits had their new terms already.
    if (prepare_) ignore(prepare_(this->setup()), "it was in force, and still is");
    return stored;
  }
  {
    const std::scoped_lock lock(mutex_);
    setup_ = std::move(next);
    versions_ = stored_->versions();
    former_end_ = governance::first_former_end(setup_->config.governance);
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
  is_kept_ = opened.has_value() && (!settings || settings->enabled);
  if (!opened && !settings && may_do_without(opened.error())) {
    setup.warnings.push_back("config_store: " + opened.error().message +
                             "; what is changed through the API is kept in memory only");
    BF_TRY(auto connection, store::sqlite::open(std::string(kInMemory)));
    opened = StoredConfig::open(std::move(connection), passing_passphrase(), source_.clock.wall());
  }
  BF_TRY(stored_, std::move(opened));
  if (settings && !settings->enabled) {
    setup.warnings.emplace_back(
        "config_store: nothing is kept beyond this process of what is changed through the API");
  }
  return {};
}

Result<std::unique_ptr<StoredConfig>> Configuration::open_stored(const Config& config) const {
  BF_TRY(const store::Passphrase key, passphrase_of(config, source_.environment, source_.app_dir));
  BF_TRY(auto connection,
         connect_store(config.config_store.value_or(store::StoreSettings{}), source_.app_dir));
  return StoredConfig::open(std::move(connection), key, source_.clock.wall());
}

template <class Ask>
std::invoke_result_t<Ask&> Configuration::ask_store(Ask ask) {
  const SteadyTime before = source_.clock.now();
  auto told = ask();
  const bool away = !told && told.error().code == ErrorCode::kStoreUnavailable;
  const SteadyTime now = source_.clock.now();
  // Where it fails at once, nobody waits for it.
  constexpr auto kLong = std::chrono::seconds(1);
  if (away && now - before >= kLong) silence_ = {.until = now, .error = told.error()};
  if (!told && !away) return told;
  const std::scoped_lock lock(mutex_);
  trouble_ = away ? told.error().message : std::string();
  return told;
}

exchange::Desk::StoreState Configuration::store_state() const {
  const std::scoped_lock lock(mutex_);
  return {.is_kept = is_kept_, .trouble = trouble_};
}

Result<void> Configuration::reload() {
  const std::scoped_lock changing(changing_);
  return read_all();
}

Result<void> Configuration::refresh() {
  const std::scoped_lock changing(changing_);
  if (!prepare_) return {};
  BF_TRY(const PutInForce put_in_force, prepare_(setup()));
  put_in_force();
  return {};
}

Result<bool> Configuration::take_up() {
  const std::scoped_lock changing(changing_);
  return ask_store([this] { return follow_if_behind(); });
}

Result<bool> Configuration::follow_if_behind() {
  BF_TRY(const bool behind, stored_->is_behind());
  if (!behind) return false;
  BF_TRY_VOID(follow());
  return true;
}

// Whoever is asked by such a value does not know it any more: this is for the database.
Result<void> Configuration::drop_former_values() {
  const WallTime now = source_.clock.wall();
  {
    const std::scoped_lock lock(mutex_);
    if (!former_end_ || *former_end_ > now) return {};
  }
  const auto drop = [now](exchange::ManagedSettings& settings) -> Result<void> {
    governance::drop_former_values(settings.governance, now);
    return {};
  };
  BF_TRY_VOID(change(drop, {}));
  return {};
}

Configuration::State Configuration::state() const {
  const std::scoped_lock lock(mutex_);
  return {.settings = {setup_, &setup_->config}, .versions = versions_};
}

Result<void> Configuration::check_terms(const Terms& terms) const {
  if (terms.check) {
    BF_TRY_VOID(terms.check(setup()->config));
  }
  if (terms.version.empty() || terms.version == terms.version_of(state())) return {};
  return client_error(ErrorCode::kOutdated,
                      "If-Match: the entry was changed meanwhile; read it again");
}

Result<Configuration::State> Configuration::change(const Edit& edit, const Terms& terms) {
  const std::scoped_lock changing(changing_);
  // The store was silent while this one waited: its answer is the same.
  if (!terms.dry_run && silence_ && terms.asked && *terms.asked <= silence_->until) {
    return of_change(silence_->error);
  }
  const auto work = [&] { return change_now(edit, terms); };
  auto changed = terms.dry_run ? work() : ask_store(work);
  if (!changed) return of_change(std::move(changed).error());
  return changed;
}

Result<Configuration::State> Configuration::change_now(const Edit& edit, const Terms& terms) {
  for (int i = 1;; ++i) {
    bool stale = false;
    auto changed = change_once(edit, terms, stale);
    if (!stale || i == kTriesMax) return changed;
    // Another gateway has written: what it wrote is what is edited.
    BF_TRY_VOID(follow());
  }
}

Result<Configuration::State> Configuration::change_once(const Edit& edit, const Terms& terms,
                                                        bool& stale) {
  BF_TRY_VOID(check_terms(terms));
  const SetupPtr before = setup();
  Config config = before->config;
  exchange::ManagedSettings edited = std::move(static_cast<exchange::ManagedSettings&>(config));
  BF_TRY_VOID(edit(edited));
  BF_TRY_VOID(check(edited, ErrorCode::kInvalidRequest));
  BF_TRY(StoredConfig::Plan plan,
         stored_->change(before->config, std::move(edited), file_, source_.environment));
  if (terms.dry_run) {
    BF_TRY_VOID(try_providers(plan.settings));
    return State{
        .settings = std::make_shared<const exchange::ManagedSettings>(std::move(plan.settings)),
        .versions = stored_->versions()};
  }
  if (auto adopted = adopt({.config = std::move(config), .warnings = before->warnings},
                           std::move(plan), terms.trail);
      !adopted) {
    stale = adopted.error().code == ErrorCode::kConflict;
    return std::move(adopted).error();
  }
  return state();
}

}  // namespace bifrost::app
