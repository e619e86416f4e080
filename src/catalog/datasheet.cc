#include "catalog/datasheet.h"

#include "base/strings.h"
#include "base/try.h"
#include "catalog/price_fields.h"
#include "json/document.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::catalog {
namespace {

// What a sheet calls otherwise than we do.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kProviders = {{
    {"text-completion-openai", "openai"},
    {"fireworks_ai", "fireworks"},
    {"fireworks_ai-embedding-models", "fireworks"},
    {"bedrock_converse", "bedrock"},
    {"cohere_chat", "cohere"},
    {"vertex_ai", "vertex"},
    {"vertex_ai-language-models", "vertex"},
}};
constexpr std::string_view kInput = "input_cost_per_token";
constexpr std::string_view kSearch = "search_context_cost_per_query";
constexpr std::string_view kSample = "sample_spec";  // explains the others

std::string_view our_name(std::string_view provider) {
  const auto* found =
      std::ranges::find(kProviders, provider, [](const auto& e) { return e.first; });
  return found == kProviders.end() ? provider : found->second;
}

// Of the lengths of long calls the one that begins first: a Price has one.
std::int64_t first_tier(json::Value line) {
  std::int64_t first = 0;
  for (const json::Value member : line.children()) {
    const std::string name = member.key();
    const std::int64_t tier = tier_of(name);
    if (tier == 0 || !name.starts_with(kInput)) continue;
    if (member.type() == json::Type::kNumber && (first == 0 || tier < first)) first = tier;
  }
  return first;
}

// A search has a price for each size of its context, which mostly are equal.
json::Value search_price(json::Value value) {
  for (const std::string_view size :
       {"search_context_size_medium", "search_context_size_low", "search_context_size_high"}) {
    if (const json::Value price = value[size]; price.type() == json::Type::kNumber) return price;
  }
  return value;
}

Result<PricePatch> prices_of(json::Value line) {
  const std::int64_t long_above = first_tier(line);
  PricePatch patch;
  for (const json::Value member : line.children()) {
    const std::string name = member.key();
    const std::int64_t tier = tier_of(name);
    if (!is_price_field(name) || (tier != 0 && tier != long_above)) continue;
    const json::Value price = name == kSearch ? search_price(member) : member;
    if (price.type() != json::Type::kNumber) continue;
    if (auto done = set_price(patch, name, price.raw(), Rounding::kNearest); !done) {
      done.error().message = name + " " + done.error().message;
      return std::move(done).error();
    }
  }
  return patch;
}

std::int64_t first_count(json::Value line, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const auto count = line[name].integer(); count && *count > 0) return *count;
  }
  return 0;
}

std::string_view without_prefix(std::string_view model, std::string_view provider) {
  if (model.size() <= provider.size() || !model.starts_with(provider)) return model;
  return model[provider.size()] == '/' ? model.substr(provider.size() + 1) : model;
}

std::string provider_of(json::Value line) {
  std::string name = line["provider"].string_or("");
  return name.empty() ? line["litellm_provider"].string_or("") : name;
}

}  // namespace

Result<Datasheet> read_datasheet(std::string_view json, const Catalog& base) {
  const auto document = json::Document::parse(json);
  if (!document || document->root().type() != json::Type::kObject) {
    return gateway_error(ErrorCode::kConfigInvalid, "it is no JSON of an object of models");
  }
  Datasheet out{.catalog = base};
  for (const json::Value line : document->root().children()) {
    const std::string model = line.key();
    const std::string provider = provider_of(line);
    if (provider.empty() || model == kSample || line[kInput].type() != json::Type::kNumber)
      continue;
    const auto prices = prices_of(line);
    if (!prices) {
      if (out.skipped++ == 0) out.skipped_why = quoted(model) + ": " + prices.error().message;
      continue;
    }
    ++out.models;
    out.catalog.put(
        std::string(our_name(provider)), std::string(without_prefix(model, provider)),
        {.price = price_of(*prices),
         .context_tokens = first_count(line, {"max_input_tokens", "context_length", "max_tokens"}),
         .output_tokens_max = first_count(line, {"max_output_tokens"})});
  }
  if (out.models > 0) return out;
  return gateway_error(ErrorCode::kConfigInvalid,
                       out.skipped > 0
                           ? "it has no model with a price that can be right: " + out.skipped_why
                           : "it has no model with a provider and input_cost_per_token");
}

}  // namespace bifrost::catalog
