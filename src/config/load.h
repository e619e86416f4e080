// From the text of `config.json` to a Config that may be used as it is, or to everything that is
// wrong with it.
//
//   BF_TRY(auto loaded, config::load_file(path, {.known_providers = names, .environment = env}));
//   for (const auto& warning : loaded.warnings) ...
//
// After loading, references to environment variables are resolved, providers that we do not serve
// are gone, and allow-lists have one meaning whatever the version of the file: {"*"} allows
// everything, an empty list denies everything.
#pragma once

#include "base/result.h"
#include "config/environment.h"
#include "config/problem.h"
#include "config/settings.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::config {

// Providers that work without keys. Given by the provider table; this is for who has none.
inline constexpr std::string_view kKeylessProviders[] = {"demo", "ollama", "sgl"};

struct LoadOptions {
  std::span<const std::string_view> known_providers;
  // Of the original, but not served yet: they load with a warning and are left out.
  std::span<const std::string_view> unserved_providers;
  const Environment& environment;
  std::span<const std::string_view> keyless_providers = kKeylessProviders;
};

struct Loaded {
  Config config;
  std::vector<std::string> warnings;
};

// What there is to say about a file: `config` is of use only without problems.
struct Report {
  Config config;
  std::vector<std::string> warnings;
  std::vector<Problem> problems;
};
[[nodiscard]] Report inspect(std::string_view text, const LoadOptions& options);

// Fails with kConfigInvalid; the message has one line per problem.
Result<Loaded> load(std::string_view text, const LoadOptions& options);
Result<Loaded> load_file(const std::string& path, const LoadOptions& options);

// The text of a file, at most limits::kConfigBytesMax.
Result<std::string> read_config_file(const std::string& path);

}  // namespace bifrost::config
