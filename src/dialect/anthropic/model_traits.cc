#include "dialect/anthropic/model_traits.h"

#include "base/strings.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace bifrost::dialect::anthropic {
namespace {

enum class Family : std::uint8_t { kOther, kHaiku, kSonnet, kOpus, kFable };

struct ModelId {
  Family family = Family::kOther;
  int version = 0;  // major * 100 + minor; 0: the name tells none
};

// The next run of letters and digits of `text`, which is shortened by it.
std::string_view next_token(std::string_view& text) {
  constexpr std::string_view kSeparators = "-._@:/";
  const auto begin = std::min(text.find_first_not_of(kSeparators), text.size());
  text.remove_prefix(begin);
  const auto end = std::min(text.find_first_of(kSeparators), text.size());
  const std::string_view token = text.substr(0, end);
  text.remove_prefix(end);
  return token;
}

Family family_named(std::string_view token) {
  if (token == "haiku") return Family::kHaiku;
  if (token == "sonnet") return Family::kSonnet;
  if (token == "opus") return Family::kOpus;
  if (token == "fable" || token == "mythos") return Family::kFable;
  return Family::kOther;
}

// Nothing when the name is not one of a Claude model.
std::optional<ModelId> parse(std::string_view model) {
  const std::string lower = ascii_lower(model);
  const auto claude = lower.find("claude");
  if (claude == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view(lower).substr(claude + 6);

  ModelId id;
  int numbers = 0;
  while (!rest.empty()) {
    const std::string_view token = next_token(rest);
    if (const Family family = family_named(token); family != Family::kOther) {
      id.family = family;
      continue;
    }
    const auto number = parse_int(token);
    if (!number || token.size() > 2) {
      if (number) break;  // a date: what follows is a revision of the host
      continue;
    }
    if (numbers == 0) id.version = static_cast<int>(*number) * 100;
    if (numbers == 1) id.version += static_cast<int>(*number);
    ++numbers;
  }
  return id;
}

// The provider's limits; the smaller one where hosts differ.
std::int64_t output_tokens_max(const ModelId& id) {
  if (id.version < 305) return 4096;
  if (id.version < 307) return 8192;
  if (id.family == Family::kOpus) {
    if (id.version < 405) return 32000;
    return id.version < 406 ? 64000 : 128000;
  }
  return id.version < 407 ? 64000 : 128000;
}

ThinkingOff thinking_off(const ModelId& id) {
  if (id.family == Family::kFable) return ThinkingOff::kNever;
  if (id.version < 505) return ThinkingOff::kDisabled;
  if (id.family == Family::kOpus) return ThinkingOff::kNever;
  return id.family == Family::kSonnet ? ThinkingOff::kBetweenTools : ThinkingOff::kDisabled;
}

ThinkingSupport thinking(const ModelId& id) {
  if (id.version < 307) return ThinkingSupport::kNone;
  if (id.version < 406) return ThinkingSupport::kBudget;
  if (id.version < 407) return ThinkingSupport::kBudgetOrAdaptive;
  return ThinkingSupport::kAdaptive;
}

}  // namespace

ModelTraits model_traits(std::string_view model) {
  auto id = parse(model);
  if (!id) {
    return {.effort_with_budget = ascii_lower(model).find("deepseek") != std::string::npos};
  }
  // A name without a number is an alias of something recent, or of this line's only model.
  if (id->version == 0) id->version = id->family == Family::kOther ? 300 : 500;
  const bool opus_45 = id->family == Family::kOpus && id->version == 405;
  return {
      .thinking = thinking(*id),
      .thinking_off = thinking_off(*id),
      .effort = id->version >= 406 || opus_45,
      .effort_max = id->version >= 406,
      .effort_xhigh = id->version >= 407,
      .sampling = id->version < 407,
      .one_sampling = id->version >= 401,
      .hides_thoughts = id->version >= 407,
      .output_tokens_max = output_tokens_max(*id),
  };
}

Refusals refusals(std::string_view model) {
  using enum Parameter;
  constexpr Parameters kSampling = {kTemperature, kTopP, kTopK};
  if (!parse(model)) return {};
  const ModelTraits traits = model_traits(model);
  Refusals refused;
  if (traits.thinking == ThinkingSupport::kNone) refused.always = {kReasoning};
  if (!traits.effort) refused.always = refused.always | Parameters{kOutputEffort};
  if (!traits.sampling) {
    refused.always = refused.always | kSampling;
    return refused;
  }
  refused.thinking = kSampling;
  if (traits.one_sampling) refused.with_temperature = {kTopP};
  return refused;
}

}  // namespace bifrost::dialect::anthropic
