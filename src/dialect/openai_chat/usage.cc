#include "dialect/openai_chat/usage.h"

#include "dialect/token_sum.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace bifrost::dialect::openai_chat {
namespace {

std::optional<std::int64_t> count(json::Value value) {
  const auto number = value.integer();
  if (!number) return std::nullopt;
  return bounded_tokens(*number);
}

// The names under which providers report one number: the largest, for some write the others as 0.
std::int64_t any_count(std::initializer_list<json::Value> values) {
  std::int64_t largest = 0;
  for (const json::Value value : values) largest = std::max(largest, count(value).value_or(0));
  return largest;
}

struct Sums {
  std::int64_t prompt = 0;
  std::int64_t completion = 0;
  std::optional<std::int64_t> total;
};

struct CacheCounts {
  std::int64_t read = 0;
  std::int64_t written = 0;
  std::int64_t written_1h = 0;
};

// What stands outside of the details, with the names of all who put it there.
CacheCounts cache_counts_beside(json::Value usage) {
  const auto [hit, cached, num_cached, read, creation, written, by_age] = usage.members<7>(
      {"prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens", "cache_read_input_tokens",
       "cache_creation_input_tokens", "cached_write_tokens", "cache_creation"});
  return {any_count({hit, cached, num_cached, read}), any_count({creation, written}),
          any_count({by_age["ephemeral_1h_input_tokens"]})};
}

void decode_input(json::Value usage, json::Value details, const Sums& sums, llm::Usage& out) {
  const auto [cached, cached_read, write, cached_write, creation, creation_input, by_age, audio,
              image] = details.members<9>({"cached_tokens", "cached_read_tokens",
                                           "cache_write_tokens", "cached_write_tokens",
                                           "cache_creation_tokens", "cache_creation_input_tokens",
                                           "cache_creation", "audio_tokens", "image_tokens"});
  const CacheCounts beside = cache_counts_beside(usage);
  const std::int64_t read = std::max(beside.read, any_count({cached, cached_read}));
  const std::int64_t written =
      std::max(beside.written, any_count({write, cached_write, creation, creation_input}));
  // Some proxies pass Anthropic's counts on: their prompt_tokens are without the cache, which
  // only the total tells.
  std::int64_t rest = sums.prompt;
  if (read + written > 0 && sums.total &&
      *sums.total == sums.prompt + sums.completion + read + written) {
    rest += read + written;
  }
  out.cache_read = take(rest, read);
  out.cache_write = take(rest, written);
  out.cache_write_1h =
      std::min(out.cache_write,
               std::max(beside.written_1h, any_count({by_age["ephemeral_1h_input_tokens"]})));
  // Cached audio counts as cached: what is left of the sum bounds the class.
  out.input_audio = take(rest, any_count({audio}));
  out.input_image = take(rest, any_count({image}));
  out.input = rest;
}

void decode_output(json::Value beside, json::Value details, const Sums& sums, llm::Usage& out) {
  const auto [inside, audio, image] =
      details.members<3>({"reasoning_tokens", "audio_tokens", "image_tokens"});
  std::int64_t reasoning = any_count({inside, beside});
  std::int64_t rest = sums.completion;
  // What the total has beyond both sums is thought: xAI counts thoughts beside the completion,
  // Gemini's compatible endpoint names them nowhere else.
  const std::int64_t hidden =
      std::max<std::int64_t>(0, sums.total.value_or(0) - out.input_total() - sums.completion);
  if (reasoning == 0) reasoning = hidden;
  if (reasoning == hidden || reasoning > sums.completion) rest += reasoning;
  out.reasoning = take(rest, reasoning);
  out.output_audio = take(rest, any_count({audio}));
  out.output_image = take(rest, any_count({image}));
  out.output = rest;
}

}  // namespace

json::Value find_usage(json::Value root) {
  const json::Value usage = root["usage"];
  if (usage.is_object()) return usage;
  const json::Value groq = root["x_groq"]["usage"];
  if (groq.is_object()) return groq;
  // Moonshot's streams carry it inside the choice.
  const json::Value in_choice = root["choices"].at(0)["usage"];
  return in_choice.is_object() ? in_choice : json::Value();
}

llm::Usage decode_usage(json::Value usage) {
  const auto [prompt_tokens, completion_tokens, total_tokens, prompt_details, completion_details,
              reasoning, queries, tool_use, tool_use_details] =
      usage.members<9>({"prompt_tokens", "completion_tokens", "total_tokens",
                        "prompt_tokens_details", "completion_tokens_details", "reasoning_tokens",
                        "num_search_queries", "server_tool_use", "server_tool_use_details"});
  const auto prompt = count(prompt_tokens);
  const auto completion = count(completion_tokens);
  llm::Usage out;
  if (!prompt && !completion) return out;
  const Sums sums{prompt.value_or(0), completion.value_or(0), count(total_tokens)};
  out.known = true;
  decode_input(usage, prompt_details, sums, out);
  decode_output(reasoning, completion_details, sums, out);
  out.web_searches = any_count(
      {queries, tool_use["web_search_requests"], tool_use_details["web_search_requests"]});
  return out;
}

void encode_usage(json::Writer& writer, const llm::Usage& usage) {
  writer.begin_object();
  writer.member("prompt_tokens", usage.input_total());
  writer.member("completion_tokens", usage.output_total());
  writer.member("total_tokens", usage.total());

  writer.key("prompt_tokens_details").begin_object();
  writer.member("cached_tokens", usage.cache_read);
  writer.member("audio_tokens", usage.input_audio);
  if (usage.input_image > 0) writer.member("image_tokens", usage.input_image);
  if (usage.cache_write > 0) {
    writer.member("cache_write_tokens", usage.cache_write);
    writer.key("cache_creation").begin_object();
    writer.member("ephemeral_5m_input_tokens", usage.cache_write - usage.cache_write_1h);
    writer.member("ephemeral_1h_input_tokens", usage.cache_write_1h);
    writer.end_object();
  }
  // The names of the original's own schema, for its clients.
  if (usage.cache_read > 0) writer.member("cached_read_tokens", usage.cache_read);
  if (usage.cache_write > 0) writer.member("cached_write_tokens", usage.cache_write);
  writer.end_object();

  writer.key("completion_tokens_details").begin_object();
  writer.member("reasoning_tokens", usage.reasoning);
  writer.member("audio_tokens", usage.output_audio);
  if (usage.output_image > 0) writer.member("image_tokens", usage.output_image);
  writer.end_object();

  if (usage.web_searches > 0) writer.member("num_search_queries", usage.web_searches);
  writer.end_object();
}

}  // namespace bifrost::dialect::openai_chat
