// Which names of models are labels of their own: those of the configuration, and those that a
// provider has answered well. Callers can write any name; of those that nobody has served, a few
// per provider are shown, because a new model that fails is worth seeing, and the others are one.
//
// Belongs to a worker's thread. Memory is bounded for each provider (base/limits.h).
#pragma once

#include "telemetry/known_values.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrost::record {

struct ConfiguredModels {
  std::string provider;
  std::vector<std::string> models;  // that its keys name
};

class ModelNames {
 public:
  // All providers of a configuration, in place of those of the one before.
  void configure(std::span<const ConfiguredModels> providers);

  // What is published of a name that a provider has served, and of one that was asked for in
  // vain. Good until the next configuration.
  [[nodiscard]] telemetry::LabelValue served(std::string_view provider, std::string_view model);
  [[nodiscard]] telemetry::LabelValue tried(std::string_view provider, std::string_view model);
  // The same for one that the provider does not know: it is never new.
  [[nodiscard]] telemetry::LabelValue unknown(std::string_view provider, std::string_view model);

 private:
  struct Names {
    telemetry::KnownValues values;
    std::size_t accepted = 0;
    std::size_t tried = 0;

    void configure(std::string_view model);
  };

  Names& of(std::string_view provider);

  std::unordered_map<std::string, Names, telemetry::TextHash, std::equal_to<>> providers_;
};

}  // namespace bifrost::record
