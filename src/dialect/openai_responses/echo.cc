#include "dialect/openai_responses/functions.h"
#include "json/writer.h"

#include <algorithm>
#include <array>

namespace bifrost::dialect::openai_responses {
namespace {

// What OpenAI repeats of a request. https://platform.openai.com/docs/api-reference/responses/object
constexpr std::array<std::string_view, 19> kRepeated{"instructions",
                                                     "max_output_tokens",
                                                     "max_tool_calls",
                                                     "metadata",
                                                     "parallel_tool_calls",
                                                     "previous_response_id",
                                                     "prompt_cache_key",
                                                     "reasoning",
                                                     "safety_identifier",
                                                     "service_tier",
                                                     "store",
                                                     "temperature",
                                                     "text",
                                                     "tool_choice",
                                                     "tools",
                                                     "top_logprobs",
                                                     "top_p",
                                                     "truncation",
                                                     "user"};

// Agents send the same tens of kilobytes of tools and instructions with each request, and nobody
// reads them in the answer.
constexpr std::size_t kMemberBytesMax = 8192;

}  // namespace

std::string echo(const RequestFacts& facts) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  for (const json::Member& member : facts.members) {
    if (member.value.size() > kMemberBytesMax || member.value == "null") continue;
    if (std::ranges::find(kRepeated, member.key) == kRepeated.end()) continue;
    writer.key(member.key).raw(member.value);
  }
  writer.end_object();
  return text;
}

}  // namespace bifrost::dialect::openai_responses
