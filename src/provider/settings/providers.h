// The section `providers` as a whole: which names may stand in it, and what is said about an entry
// that its settings alone do not know.
#pragma once

#include "config/problem.h"
#include "json/document.h"
#include "provider/settings/provider_settings.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::config {
class Reader;
}  // namespace bifrost::config

namespace bifrost::provider {

// Names of providers.
struct ProviderNames {
  std::vector<std::string_view> known;
  std::vector<std::string_view> keyless;   // of the known: those that work without keys
  std::vector<std::string_view> unserved;  // of the original, but not served yet
};

// Those of the table.
[[nodiscard]] ProviderNames provider_names();

// Before the section is read: leaves out the providers that are not served yet, with a warning
// each.
void skip_unserved(json::Value providers, const ProviderNames& names, config::Reader& reader);

// After it: whether a name and what stands below it go together. In a file a provider without the
// keys that it needs is a mistake, unless its list is there and empty; through the API they come
// one by one.
enum class Keys : std::uint8_t { kRequired, kMayFollow };
using KeysOf = std::function<Keys(std::string_view provider)>;
void check_providers(const Providers& providers, const ProviderNames& names, const KeysOf& keys_of,
                     config::Problems& problems);

// Is it one that this program has, or a custom one of such a type?
[[nodiscard]] bool is_known(std::string_view name, const ProviderSettings& provider,
                            const ProviderNames& names);

// Where it has no key, is it asked without a credential, rather than not at all?
[[nodiscard]] bool works_without_keys(std::string_view name, const ProviderSettings& provider,
                                      const ProviderNames& names);

// Gives each key of a file that has no name one that is another one's neither as name nor as id:
// its id, else "openai-key-2" by its place, with a warning.
void name_keys(Providers& providers, std::vector<std::string>& warnings);

// Gives an allow-list one meaning, whatever the version of the file: {"*"} allows everything, an
// empty list denies everything.
void normalise_allow_list(std::vector<std::string>& list, std::int64_t version);
// Those of all keys. An empty one is worth a warning.
void normalise_allow_lists(Providers& providers, std::int64_t version,
                           std::vector<std::string>& warnings);

}  // namespace bifrost::provider
