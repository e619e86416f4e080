#include "bench/load/wire_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace bifrost::bench {
namespace {

constexpr std::string_view kMarkStart = "#@";
constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz ";

std::string filler(std::size_t bytes, std::size_t from) {
  std::string text(bytes, ' ');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = kAlphabet[(from + i) % kAlphabet.size()];
  return text;
}

// Before and behind the prompt.
struct Wrapping {
  std::string before;
  std::string after;
};

Wrapping wrapping(const RequestOptions& options) {
  switch (options.format) {
    case WireFormat::kOpenAi:
      return {fmt::format(R"({{"model":"{}","stream":{},{}"temperature":0.5,"max_tokens":1000,)"
                          R"("messages":[{{"role":"user","content":")",
                          options.model, options.stream,
                          options.stream ? R"("stream_options":{"include_usage":true},)" : ""),
              R"("}]})"};
    case WireFormat::kAnthropic:
      return {fmt::format(R"({{"model":"{}","stream":{},"max_tokens":1000,)"
                          R"("messages":[{{"role":"user","content":")",
                          options.model, options.stream),
              R"("}]})"};
    case WireFormat::kGemini:
      return {R"({"generationConfig":{"maxOutputTokens":1000},)"
              R"("contents":[{"role":"user","parts":[{"text":")",
              R"("}]}]})"};
  }
  return {};
}

std::optional<WireFormat> format_of_path(std::string_view path) {
  if (path.contains("/chat/completions")) return WireFormat::kOpenAi;
  if (path.contains("/messages")) return WireFormat::kAnthropic;
  if (path.contains("enerateContent")) return WireFormat::kGemini;
  return std::nullopt;
}

// The string that follows the key, which only stands once in what the bench sends.
std::string_view string_member(std::string_view body, std::string_view key) {
  const auto at = body.find(key);
  if (at == std::string_view::npos) return {};
  const auto open = body.find('"', at + key.size());
  if (open == std::string_view::npos) return {};
  const auto close = body.find('"', open + 1);
  return close == std::string_view::npos ? std::string_view()
                                         : body.substr(open + 1, close - open - 1);
}

std::string_view model_in_path(std::string_view path) {
  constexpr std::string_view kModels = "/models/";
  const auto at = path.find(kModels);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = path.substr(at + kModels.size());
  return rest.substr(0, rest.find(':'));
}

bool asks_for_stream(WireFormat format, std::string_view path, std::string_view body) {
  if (format == WireFormat::kGemini) return path.contains("streamGenerateContent");
  // The prompt has no quotes, so the key is the key. It stands near one of the ends.
  const auto at = body.find(R"("stream":)");
  return at != std::string_view::npos && body.substr(at + 9, 5).contains("true");
}

}  // namespace

std::optional<WireFormat> parse_wire_format(std::string_view name) {
  if (name == "openai") return WireFormat::kOpenAi;
  if (name == "anthropic") return WireFormat::kAnthropic;
  if (name == "gemini") return WireFormat::kGemini;
  return std::nullopt;
}

std::string request_path(const RequestOptions& options) {
  switch (options.format) {
    case WireFormat::kOpenAi:
      return "/v1/chat/completions";
    case WireFormat::kAnthropic:
      return "/v1/messages";
    case WireFormat::kGemini:
      return fmt::format("/v1beta/models/{}:{}", options.model,
                         options.stream ? "streamGenerateContent?alt=sse" : "generateContent");
  }
  return "/";
}

std::string request_body(const RequestOptions& options) {
  const Wrapping around = wrapping(options);
  const std::size_t fixed = around.before.size() + around.after.size() + kPromptEnd.size();
  const std::size_t room = options.body_bytes > fixed ? options.body_bytes - fixed : 0;
  return around.before + filler(room, 0) + std::string(kPromptEnd) + around.after;
}

std::optional<Asked> read_request(std::string_view path, std::string_view body) {
  const auto format = format_of_path(path);
  if (!format || body.rfind(kPromptEnd) == std::string_view::npos) return std::nullopt;
  const bool in_path = *format == WireFormat::kGemini;
  const auto recipe =
      parse_recipe(in_path ? model_in_path(path) : string_member(body, R"("model":)"));
  if (!recipe) return std::nullopt;
  return Asked{*format, *recipe, asks_for_stream(*format, path, body)};
}

std::string answer_body(WireFormat format, const Recipe& recipe) {
  const std::string text = filler(recipe.answer_bytes, 0);
  switch (format) {
    case WireFormat::kOpenAi:
      return fmt::format(
          R"({{"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,)"
          R"("model":"bench","choices":[{{"index":0,"message":{{"role":"assistant",)"
          R"("content":"{}"}},"finish_reason":"stop"}}],)"
          R"("usage":{{"prompt_tokens":256,"completion_tokens":256,"total_tokens":512}}}})",
          text);
    case WireFormat::kAnthropic:
      return fmt::format(
          R"({{"id":"msg_bench","type":"message","role":"assistant","model":"bench",)"
          R"("content":[{{"type":"text","text":"{}"}}],"stop_reason":"end_turn",)"
          R"("stop_sequence":null,"usage":{{"input_tokens":256,"output_tokens":256}}}})",
          text);
    case WireFormat::kGemini:
      return fmt::format(
          R"({{"candidates":[{{"content":{{"parts":[{{"text":"{}"}}],"role":"model"}},)"
          R"("finishReason":"STOP","index":0}}],"usageMetadata":{{"promptTokenCount":256,)"
          R"("candidatesTokenCount":256,"totalTokenCount":512}},"modelVersion":"bench"}})",
          text);
  }
  return {};
}

std::string error_body(WireFormat format, int status) {
  const bool limited = status == 429;
  switch (format) {
    case WireFormat::kOpenAi:
      return fmt::format(R"({{"error":{{"message":"as asked for","type":"{}","code":null}}}})",
                         limited ? "rate_limit_error" : "server_error");
    case WireFormat::kAnthropic:
      return fmt::format(R"({{"type":"error","error":{{"type":"{}","message":"as asked for"}}}})",
                         limited ? "rate_limit_error" : "api_error");
    case WireFormat::kGemini:
      return fmt::format(R"({{"error":{{"code":{},"message":"as asked for","status":"{}"}}}})",
                         status, limited ? "RESOURCE_EXHAUSTED" : "INTERNAL");
  }
  return {};
}

namespace {

constexpr std::string_view kOpenAiChunk =
    R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,)"
    R"("model":"bench","choices":[)";

std::string openai_chunk(std::string_view delta, std::string_view finish) {
  return fmt::format(R"({}{{"index":0,"delta":{},"finish_reason":{}}}]}})"
                     "\n\n",
                     kOpenAiChunk, delta, finish);
}

std::string anthropic_event(std::string_view type, std::string_view rest) {
  return fmt::format("event: {}\ndata: {{\"type\":\"{}\"{}}}\n\n", type, type, rest);
}

std::string gemini_event(std::string_view text, std::string_view finish) {
  return fmt::format(
      R"(data: {{"candidates":[{{"content":{{"parts":[{{"text":"{}"}}],"role":"model"}},)"
      R"({}"index":0}}],"usageMetadata":{{"promptTokenCount":256,"candidatesTokenCount":256,)"
      R"("totalTokenCount":512}},"modelVersion":"bench"}})"
      "\r\n\r\n",
      text, finish);
}

}  // namespace

std::vector<std::string> opening_frames(WireFormat format) {
  switch (format) {
    case WireFormat::kOpenAi:
      return {openai_chunk(R"({"role":"assistant","content":""})", "null")};
    case WireFormat::kAnthropic:
      return {
          anthropic_event("message_start",
                          R"(,"message":{"id":"msg_bench","type":"message","role":"assistant",)"
                          R"("model":"bench","content":[],"stop_reason":null,"stop_sequence":null,)"
                          R"("usage":{"input_tokens":256,"output_tokens":1}})"),
          anthropic_event("content_block_start",
                          R"(,"index":0,"content_block":{"type":"text","text":""})")};
    case WireFormat::kGemini:
      return {};
  }
  return {};
}

std::vector<std::string> closing_frames(WireFormat format, const Recipe& recipe) {
  switch (format) {
    case WireFormat::kOpenAi:
      return {openai_chunk("{}", R"("stop")"),
              fmt::format(R"({}],"usage":{{"prompt_tokens":256,"completion_tokens":{},)"
                          R"("total_tokens":{}}}}})"
                          "\n\n",
                          kOpenAiChunk, recipe.events, 256 + recipe.events),
              "data: [DONE]\n\n"};
    case WireFormat::kAnthropic:
      return {
          anthropic_event("content_block_stop", R"(,"index":0)"),
          anthropic_event("message_delta",
                          fmt::format(R"(,"delta":{{"stop_reason":"end_turn",)"
                                      R"("stop_sequence":null}},"usage":{{"output_tokens":{}}})",
                                      recipe.events)),
          anthropic_event("message_stop", "")};
    case WireFormat::kGemini:
      return {gemini_event("", R"("finishReason":"STOP",)")};
  }
  return {};
}

void append_frame(std::string& out, WireFormat format, std::string_view text) {
  switch (format) {
    case WireFormat::kOpenAi:
      out += openai_chunk(fmt::format(R"({{"content":"{}"}})", text), "null");
      return;
    case WireFormat::kAnthropic:
      out += anthropic_event(
          "content_block_delta",
          fmt::format(R"(,"index":0,"delta":{{"type":"text_delta","text":"{}"}})", text));
      return;
    case WireFormat::kGemini:
      out += gemini_event(text, "");
      return;
  }
}

std::string event_text(const EventMark& mark, std::size_t text_bytes) {
  std::string text = fmt::format("{}{:07}.{:016x};", kMarkStart, mark.number,
                                 static_cast<std::uint64_t>(mark.sent_at.count()));
  if (text_bytes > text.size()) text += filler(text_bytes - text.size(), mark.number);
  return text;
}

std::size_t find_mark(std::string_view bytes, std::size_t from) {
  return bytes.find(kMarkStart, from);
}

std::optional<EventMark> parse_mark(std::string_view text) {
  if (text.size() < kMarkBytes || !text.starts_with(kMarkStart)) return std::nullopt;
  if (text[9] != '.' || text[kMarkBytes - 1] != ';') return std::nullopt;
  EventMark mark;
  std::uint64_t sent_at = 0;
  const char* number = text.data() + kMarkStart.size();
  const char* time = text.data() + 10;
  const auto read_number = std::from_chars(number, number + 7, mark.number);
  const auto read_time = std::from_chars(time, time + 16, sent_at, 16);
  if (read_number.ptr != number + 7 || read_time.ptr != time + 16) return std::nullopt;
  mark.sent_at = std::chrono::nanoseconds(static_cast<std::int64_t>(sent_at));
  return mark;
}

}  // namespace bifrost::bench
