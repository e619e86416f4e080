#include "tests/integration/wire_samples.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace bifrost::test {
namespace {

std::string openai_chunk(std::string_view delta, std::string_view finish = "null") {
  return sse_event(
      fmt::format(R"({{"id":"chatcmpl-7","object":"chat.completion.chunk","created":1700000000,)"
                  R"("model":"gpt-test","choices":[{{"index":0,"delta":{},"finish_reason":{}}}]}})",
                  delta, finish));
}

WireSample make_openai() {
  return {
      .name = "OpenAi",
      .provider = "openai",
      .path = "/openai/v1/chat/completions",
      .request = R"({"model": "gpt-test", "messages": [{"role": "user", "content": "Hi"}]})",
      // The odd spacing is what shows that bytes are passed on rather than written anew.
      .answer =
          R"({ "id":"chatcmpl-7", "object":"chat.completion","created":1700000000,"model":"gpt-test",)"
          R"( "choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},)"
          R"("finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,)"
          R"("total_tokens":5},"x_unknown":[1.50,"\u00e9"] })",
      .stream_path = "/openai/v1/chat/completions",
      .stream_request = R"({"model": "gpt-test", "stream": true,)"
                        R"( "messages": [{"role": "user", "content": "Hi"}]})",
      .events = {openai_chunk(R"({"role":"assistant","content":""})"),
                 openai_chunk(R"({"content":"Hel"})"), openai_chunk(R"({"content":"lo"})"),
                 openai_chunk("{}", R"("stop")"), "data: [DONE]\n\n"},
      .first_content_at = 1,
      .finish_at = 3,
      .keep_alive = ": keep-alive",
  };
}

WireSample make_anthropic() {
  return {
      .name = "Anthropic",
      .provider = "anthropic",
      .path = "/anthropic/v1/messages",
      .request = R"({"model": "claude-test", "max_tokens": 64,)"
                 R"( "messages": [{"role": "user", "content": "Hi"}]})",
      .answer = R"({ "id":"msg_7","type":"message","role":"assistant","model":"claude-test",)"
                R"( "content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn",)"
                R"("stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2},)"
                R"("x_unknown":1.50 })",
      .stream_path = "/anthropic/v1/messages",
      .stream_request = R"({"model": "claude-test", "max_tokens": 64, "stream": true,)"
                        R"( "messages": [{"role": "user", "content": "Hi"}]})",
      .events = {sse_event(R"({"type":"message_start","message":{"id":"msg_7","type":"message",)"
                           R"("role":"assistant","model":"claude-test","content":[],)"
                           R"("stop_reason":null,"stop_sequence":null,)"
                           R"("usage":{"input_tokens":3,"output_tokens":1}}})",
                           "message_start"),
                 sse_event(R"({"type":"content_block_start","index":0,)"
                           R"("content_block":{"type":"text","text":""}})",
                           "content_block_start"),
                 sse_event(R"({"type":"content_block_delta","index":0,)"
                           R"("delta":{"type":"text_delta","text":"Hel"}})",
                           "content_block_delta"),
                 sse_event(R"({"type":"content_block_delta","index":0,)"
                           R"("delta":{"type":"text_delta","text":"lo"}})",
                           "content_block_delta"),
                 sse_event(R"({"type":"content_block_stop","index":0})", "content_block_stop"),
                 sse_event(R"({"type":"message_delta","delta":{"stop_reason":"end_turn",)"
                           R"("stop_sequence":null},"usage":{"output_tokens":2}})",
                           "message_delta"),
                 sse_event(R"({"type":"message_stop"})", "message_stop")},
      .first_content_at = 2,
      .finish_at = 5,
      .keep_alive = "event: ping\ndata: {\"type\": \"ping\"}",
  };
}

std::string gemini_chunk(std::string_view text, std::string_view more = {}) {
  return sse_event(fmt::format(
      R"({{"candidates":[{{"content":{{"parts":[{{"text":"{}"}}],"role":"model"}},"index":0{}}}],)"
      R"("usageMetadata":{{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5}},)"
      R"("modelVersion":"gemini-test","responseId":"r7"}})",
      text, more));
}

WireSample make_gemini() {
  return {
      .name = "Gemini",
      .provider = "gemini",
      .path = "/genai/v1beta/models/gemini-test:generateContent",
      .request = R"({"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]})",
      .answer = R"({ "candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"},)"
                R"("finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":3,)"
                R"("candidatesTokenCount":2,"totalTokenCount":5},"modelVersion":"gemini-test",)"
                R"("responseId":"r7","x_unknown":1.50 })",
      .stream_path = "/genai/v1beta/models/gemini-test:streamGenerateContent?alt=sse",
      .stream_request = R"({"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]})",
      .events = {gemini_chunk("Hel"), gemini_chunk("lo"),
                 gemini_chunk("!", R"(,"finishReason":"STOP")")},
      .first_content_at = 0,
      .finish_at = 2,
      .keep_alive = R"(data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},)"
                    R"("index":0}]})",
  };
}

std::string response_object(std::string_view status, std::string_view output,
                            std::string_view usage) {
  return fmt::format(
      R"({{"id":"resp_7","object":"response","created_at":1700000000,"status":"{}","error":null,)"
      R"("incomplete_details":null,"model":"gpt-test","output":[{}],"parallel_tool_calls":true,)"
      R"("tool_choice":"auto","tools":[],"usage":{}}})",
      status, output, usage);
}

constexpr std::string_view kResponseItem =
    R"({"id":"msg_7","type":"message","status":"completed","role":"assistant",)"
    R"("content":[{"type":"output_text","text":"Hello","annotations":[]}]})";
constexpr std::string_view kResponseUsage =
    R"({"input_tokens":3,"input_tokens_details":{"cached_tokens":0},"output_tokens":2,)"
    R"("output_tokens_details":{"reasoning_tokens":0},"total_tokens":5})";

// `rest` stands behind the type and the number.
std::string responses_event(std::string_view type, int number, std::string_view rest) {
  return sse_event(fmt::format(R"({{"type":"{}","sequence_number":{},{}}})", type, number, rest),
                   type);
}

std::vector<std::string> responses_events() {
  const std::string begun =
      fmt::format(R"("response":{})", response_object("in_progress", "", "null"));
  constexpr std::string_view kPlace =
      R"("item_id":"msg_7","output_index":0,"content_index":0,"logprobs":[])";
  return {
      responses_event("response.created", 0, begun),
      responses_event("response.in_progress", 1, begun),
      responses_event("response.output_item.added", 2,
                      R"("output_index":0,"item":{"id":"msg_7","type":"message",)"
                      R"("status":"in_progress","role":"assistant","content":[]})"),
      responses_event("response.output_text.delta", 3, fmt::format(R"({},"delta":"Hel")", kPlace)),
      responses_event("response.output_text.delta", 4, fmt::format(R"({},"delta":"lo")", kPlace)),
      responses_event("response.output_item.done", 5,
                      fmt::format(R"("output_index":0,"item":{})", kResponseItem)),
      responses_event("response.completed", 6,
                      fmt::format(R"("response":{})",
                                  response_object("completed", kResponseItem, kResponseUsage)))};
}

WireSample make_responses() {
  return {
      .name = "Responses",
      .provider = "openai",
      .path = "/openai/v1/responses",
      .request = R"({"model": "gpt-test", "input": "Hi"})",
      .answer = R"( )" + response_object("completed", kResponseItem, kResponseUsage) + " ",
      .stream_path = "/openai/v1/responses",
      .stream_request = R"({"model": "gpt-test", "stream": true, "input": "Hi"})",
      .events = responses_events(),
      .first_content_at = 3,
      .finish_at = 6,
      .keep_alive = ": keep-alive",
  };
}

const std::array<WireSample, 4>& samples() {
  static const std::array<WireSample, 4> kSamples = {make_openai(), make_anthropic(), make_gemini(),
                                                     make_responses()};
  return kSamples;
}

WireSample make_unified() {
  WireSample sample = make_openai();
  sample.path = "/v1/chat/completions";
  sample.stream_path = sample.path;
  sample.request = unified_request({});
  sample.stream_request = unified_stream_request();
  return sample;
}

}  // namespace

Script WireSample::held_stream(const Gate& rest) const {
  Script script;
  script.head(200, {{"content-type", "text/event-stream"}, {"transfer-encoding", "chunked"}});
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i == first_content_at + 1) script.wait(rest);
    script.chunk(events[i]);
  }
  return std::move(script.chunk(""));
}

std::string WireSample::stream_text() const {
  std::string text;
  for (const std::string& event : events) text += event;
  return text;
}

const WireSample& openai() { return samples()[0]; }
const WireSample& anthropic() { return samples()[1]; }
const WireSample& gemini() { return samples()[2]; }
const WireSample& responses() { return samples()[3]; }
std::span<const WireSample> all_samples() { return std::span(samples()).first(3); }
std::span<const WireSample> passing_samples() { return samples(); }

const WireSample& unified() {
  static const WireSample kSample = make_unified();
  return kSample;
}

std::string unified_request(std::string_view members) {
  return fmt::format(
      R"({{{}{}"model": "openai/gpt-test", "messages": [{{"role": "user", "content": "Hi"}}]}})",
      members, members.empty() ? "" : ", ");
}

std::string unified_stream_request(std::string_view members) {
  return unified_request(
      fmt::format(R"("stream": true{}{})", members.empty() ? "" : ", ", members));
}

std::string openai_error(std::string_view message, std::string_view type, std::string_view code) {
  return fmt::format(R"({{"error":{{"message":"{}","type":"{}","param":null,"code":{}}}}})",
                     message, type, code.empty() ? "null" : fmt::format("\"{}\"", code));
}

}  // namespace bifrost::test
