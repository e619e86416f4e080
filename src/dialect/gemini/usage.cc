#include "dialect/gemini/usage.h"

#include "dialect/gemini/spelling.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace bifrost::dialect::gemini {
namespace {

// Larger counts are nonsense, and their sums must not overflow.
constexpr std::int64_t kCountMax = std::int64_t{1} << 48;

std::int64_t count(json::Value value) {
  return std::clamp<std::int64_t>(whole_number(value).value_or(0), 0, kCountMax);
}

struct ByModality {
  std::int64_t audio = 0;
  std::int64_t image = 0;
};

ByModality modalities(json::Value details) {
  ByModality sums;
  for (const json::Value item : details.children()) {
    const json::Value modality = field(item, "modality");
    const std::int64_t tokens = count(field(item, "tokenCount"));
    if (modality.equals("AUDIO")) sums.audio = std::min(sums.audio + tokens, kCountMax);
    if (modality.equals("IMAGE")) sums.image = std::min(sums.image + tokens, kCountMax);
  }
  return sums;
}

void write_modality(json::Writer& out, std::string_view modality, std::int64_t tokens) {
  if (tokens == 0) return;
  out.begin_object().member("modality", modality).member("tokenCount", tokens).end_object();
}

struct Split {
  std::int64_t text = 0;
  std::int64_t audio = 0;
  std::int64_t image = 0;
};

void write_details(json::Writer& out, std::string_view key, const Split& split) {
  if (split.audio == 0 && split.image == 0) return;
  out.key(key).begin_array();
  write_modality(out, "TEXT", split.text);
  write_modality(out, "AUDIO", split.audio);
  write_modality(out, "IMAGE", split.image);
  out.end_array();
}

}  // namespace

llm::Usage decode_usage(json::Value metadata) {
  const auto [prompts, candidates, total, thoughts, cached_prompts, tools, prompt_details,
              cache_details, candidate_details] =
      fields<9>(metadata,
                {"promptTokenCount", "candidatesTokenCount", "totalTokenCount",
                 "thoughtsTokenCount", "cachedContentTokenCount", "toolUsePromptTokenCount",
                 "promptTokensDetails", "cacheTokensDetails", "candidatesTokensDetails"});
  llm::Usage usage;
  for (const json::Value value : {prompts, candidates, total, thoughts, cached_prompts}) {
    usage.known = usage.known || whole_number(value).has_value();
  }
  if (!usage.known) return usage;

  const std::int64_t prompt = count(prompts);
  usage.cache_read = std::min(count(cached_prompts), prompt);
  const ByModality asked = modalities(prompt_details);
  const ByModality cached = modalities(cache_details);
  std::int64_t rest = prompt - usage.cache_read;
  usage.input_audio = std::clamp<std::int64_t>(asked.audio - cached.audio, 0, rest);
  rest -= usage.input_audio;
  usage.input_image = std::clamp<std::int64_t>(asked.image - cached.image, 0, rest);
  rest -= usage.input_image;
  usage.input = rest + count(tools);

  const ByModality answered = modalities(candidate_details);
  usage.output = count(candidates);
  usage.output_audio = std::min(answered.audio, usage.output);
  usage.output -= usage.output_audio;
  usage.output_image = std::min(answered.image, usage.output);
  usage.output -= usage.output_image;
  usage.reasoning = count(thoughts);
  return usage;
}

void write_usage(json::Writer& out, const llm::Usage& usage) {
  out.begin_object();
  out.member("promptTokenCount", usage.input_total());
  out.member("candidatesTokenCount", usage.output_total() - usage.reasoning);
  out.member("totalTokenCount", usage.total());
  if (usage.cache_read != 0) out.member("cachedContentTokenCount", usage.cache_read);
  if (usage.reasoning != 0) out.member("thoughtsTokenCount", usage.reasoning);
  write_details(out, "promptTokensDetails",
                {.text = usage.input + usage.cache_read + usage.cache_write,
                 .audio = usage.input_audio,
                 .image = usage.input_image});
  write_details(out, "candidatesTokensDetails",
                {.text = usage.output, .audio = usage.output_audio, .image = usage.output_image});
  out.end_object();
}

}  // namespace bifrost::dialect::gemini
