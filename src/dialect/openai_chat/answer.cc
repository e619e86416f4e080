#include "dialect/openai_chat/answer.h"

#include "dialect/openai_chat/citations.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/media.h"
#include "dialect/openai_chat/reasoning.h"

#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

llm::Part image_part(json::Value image_url) {
  const std::string url = image_url.string_or(image_url["url"].string_or(""));
  return {llm::ImagePart{.media = media_of_url(url), .detail = image_url["detail"].string_or("")},
          {}};
}

void append_chunk(json::Value chunk, std::vector<llm::Part>& parts) {
  const json::Value type = chunk["type"];
  if (type.equals("text") || type.equals("output_text")) {
    if (std::string text = chunk["text"].string_or(""); !text.empty()) {
      parts.push_back({llm::TextPart{.text = std::move(text)}, {}});
    }
  } else if (type.equals("thinking")) {
    if (std::string text = decode_thinking(chunk); !text.empty()) {
      parts.push_back({llm::ReasoningPart{.text = std::move(text)}, {}});
    }
  } else if (type.equals("refusal")) {
    parts.push_back({llm::RefusalPart{chunk["refusal"].string_or("")}, {}});
  } else if (type.equals("image_url")) {
    parts.push_back(image_part(chunk["image_url"]));
  } else if (chunk.is_string()) {
    parts.push_back({llm::TextPart{.text = chunk.string_or("")}, {}});
  } else {
    parts.push_back(
        {llm::RawPart{std::string(kName), type.string_or(""), std::string(chunk.raw())}, {}});
  }
}

void append_tool_calls(json::Value message, std::vector<llm::Part>& parts) {
  for (const json::Value call : message["tool_calls"].children()) {
    if (auto part = decode_tool_call(call)) parts.push_back({*std::move(part), {}});
  }
  const json::Value legacy = message["function_call"];
  const std::string name = legacy["name"].string_or("");
  if (name.empty()) return;
  parts.push_back(
      {llm::ToolCallPart{.name = name, .arguments = decode_arguments(legacy["arguments"])}, {}});
}

void attach_to_text(json::Value message, std::vector<llm::Part>& parts) {
  std::vector<llm::Citation> citations = decode_annotations(message["annotations"]);
  std::string signature = decode_signature(message);
  if (citations.empty() && signature.empty()) return;
  llm::TextPart* text = nullptr;
  for (llm::Part& part : parts) {
    if (auto* found = part.as<llm::TextPart>()) text = found;
  }
  if (text == nullptr) text = parts.emplace_back(llm::TextPart{}).as<llm::TextPart>();
  text->citations = std::move(citations);
  text->signature = std::move(signature);
}

}  // namespace

std::vector<llm::Part> decode_message_parts(json::Value message) {
  std::vector<llm::Part> parts;
  for (llm::ReasoningPart& part : decode_reasoning(message)) {
    parts.push_back({std::move(part), {}});
  }
  for (llm::Part& part : decode_content(message["content"])) parts.push_back(std::move(part));
  attach_to_text(message, parts);
  if (std::string refusal = message["refusal"].string_or(""); !refusal.empty()) {
    parts.push_back({llm::RefusalPart{std::move(refusal)}, {}});
  }
  for (llm::Part& part : decode_images(message["images"])) parts.push_back(std::move(part));
  if (auto audio = decode_audio(message["audio"])) parts.push_back({*std::move(audio), {}});
  append_tool_calls(message, parts);
  return parts;
}

std::vector<llm::Part> decode_content(json::Value content) {
  std::vector<llm::Part> parts;
  if (auto text = content.string(); text && !text->empty()) {
    parts.push_back({llm::TextPart{.text = *std::move(text)}, {}});
  }
  if (content.is_array()) {
    for (const json::Value chunk : content.children()) append_chunk(chunk, parts);
  }
  return parts;
}

std::string decode_thinking(json::Value chunk) {
  const json::Value thinking = chunk["thinking"];
  std::string text = thinking.string_or("");
  if (!thinking.is_array()) return text;
  for (const json::Value piece : thinking.children()) {
    text += piece.string_or(piece["text"].string_or(""));
  }
  return text;
}

std::vector<llm::Part> decode_images(json::Value images) {
  std::vector<llm::Part> parts;
  if (!images.is_array()) return parts;
  for (const json::Value image : images.children()) {
    llm::Part part = image_part(image["image_url"]);
    const llm::Media& media = part.as<llm::ImagePart>()->media;
    if (!media.url.empty() || !media.data.empty()) parts.push_back(std::move(part));
  }
  return parts;
}

std::optional<llm::AudioPart> decode_audio(json::Value audio) {
  if (!audio.is_object()) return std::nullopt;
  llm::AudioPart part;
  part.id = audio["id"].string_or("");
  part.media.data = audio["data"].string_or("");
  part.transcript = audio["transcript"].string_or("");
  part.expires_at = audio["expires_at"].integer().value_or(0);
  if (part.id.empty() && part.media.data.empty() && part.transcript.empty() &&
      part.expires_at == 0) {
    return std::nullopt;
  }
  return part;
}

std::optional<llm::ToolCallPart> decode_tool_call(json::Value call) {
  const json::Value function = call["function"];
  const json::Value custom = call["custom"];
  llm::ToolCallPart part;
  part.id = call["id"].string_or("");
  part.signature = decode_signature(call);
  // Some providers write every member of both kinds, empty where it does not apply.
  part.custom = call["type"].equals("custom") || !function.is_object();
  part.name = (part.custom ? custom : function)["name"].string_or("");
  part.arguments =
      part.custom ? custom["input"].string_or("") : decode_arguments(function["arguments"]);
  if (part.id.empty() && part.name.empty() && part.arguments.empty()) return std::nullopt;
  return part;
}

std::string decode_arguments(json::Value arguments) {
  if (auto text = arguments.string()) return *std::move(text);
  return arguments.is_set() ? std::string(arguments.raw()) : std::string();
}

std::string decode_logprobs(json::Value logprobs) {
  for (const json::Value list : logprobs.children()) {
    if (list.size() > 0) return std::string(logprobs.raw());
  }
  return {};
}

std::string made_up_call_id(std::string_view answer_id, std::int64_t choice, std::size_t call) {
  constexpr std::size_t kTail = 24;
  std::string id = "call_";
  const std::size_t start = answer_id.size() > kTail ? answer_id.size() - kTail : 0;
  for (const char c : answer_id.substr(start)) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    id += letter ? c : '_';
  }
  if (id.size() > 5) id += '_';
  if (choice != 0) id += std::to_string(choice) + "_";
  return id + std::to_string(call);
}

}  // namespace bifrost::dialect::openai_chat
