#include "base/strings.h"
#include "base/try.h"
#include "dialect/fault.h"
#include "dialect/gemini/generation_config.h"
#include "dialect/gemini/schema.h"
#include "dialect/gemini/spelling.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

constexpr std::array<std::string_view, 17> kModelled = {
    "temperature",
    "topP",
    "topK",
    "maxOutputTokens",
    "stopSequences",
    "candidateCount",
    "seed",
    "presencePenalty",
    "frequencyPenalty",
    "responseMimeType",
    "responseSchema",
    "responseJsonSchema",
    "responseLogprobs",
    "logprobs",
    "responseModalities",
    "thinkingConfig",
    "_responseJsonSchema",
};
constexpr std::array<std::string_view, 3> kThinking = {"includeThoughts", "thinkingBudget",
                                                       "thinkingLevel"};

bool is_one_of(std::span<const std::string_view> fields, std::string_view key) {
  return std::ranges::any_of(fields, [&](std::string_view name) { return is_field(key, name); });
}

void keep_unknown(json::Value object, std::span<const std::string_view> known,
                  const std::string& path, llm::Request& request) {
  for (const json::Value member : object.children()) {
    const std::string key = member.key();
    if (is_one_of(known, key)) continue;
    request.extras.push_back({.path = path + key, .json = std::string(member.raw())});
  }
}

Result<void> decode_sampling(json::Value config, const std::string& path, llm::Request& request) {
  BF_TRY(request.temperature, number_field(config, "temperature", path));
  BF_TRY(request.top_p, number_field(config, "topP", path));
  BF_TRY(request.top_k, integer_field(config, "topK", path));
  BF_TRY(request.max_tokens, integer_field(config, "maxOutputTokens", path));
  BF_TRY(request.stop, strings_field(config, "stopSequences", path));
  BF_TRY(request.n, integer_field(config, "candidateCount", path));
  BF_TRY(request.seed, integer_field(config, "seed", path));
  BF_TRY(request.presence_penalty, number_field(config, "presencePenalty", path));
  BF_TRY(request.frequency_penalty, number_field(config, "frequencyPenalty", path));
  BF_TRY(request.logprobs, boolean_field(config, "responseLogprobs", path));
  BF_TRY(request.top_logprobs, integer_field(config, "logprobs", path));
  BF_TRY(request.modalities, strings_field(config, "responseModalities", path));
  for (std::string& modality : request.modalities) modality = ascii_lower(modality);
  return {};
}

Result<void> decode_format(json::Value config, const std::string& path, llm::Request& request) {
  const json::Value type = field(config, "responseMimeType");
  if (type && !type.is_string()) return wrong_type(path + "responseMimeType", type, "a string");
  json::Value plain = field(config, "responseJsonSchema");
  if (!plain) plain = config["_responseJsonSchema"];
  const json::Value open_api = field(config, "responseSchema");
  if (type && !type.equals("application/json") && !type.equals("text/plain")) {
    // "text/x.enum": an answer format that nobody else has.
    for (const json::Value member : {type, open_api}) {
      if (!member) continue;
      request.extras.push_back({.path = path + member.key(), .json = std::string(member.raw())});
    }
    return {};
  }
  if (plain.is_set()) {
    request.response_format = {.kind = llm::ResponseFormat::Kind::kJsonSchema,
                               .schema = std::string(plain.raw())};
  } else if (open_api) {
    request.response_format = {.kind = llm::ResponseFormat::Kind::kJsonSchema,
                               .schema = json_schema(open_api)};
  } else if (type) {
    request.response_format = {.kind = type.equals("application/json")
                                           ? llm::ResponseFormat::Kind::kJsonObject
                                           : llm::ResponseFormat::Kind::kText};
  }
  return {};
}

Result<void> decode_thinking(json::Value thinking, const std::string& path, llm::Request& request) {
  if (!thinking) return {};
  if (!thinking.is_object()) return wrong_type(path, thinking, "an object");
  llm::Reasoning reasoning;
  BF_TRY(reasoning.include_thoughts, boolean_field(thinking, "includeThoughts", path + "."));
  BF_TRY(reasoning.budget_tokens, integer_field(thinking, "thinkingBudget", path + "."));
  const std::string level = ascii_lower(field(thinking, "thinkingLevel").string_or(""));
  if (level != "thinking_level_unspecified") reasoning.effort = level;
  request.reasoning = std::move(reasoning);
  keep_unknown(thinking, kThinking, path + ".", request);
  return {};
}

}  // namespace

Result<void> decode_generation_config(json::Value config, llm::Request& request) {
  if (!config) return {};
  const std::string name = config.key();
  if (!config.is_object()) return wrong_type(name, config, "an object");
  const std::string path = name + ".";
  BF_TRY_VOID(decode_sampling(config, path, request));
  BF_TRY_VOID(decode_format(config, path, request));
  const json::Value thinking = field(config, "thinkingConfig");
  BF_TRY_VOID(decode_thinking(thinking, path + thinking.key(), request));
  keep_unknown(config, kModelled, path, request);
  return {};
}

}  // namespace bifrost::dialect::gemini
