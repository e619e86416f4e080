#include "dialect/openai_responses/usage.h"

#include "dialect/token_sum.h"

#include <algorithm>
#include <cstdint>

namespace bifrost::dialect::openai_responses {
namespace {

std::int64_t count(json::Value value) { return bounded_tokens(value.integer().value_or(0)); }

}  // namespace

llm::Usage decode_usage(json::Value usage) {
  const auto [input, output, input_details, output_details, searches] =
      usage.members<5>({"input_tokens", "output_tokens", "input_tokens_details",
                        "output_tokens_details", "num_search_queries"});
  llm::Usage out;
  if (!input.integer() && !output.integer()) return out;
  out.known = true;

  const auto [cached, written, by_age, audio_in, image_in] = input_details.members<5>(
      {"cached_tokens", "cache_write_tokens", "cache_creation", "audio_tokens", "image_tokens"});
  std::int64_t rest = count(input);
  out.cache_read = take(rest, count(cached));
  out.cache_write = take(rest, count(written));
  out.cache_write_1h = std::min(out.cache_write, count(by_age["ephemeral_1h_input_tokens"]));
  out.input_audio = take(rest, count(audio_in));
  out.input_image = take(rest, count(image_in));
  out.input = rest;

  const auto [reasoning, audio_out, image_out] =
      output_details.members<3>({"reasoning_tokens", "audio_tokens", "image_tokens"});
  rest = count(output);
  out.reasoning = take(rest, count(reasoning));
  out.output_audio = take(rest, count(audio_out));
  out.output_image = take(rest, count(image_out));
  out.output = rest;

  out.web_searches = count(searches);
  return out;
}

void encode_usage(json::Writer& writer, const llm::Usage& usage) {
  const auto counted = [&](std::string_view name, std::int64_t tokens) {
    if (tokens > 0) writer.member(name, tokens);
  };
  writer.begin_object();
  writer.member("input_tokens", usage.input_total());
  writer.key("input_tokens_details").begin_object();
  writer.member("cached_tokens", usage.cache_read);
  writer.member("cache_write_tokens", usage.cache_write);
  if (usage.cache_write_1h > 0) {
    writer.key("cache_creation").begin_object();
    writer.member("ephemeral_5m_input_tokens", usage.cache_write - usage.cache_write_1h);
    writer.member("ephemeral_1h_input_tokens", usage.cache_write_1h);
    writer.end_object();
  }
  counted("audio_tokens", usage.input_audio);
  counted("image_tokens", usage.input_image);
  writer.end_object();
  writer.member("output_tokens", usage.output_total());
  writer.key("output_tokens_details").begin_object();
  writer.member("reasoning_tokens", usage.reasoning);
  counted("audio_tokens", usage.output_audio);
  counted("image_tokens", usage.output_image);
  writer.end_object();
  writer.member("total_tokens", usage.total());
  counted("num_search_queries", usage.web_searches);
  writer.end_object();
}

}  // namespace bifrost::dialect::openai_responses
