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
#include <string>

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

  // Puts a configuration in force, or fails and changes nothing. Called by whoever changes it, one
  // at a time.
  using Publish = std::function<Result<void>(const SetupPtr& setup)>;
  void set_publish(Publish publish) { publish_ = std::move(publish); }

  [[nodiscard]] SetupPtr setup() const;
  // Reads the file and the store again. What fails leaves everything as it is.
  Result<void> reload();

  [[nodiscard]] Governance governance() const override;
  [[nodiscard]] std::optional<Entry> entry(std::string_view kind,
                                           std::string_view id) const override;
  Result<Governance> change(const Edit& edit, const Terms& terms) override;

 private:
  explicit Configuration(Source source) : source_(std::move(source)) {}
  Result<SetupPtr> read_all();
  Result<void> open_store(Setup& setup);
  [[nodiscard]] Result<StoredConfig> open_stored(const Config& config) const;
  Result<void> merge(Setup& setup);
  Result<void> check_terms(const Terms& terms) const;
  Result<void> put_in_force(SetupPtr setup);

  const Source source_;
  Publish publish_;
  std::mutex changing_;       // held by who changes it, from reading to publishing
  mutable std::mutex mutex_;  // of what follows
  SetupPtr setup_;
  std::optional<StoredConfig> stored_;  // nothing: not opened yet
};

}  // namespace bifrost::app
