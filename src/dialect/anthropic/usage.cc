#include "dialect/anthropic/usage.h"

#include <algorithm>

namespace bifrost::dialect::anthropic {
namespace {

// Counts are never negative, and nothing is billed beyond this: sums cannot overflow.
constexpr std::int64_t kTokensMax = std::int64_t{1} << 50U;

void take(json::Value value, std::int64_t& into) {
  if (const auto number = value.integer()) into = std::clamp<std::int64_t>(*number, 0, kTokensMax);
}

}  // namespace

void UsageReader::Counts::read(json::Value usage) {
  take(usage["input_tokens"], input);
  take(usage["cache_creation_input_tokens"], cache_write);
  take(usage["cache_creation"]["ephemeral_1h_input_tokens"], cache_write_1h);
  take(usage["cache_read_input_tokens"], cache_read);
  take(usage["output_tokens"], output);
  take(usage["output_tokens_details"]["thinking_tokens"], thinking);
}

void UsageReader::read(json::Value usage) {
  if (!usage.is_object()) return;
  known_ = true;
  total_.read(usage);
  take(usage["server_tool_use"]["web_search_requests"], web_searches_);
  if (auto tier = usage["service_tier"].string()) service_tier_ = std::move(*tier);

  const json::Value iterations = usage["iterations"];
  if (!iterations.is_array()) return;
  compaction_ = {};
  for (const json::Value iteration : iterations.children()) {
    if (!iteration["type"].equals("compaction")) continue;
    Counts one;
    one.read(iteration);
    const auto add = [](std::int64_t& sum, std::int64_t more) {
      sum = std::min(sum + more, kTokensMax);
    };
    add(compaction_.input, one.input);
    add(compaction_.cache_write, one.cache_write);
    add(compaction_.cache_write_1h, one.cache_write_1h);
    add(compaction_.cache_read, one.cache_read);
    add(compaction_.output, one.output);
  }
}

llm::Usage UsageReader::usage() const {
  const std::int64_t thinking = std::min(total_.thinking, total_.output);
  const std::int64_t cache_write = total_.cache_write + compaction_.cache_write;
  return {
      .input = total_.input + compaction_.input,
      .cache_read = total_.cache_read + compaction_.cache_read,
      .cache_write = cache_write,
      .cache_write_1h = std::min(total_.cache_write_1h + compaction_.cache_write_1h, cache_write),
      .output = total_.output - thinking + compaction_.output,
      .reasoning = thinking,
      .web_searches = web_searches_,
      .known = known_,
  };
}

void write_usage_fields(json::Writer& writer, const llm::Usage& usage) {
  writer.member("input_tokens", usage.input + usage.input_audio + usage.input_image);
  writer.member("cache_creation_input_tokens", usage.cache_write);
  writer.member("cache_read_input_tokens", usage.cache_read);
  writer.key("cache_creation").begin_object();
  writer.member("ephemeral_5m_input_tokens", usage.cache_write - usage.cache_write_1h);
  writer.member("ephemeral_1h_input_tokens", usage.cache_write_1h);
  writer.end_object();
  writer.member("output_tokens", usage.output_total());
  if (usage.reasoning > 0) {
    writer.key("output_tokens_details").begin_object();
    writer.member("thinking_tokens", usage.reasoning).end_object();
  }
  if (usage.web_searches > 0) {
    writer.key("server_tool_use").begin_object();
    writer.member("web_search_requests", usage.web_searches);
    writer.member("web_fetch_requests", 0).end_object();
  }
}

std::string hub_service_tier(std::string_view tier) {
  return tier == "standard" ? "default" : std::string(tier);
}

std::string wire_service_tier(std::string_view tier) {
  return tier == "default" ? "standard" : std::string(tier);
}

}  // namespace bifrost::dialect::anthropic
