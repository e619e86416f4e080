// Requests as agents send them, of any size: system prompt, tools, and turns of text with line
// breaks, quotes and code in them. What a parser meets differs from one long string.
#pragma once

#include "json/writer.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::bench {

inline constexpr std::int64_t kBodySizes[] = {1 << 10, 50 << 10, 400 << 10};

// A chat request in OpenAI's shape of about `bytes`.
inline std::string conversation(std::size_t bytes, bool stream = false) {
  constexpr std::string_view kTurns[] = {
      "Please look at this function:\n\n```cpp\nint main() { return \"x\"[0]; }\n```\n\nWhy does "
      "it "
      "compile?\n",
      "A string literal is an array, and `\"x\"[0]` is its first character.\n\n1. It converts to "
      "`int`.\n2. \u00dcberraschend, but legal.\n",
  };
  std::string body;
  body.reserve(bytes + 1024);
  json::Writer w(body);
  w.begin_object().member("model", "openai/gpt-4o").member("stream", stream);
  w.member("temperature", 0.2).member("max_tokens", 1000);
  w.key("messages").begin_array();
  w.begin_object().member("role", "system").member("content", "You are brief.").end_object();
  for (std::size_t i = 0; i == 0 || body.size() + 600 < bytes; ++i) {
    w.begin_object().member("role", "user").member("content", kTurns[0]).end_object();
    w.begin_object().member("role", "assistant").member("content", kTurns[1]).end_object();
  }
  w.begin_object().member("role", "user").member("content", "Thank you.").end_object();
  w.end_array();
  w.key("tools").begin_array().begin_object().member("type", "function");
  w.key("function").begin_object().member("name", "look_up").member("description", "Finds a page.");
  w.key("parameters")
      .raw(R"({"type":"object","properties":{"title":{"type":"string"}},"required":["title"]})");
  w.end_object().end_object().end_array().end_object();
  return body;
}

}  // namespace bifrost::bench
