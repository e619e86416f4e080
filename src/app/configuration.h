// The configuration that is in force, from the file and from the store, and how it changes: a
// reload by the main thread, or a change through the management API.
//
// Thread-safe.
#pragma once

#include "app/setup.h"
#include "app/stored_config.h"
#include "base/clock.h"
#include "exchange/desk.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

namespace bifrost::app {

using SetupPtr = std::shared_ptr<const Setup>;

class Configuration final : public exchange::Desk {
 public:
  // Both references outlive it.
  struct Source {
    std::string path;     // of the file; empty: none, providers come from the environment
    std::string app_dir;  // folder of the gateway's own files
    const config::Environment& environment;
    const Clock& clock;
  };
  // Fails with kConfigInvalid, one line per problem, and as the store does.
  static Result<std::unique_ptr<Configuration>> read(Source source);

  // Makes all that a configuration needs, or fails and changes nothing. What it gives is called
  // once the configuration is stored, puts it in force, and cannot fail. By whoever changes it,
  // one at a time.
  using PutInForce = std::function<void()>;
  using Prepare = std::function<Result<PutInForce>(const SetupPtr& setup)>;
  // Before anybody can change anything.
  void set_prepare(Prepare prepare) { prepare_ = std::move(prepare); }

  [[nodiscard]] SetupPtr setup() const;
  // Reads the file and the store again. What fails leaves everything as it is.
  Result<void> reload();
  // What others have written into the store since it was read. False: nobody has.
  Result<bool> take_up();
  // Drops values of virtual keys whose time is over (governance/settings/former_values.h).
  Result<void> drop_former_values();
  // Makes anew what is made of it, for something beside it that has changed.
  Result<void> refresh();

  [[nodiscard]] State state() const override;
  [[nodiscard]] Settings settings() const { return state().settings; }
  [[nodiscard]] Settings settings_at_start() const override {
    return {started_, &started_->config};
  }
  [[nodiscard]] const config::Environment& environment() const override { return shared_; }
  [[nodiscard]] StoreState store_state() const override;
  Result<State> change(const Edit& edit, const Terms& terms) override;

 private:
  // It was asked, and did not answer for long.
  struct Silence {
    SteadyTime until;
    Error error;
  };

  explicit Configuration(Source source) : source_(std::move(source)) {}
  Result<void> open_store(Setup& setup);
  [[nodiscard]] Result<std::unique_ptr<StoredConfig>> open_stored(const Config& config) const;
  [[nodiscard]] bool may_do_without(const Error& error) const;
  Result<void> read_all();
  Result<void> read_once();
  Result<void> follow();
  Result<void> adopt(Setup setup, StoredConfig::Plan plan, store::AuditTrail* trail = nullptr);
  Result<void> check_terms(const Terms& terms) const;
  Result<State> change_once(const Edit& edit, const Terms& terms, bool& stale);
  Result<State> change_now(const Edit& edit, const Terms& terms);
  Result<bool> follow_if_behind();
  // Does what asks the store, and remembers what it says of it.
  template <class Ask>
  std::invoke_result_t<Ask&> ask_store(Ask ask);

  // The process's environment without the variables that hold secrets of the gateway itself.
  class Shared final : public config::Environment {
   public:
    explicit Shared(const config::Environment& process) : process_(process) {}
    void hide(const config::Secret& secret);
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const override;

   private:
    const config::Environment& process_;
    std::set<std::string, std::less<>> hidden_;  // filled before anybody asks
  };

  const Source source_;
  Shared shared_{source_.environment};
  Prepare prepare_;
  SetupPtr started_;
  std::mutex changing_;  // held by whoever changes it, from reading to the end
  std::unique_ptr<StoredConfig> stored_;
  bool is_kept_ = false;            // beyond the process; as of the start
  std::optional<Silence> silence_;  // the last one
  exchange::ManagedSettings file_;  // what it said when it was read last
  std::vector<std::string> file_warnings_;
  mutable std::mutex mutex_;  // of what follows, for a moment
  SetupPtr setup_;
  std::shared_ptr<const exchange::EntryVersions> versions_;  // of its entries
  std::optional<WallTime> former_end_;  // of the first former value; absent: there is none
  std::string trouble_;                 // of the store; empty: none
};

}  // namespace bifrost::app
