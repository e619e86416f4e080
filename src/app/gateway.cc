#include "app/gateway.h"

#include "app/descriptors.h"
#include "app/log_problems.h"
#include "app/open_access.h"
#include "app/open_ledger.h"
#include "base/log.h"
#include "base/try.h"
#include "base/version.h"
#include "net/address.h"
#include "net/listener.h"
#include "telemetry/process.h"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <exception>
#include <sys/stat.h>
#include <thread>
#include <utility>

namespace bifrost::app {
namespace {

constexpr auto kFileCheckInterval = std::chrono::seconds(1);
constexpr auto kDrainCheckInterval = std::chrono::milliseconds(20);
constexpr auto kCutOffPatience = std::chrono::seconds(5);
constexpr auto kLogPatience = std::chrono::seconds(1);

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

// The next signal, or 0 when none comes in time.
int wait_for_signal(std::chrono::nanoseconds limit) {
  const sigset_t set = handled_signals();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
  timespec wait{};
  wait.tv_sec = seconds.count();
  wait.tv_nsec = (limit - seconds).count();
  const int signal = sigtimedwait(&set, nullptr, &wait);
  return signal > 0 ? signal : 0;
}

telemetry::RegistryOptions metrics_options(const exchange::ClientSettings& settings) {
  constexpr std::size_t kMegabyte = 1'000'000;
  return {.version = std::string(version()),
          .custom_labels = settings.prometheus_labels,
          .bytes_max = static_cast<std::size_t>(settings.max_metrics_size_mb) * kMegabyte};
}

// One for the whole process, which outlives all that asks it.
const SystemClock& system_clock() {
  static const SystemClock kClock;
  return kClock;
}

// The main thread has nobody above it. What it does while it waits can be left for the next time.
// Was it done?
template <class Work>
bool where_memory_allows(std::string_view task, Work work) {
  try {
    work();
    return true;
  } catch (const std::exception& exception) {  // there was no memory
    BF_LOG(kWarn, "server", "left for the next time", {"task", task}, {"what", exception.what()});
    return false;
  }
}

// A changed setting that nothing takes up before the next start.
void warn_of_restart(const Config& before, const Config& now) {
  if (metrics_options(now.client) != metrics_options(before.client)) {
    BF_LOG(kWarn, "config",
           "client.prometheus_labels and client.max_metrics_size_mb take effect with the next "
           "start");
  }
  if (now.config_store != before.config_store || now.encryption_key != before.encryption_key) {
    BF_LOG(kWarn, "config", "config_store and encryption_key take effect with the next start");
  }
  if (now.server.admin_port != before.server.admin_port ||
      now.server.admin_host != before.server.admin_host) {
    BF_LOG(kWarn, "config",
           "server.admin_port and server.admin_host take effect with the next start");
  }
  if (now.ledger.journal_size_mb != before.ledger.journal_size_mb ||
      now.ledger.write_interval != before.ledger.write_interval) {
    BF_LOG(kWarn, "config",
           "of the section ledger only on_ledger_full takes effect before the next start");
  }
}

}  // namespace

void block_signals() {
  const sigset_t set = handled_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT: the constant is a cast of the system's
}

Gateway::Gateway(const ServeOptions& options, const config::Environment& environment,
                 std::unique_ptr<Configuration> configuration,
                 std::unique_ptr<telemetry::Registry> metrics)
    : options_(options),
      environment_(environment),
      clock_(system_clock()),
      configuration_(std::move(configuration)),
      metrics_(std::move(metrics)),
      prices_(options.app_dir, environment, clock_),
      state_{.metrics = *metrics_,
             .shard = metrics_->add_shard(),
             .version = std::string(version()),
             .desk = configuration_.get(),
             .prices = &prices_} {}

// Who changes the configuration tells the workers.
Gateway::~Gateway() {
  store_watch_.stop();
  prices_.stop();
  state_.management.stop();
}

Result<std::unique_ptr<Gateway>> Gateway::create(const ServeOptions& options,
                                                 const config::Environment& environment) {
  BF_TRY(auto configuration, Configuration::read({.path = options.config_path,
                                                  .app_dir = options.app_dir,
                                                  .environment = environment,
                                                  .clock = system_clock()}));
  BF_TRY(auto metrics,
         telemetry::Registry::create(metrics_options(configuration->setup()->config.client)));
  std::unique_ptr<Gateway> gateway(new Gateway(options, environment, std::move(configuration),
                                               std::move(metrics)));  // NOLINT: private constructor
  BF_TRY_VOID(gateway->start());
  return gateway;
}

Result<void> Gateway::start() {
  stamp_ = stamp();
  const SetupPtr setup = configuration_->setup();
  watch_.configure(setup->config.server);
  const std::size_t count = options_.workers > 0
                                ? options_.workers
                                : std::max<std::size_t>(1, std::thread::hardware_concurrency());
  BF_TRY(state_.access, open_access(setup->config.config_store, options_.app_dir,
                                    configuration_->store_state().is_kept, clock_.wall()));
  if (state_.access->beside_configuration()) {
    BF_TRY(state_.access_read,
           open_access_for_reports(setup->config.config_store.value_or(store::StoreSettings{}),
                                   options_.app_dir, clock_));
  }
  BF_TRY_VOID(check_descriptors(count));
  const std::string host = options_.host == "localhost" ? "127.0.0.1" : options_.host;
  BF_TRY(net::Address address, net::Address::from_literal(host, options_.port));
  BF_TRY_VOID(net::Listener::check_free(address));
  BF_TRY_VOID(begin_ledger(setup->config, count));
  prices_.configure(PriceSource::of(setup->config));
  BF_TRY(auto snapshot, snapshot_of(*setup));
  for (std::size_t i = 0; i < count; ++i) {
    ledger::Journal* const journal = state_.ledger ? &state_.ledger->journal(i) : nullptr;
    BF_TRY(auto worker,
           Worker::create(state_, clock_, address, snapshot, Worker::Role::kCallers, journal));
    // With port 0 the first one's port is everybody's.
    address = worker->address();
    watch_.add(worker->loop(), worker->door());
    workers_.push_back(std::move(worker));
  }
  configuration_->set_prepare([this](const SetupPtr& changed) { return prepare(*changed); });
  if (setup->config.server.admin_port > 0) {
    BF_TRY_VOID(open_admin_port(snapshot));
  }
  divide_descriptors();
  if (state_.ledger) state_.ledger->start();
  for (const auto& worker : workers_) worker->start();
  store_watch_.start();
  prices_.start([this] { return configuration_->refresh(); });
  return {};
}

Result<void> Gateway::check_descriptors(std::size_t workers) const {
  const auto limit = descriptor_limit();
  if (!limit) return {};
  const std::size_t threads = workers + (setup()->config.server.admin_port > 0 ? 1 : 0);
  return app::check_descriptors(*limit, telemetry::open_fds().value_or(0), threads);
}

// Before limits are made: they go on where the runs before ended. Without the section
// config_store a gateway goes on where nothing can be written: what it is configured is in memory
// then, too.
Result<void> Gateway::begin_ledger(const Config& config, std::size_t workers) {
  const store::StoreSettings store = config.config_store.value_or(store::StoreSettings{});
  if (!store.enabled) {
    BF_LOG(kWarn, "ledger", "what is used is kept in memory only, as config_store says");
    return {};
  }
  if (!configuration_->store_state().is_kept) {
    BF_LOG(kWarn, "ledger", "what is used is kept in memory only, as the configuration is");
    return {};
  }
  auto opened = open_ledger(
      {.store = store, .app_dir = options_.app_dir, .workers = workers, .settings = config.ledger},
      clock_);
  if (!opened && !config.config_store && opened.error().code == ErrorCode::kStoreUnavailable) {
    BF_LOG(kWarn, "ledger", "what is used is kept in memory only",
           {"what", opened.error().message});
    return {};
  }
  BF_TRY(OpenedLedger ledger, std::move(opened));
  keep_usage(ledger.counters, state_.limits, clock_.wall());
  ledger_store_ = std::move(ledger.store);
  state_.ledger = std::move(ledger.ledger);
  state_.usage = std::move(ledger.reports);
  return {};
}

void Gateway::divide_descriptors() {
  const auto limit = descriptor_limit();
  if (!limit) return;
  const DescriptorPlan plan = DescriptorPlan::of(*limit, telemetry::open_fds().value_or(0));
  state_.callers.connections.set_places_max(plan.connections_max);
  for (const auto& worker : workers_) worker->loop().set_descriptors_max(plan.sockets_max);
  const std::int64_t wanted = setup()->config.server.connections_max;
  if (state_.callers.connections.places(wanted) == static_cast<std::size_t>(wanted)) return;
  BF_LOG(kWarn, "server",
         "fewer connections than server.max_connections: each needs two descriptors, raise their "
         "limit (LimitNOFILE, ulimit -Hn)",
         {"connections", plan.connections_max}, {"max_connections", wanted},
         {"descriptors", *limit});
}

// A worker of its own, so that operators are heard whatever the others have to do.
Result<void> Gateway::open_admin_port(const exchange::SnapshotPtr& snapshot) {
  const server::Settings& settings = *snapshot->server;
  BF_TRY(const net::Address address,
         net::Address::from_literal(settings.admin_host,
                                    static_cast<std::uint16_t>(settings.admin_port)));
  BF_TRY_VOID(net::Listener::check_free(address));
  BF_TRY(admin_, Worker::create(state_, clock_, address, snapshot, Worker::Role::kAdmin));
  admin_->start();
  BF_LOG(kInfo, "server", "operators have a port of their own", {"admin", address.text()});
  return {};
}

// The next signal, or 0 when none comes in time. Meanwhile what is short is looked after.
int Gateway::wait(std::chrono::nanoseconds limit) {
  const SteadyTime until = clock_.now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
  while (true) {
    where_memory_allows("a look at what is short", [this] { look(); });
    const std::chrono::nanoseconds left = until - clock_.now();
    const auto slice = std::min<std::chrono::nanoseconds>(left, Watch::kInterval);
    const int signal = wait_for_signal(std::max(slice, std::chrono::nanoseconds(0)));
    if (signal != 0 || clock_.now() >= until) return signal;
  }
}

void Gateway::look() {
  if (!watch_.look() || !state_.overload.takes(overload::Action::kCloseIdle)) return;
  for (const auto& worker : workers_) worker->close_idle();
}

int Gateway::run() {
  const SetupPtr setup = configuration_->setup();
  const Config& config = setup->config;
  BF_LOG(kInfo, "server", "listening", {"address", address().text()}, {"workers", workers_.size()},
         {"providers", config.providers.size()}, {"tls", config.server.tls ? "on" : "off"},
         {"version", version()});
  while (true) {
    const int signal = wait(kFileCheckInterval);
    if (signal == SIGTERM || signal == SIGINT) return go_down();
    const bool changed = !options_.config_path.empty() && stamp() != stamp_;
    if (signal != SIGHUP && !changed) continue;
    stamp_ = stamp();
    if (!where_memory_allows("a reload", [this] { reload(); })) stamp_ = {};  // again, soon
  }
}

Result<exchange::SnapshotPtr> Gateway::snapshot_of(const Setup& setup) {
  std::vector<std::string> warnings = setup.warnings;
  BF_TRY(auto snapshot,
         make_snapshot(setup.config, lasting(), environment_, clock_.wall(), warnings));
  if (state_.ledger) state_.ledger->writer().open_counters(openings_of(state_.limits));
  // What was said of the configuration before need not be said again.
  for (const std::string& warning : warnings) {
    if (std::ranges::find(warnings_, warning) == warnings_.end()) {
      BF_LOG(kWarn, "config", warning);
    }
  }
  warnings_ = std::move(warnings);
  return snapshot;
}

// On the thread of whoever changes the configuration. All of the workers are told, or none.
Result<Configuration::PutInForce> Gateway::prepare(const Setup& setup) {
  BF_TRY(const auto snapshot, snapshot_of(setup));
  using Told = std::pair<net::Loop*, std::shared_ptr<net::Errand>>;
  std::vector<Told> told;
  told.reserve(workers_.size() + 1);
  for (const auto& worker : workers_) told.emplace_back(&worker->loop(), worker->reload(snapshot));
  if (admin_) told.emplace_back(&admin_->loop(), admin_->reload(snapshot));
  return Configuration::PutInForce(
      [this, source = PriceSource::of(setup.config), told = std::move(told)] {
        prices_.configure(source);
        for (const auto& [loop, errand] : told) loop->post(errand);
      });
}

void Gateway::reload() {
  const SetupPtr before = setup();
  const auto reloaded = configuration_->reload();
  state_.count_reload(reloaded.has_value());
  if (!reloaded) {
    log_problems("config", reloaded.error());
    BF_LOG(kError, "config", "reload refused, the configuration before stays in force");
    return;
  }
  const SetupPtr now = setup();
  watch_.configure(now->config.server);
  warn_of_restart(before->config, now->config);
  BF_LOG(kInfo, "config", "reloaded", {"providers", now->config.providers.size()});
}

// A file that is replaced through a link, as Kubernetes does it, is another inode.
Gateway::FileStamp Gateway::stamp() const {
  struct stat status{};
  if (options_.config_path.empty() || ::stat(options_.config_path.c_str(), &status) != 0) return {};
  return {.modified_ns = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec,
          .inode = status.st_ino,
          .size = status.st_size};
}

int Gateway::go_down() {
  prices_.stop();
  const SetupPtr setup = configuration_->setup();
  const server::Settings& settings = setup->config.server;
  state_.draining = true;
  for (const auto& worker : workers_) worker->close_after_next();
  BF_LOG(kInfo, "server", "going down: health fails, requests are still accepted",
         {"seconds", std::chrono::duration<double>(settings.drain_delay).count()});
  const SteadyTime delay_ends = clock_.now() + settings.drain_delay;
  bool at_once = false;
  while (!at_once && clock_.now() < delay_ends) {
    const int signal = wait(delay_ends - clock_.now());
    at_once = signal == SIGTERM || signal == SIGINT;
  }
  for (const auto& worker : workers_) worker->drain();
  if (!at_once) {
    BF_LOG(kInfo, "server", "draining: running requests may finish",
           {"seconds", std::chrono::duration<double>(settings.drain_timeout).count()});
    at_once = !wait_until_drained(settings.drain_timeout, true);
  }
  if (at_once) {
    for (const auto& worker : workers_) worker->cut_off();
    wait_until_drained(kCutOffPatience, false);
  }
  std::size_t cut = 0;
  bool all_drained = true;
  for (const auto& worker : workers_) {
    cut += worker->cut();
    all_drained = all_drained && worker->drained();
  }
  BF_LOG(kInfo, "server", cut == 0 ? "stopped" : "stopped, requests were cut", {"cut", cut});
  if (admin_ && !end_admin_port()) all_drained = false;
  if (!all_drained) {  // a task does not end: better no clean end than a hanging one
    log::flush(kLogPatience);
    std::_Exit(1);
  }
  store_watch_.stop();
  state_.management.stop();
  for (const auto& worker : workers_) worker->stop();
  if (state_.ledger) end_ledger();
  return 0;
}

void Gateway::end_ledger() {
  where_memory_allows("storing the last usage", [this] { state_.ledger->stop(); });
}

// The last one: until here operators could see how the others end.
bool Gateway::end_admin_port() {
  admin_->drain();
  admin_->cut_off();
  const SteadyTime until = clock_.now() + kCutOffPatience;
  while (!admin_->drained() && clock_.now() < until) wait(kDrainCheckInterval);
  if (admin_->drained()) admin_->stop();
  return admin_->drained();
}

// False: time is up, or a second signal came.
bool Gateway::wait_until_drained(std::chrono::nanoseconds limit, bool second_signal_ends) {
  const SteadyTime until = clock_.now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
  while (true) {
    if (std::ranges::all_of(workers_, [](const auto& worker) { return worker->drained(); })) {
      return true;
    }
    if (clock_.now() >= until) return false;
    const int signal = wait(kDrainCheckInterval);
    if (second_signal_ends && (signal == SIGTERM || signal == SIGINT)) return false;
  }
}

}  // namespace bifrost::app
