// What one key may be used for, by its lists of models.
//
//   - `models` allows: "*" everything, an entry exactly that model, with or without the provider's
//     own name before it ("openai/gpt-4o" and "gpt-4o" are the same at openai), and with or without
//     the resource prefix of its format ("models/gemini-pro" at gemini).
//   - `aliases` count as models, and say what the provider calls them.
//   - `blacklisted_models` denies and goes before both. It looks at the name that was asked for and
//     at the one that an alias makes of it.
//   - a key whose server has one model (vLLM) serves that model only.
#pragma once

#include "base/pattern.h"
#include "catalog/catalog.h"
#include "provider/endpoint.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::routing {

enum class Permit : std::uint8_t {
  kNo,        // not in any list
  kDenied,    // in the deny-list
  kByStar,    // allowed with all others
  kExplicit,  // listed, or an alias
};

[[nodiscard]] Permit permit(const provider::Endpoint& endpoint, const provider::Key& key,
                            std::string_view model);

// The model's name behind the key's aliases.
[[nodiscard]] std::string_view behind_alias(const provider::Endpoint& endpoint,
                                            const provider::Key& key, std::string_view model);

// The name without the endpoint's own before it, however often it stands there, and without the
// resource prefix: as the endpoint knows what a configuration writes "openai/models/x". A part of
// `model`.
[[nodiscard]] std::string_view without_endpoint(const provider::Endpoint& endpoint,
                                                std::string_view model);

// The name that limits and prices go by: what an alias of a key makes of the model, without any
// owner's name before it, nor the resource prefix. A part of `model` or of the alias.
[[nodiscard]] std::string_view counted_model(const provider::Endpoint& endpoint,
                                             std::string_view model);

// What the catalog knows of the model, by the name as it stands and by the counted one; what a
// custom provider offers is taken for what its base type sells under that name. Null: nothing.
[[nodiscard]] const catalog::Model* model_facts(const catalog::Catalog& catalog,
                                                const provider::Endpoint& endpoint,
                                                std::string_view model);

// Does the list hold the model, in any of those spellings, or `*`?
[[nodiscard]] bool lists(const provider::Endpoint& endpoint, const std::vector<std::string>& list,
                         std::string_view model);

// Is the model like one of the patterns, as it stands or without what may stand before its name?
[[nodiscard]] bool matches(const provider::Endpoint& endpoint, std::span<const Pattern> patterns,
                           std::string_view model);

// The best that any enabled key of the endpoint says; an endpoint without keys takes all.
[[nodiscard]] Permit best_permit(const provider::Endpoint& endpoint, std::string_view model);

[[nodiscard]] inline bool allows(Permit permit) { return permit >= Permit::kByStar; }

}  // namespace bifrost::routing
