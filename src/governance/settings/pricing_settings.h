// Prices of one's own, in place of those of the price sheet.
#pragma once

#include "config/facts.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::governance {

// In the order in which they are looked at, from the last to the first.
enum class PriceScopeKind : std::uint8_t {
  kGlobal,
  kProvider,
  kProviderKey,
  kVirtualKey,
  kVirtualKeyProvider,
  kVirtualKeyProviderKey,
};
enum class PriceMatch : std::uint8_t { kExact, kWildcard };
enum class PricedRequest : std::uint8_t {
  kChat,
  kText,
  kResponses,
  kEmbedding,
  kRerank,
  kSpeech,
  kTranscription,
  kImageGeneration,
  kImageVariation,
  kImageEdit,
  kVideoGeneration,
  kVideoRemix,
  kCompaction,
};

}  // namespace bifrost::governance

template <>
struct bifrost::config::EnumTexts<bifrost::governance::PriceScopeKind> {
  static constexpr std::array<std::string_view, 6> kTexts = {"global",
                                                             "provider",
                                                             "provider_key",
                                                             "virtual_key",
                                                             "virtual_key_provider",
                                                             "virtual_key_provider_key"};
};
template <>
struct bifrost::config::EnumTexts<bifrost::governance::PriceMatch> {
  static constexpr std::array<std::string_view, 2> kTexts = {"exact", "wildcard"};
};
// Names of llm::Operation.
template <>
struct bifrost::config::EnumTexts<bifrost::governance::PricedRequest> {
  static constexpr std::array<std::string_view, 13> kTexts = {
      "chat_completion",  "text_completion", "responses",        "embedding",       "rerank",
      "speech",           "transcription",   "image_generation", "image_variation", "image_edit",
      "video_generation", "video_remix",     "compaction"};
};

namespace bifrost::governance {

// One entry of `pricing_overrides`.
struct PricingOverrideSettings {
  std::string id;
  std::string name;
  PriceScopeKind scope_kind = PriceScopeKind::kGlobal;
  std::string virtual_key_id;
  std::string provider_id;
  std::string provider_key_id;
  std::string provider_key_name;
  PriceMatch match_type = PriceMatch::kExact;
  std::string pattern;
  std::vector<PricedRequest> request_types;
  std::string pricing_patch;

  void describe(this auto& self, auto& visit) {
    visit.field(
        "id", self.id,
        {.text = "What the API calls it.", .form = config::Form::kNonEmpty, .required = true});
    visit.field("name", self.name,
                {.text = "For people.", .form = config::Form::kNonEmpty, .required = true});
    visit.field("scope_kind", self.scope_kind,
                {.text = "For whom the prices hold. The most specific scope wins: a virtual key "
                         "before a provider's key, that before a provider.",
                 .required = true});
    visit.field("virtual_key_id", self.virtual_key_id,
                {.text = "Id of the virtual key, with scopes of one."});
    visit.field("provider_id", self.provider_id,
                {.text = "Name of the provider, with scopes of one, and with those of its keys."});
    visit.field("provider_key_id", self.provider_key_id,
                {.text = "Id of the provider's key, with scopes of one.", .ours = true});
    visit.field("provider_key_name", self.provider_key_name, {.text = "The same by its name."});
    visit.field(
        "match_type", self.match_type,
        {.text = "`exact`: the model is `pattern`; `wildcard`: it begins so.", .required = true});
    visit.field("pattern", self.pattern,
                {.text = "The model, as limits know it; with `wildcard` its beginning and one `*`, "
                         "such as `gpt-4*`. The longest beginning wins.",
                 .form = config::Form::kNonEmpty,
                 .required = true});
    visit.field("request_types", self.request_types,
                {.text = "Of which requests, streamed ones too.", .required = true});
    visit.field("pricing_patch", self.pricing_patch,
                {.text = "JSON of an object in a text: prices as the price sheet has them, in "
                         "dollars for one token. What it does not name stays."});
    visit.unserved("user_id", config::Shape::kString, "Of one user.");
    visit.unserved("config_hash", config::Shape::kString, "Kept by the original.");
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const PricingOverrideSettings&, const PricingOverrideSettings&) = default;
};

}  // namespace bifrost::governance
