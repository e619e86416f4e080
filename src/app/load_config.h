// From the text of `config.json` to a Config that may be used as it is, or to everything that is
// wrong with it.
//
//   BF_TRY(auto loaded, load_config(path, {.providers = names, .environment = environment}));
//   for (const auto& warning : loaded.warnings) ...
//
// After loading, references to environment variables are resolved, providers that we do not serve
// are gone, and allow-lists have one meaning whatever the version of the file.
#pragma once

#include "app/config.h"
#include "app/stored_config.h"
#include "base/result.h"
#include "config/environment.h"
#include "config/problem.h"
#include "provider/settings/providers.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::app {

// Both outlive the call.
struct LoadOptions {
  const provider::ProviderNames& providers;
  const config::Environment& environment;
};

struct LoadedConfig {
  Config config;
  Kinds listed;  // kinds of entries of which the file has a list, if an empty one
  std::vector<std::string> warnings;
  bool holds_secrets = false;  // in the text itself, rather than in what it refers to
};

// What there is to say about a file: `config` is of use only without problems.
struct ConfigReport {
  Config config;
  Kinds listed;
  std::vector<std::string> warnings;
  std::vector<config::Problem> problems;
  bool holds_secrets = false;
};
[[nodiscard]] ConfigReport inspect_config(std::string_view text, const LoadOptions& options);

// Fails with kConfigInvalid; the message has one line per problem.
Result<LoadedConfig> parse_config(std::string_view text, const LoadOptions& options);
// From a file; warns when everybody on the machine may read secrets in it.
Result<LoadedConfig> load_config(const std::string& path, const LoadOptions& options);

}  // namespace bifrost::app
