#include "dialect/openai_chat/reasoning.h"

#include <utility>

namespace bifrost::dialect::openai_chat {
namespace {

using Kind = llm::ReasoningPart::Kind;

Kind kind_of(json::Value entry) {
  if (entry["type"].equals("reasoning.summary")) return Kind::kSummary;
  if (!entry["type"].equals("reasoning.encrypted")) return Kind::kText;
  const bool redacted = entry["redacted"].boolean().value_or(false) ||
                        entry["format"].string_or("").starts_with("anthropic");
  return redacted ? Kind::kRedacted : Kind::kEncrypted;
}

std::string_view type_of(Kind kind) {
  switch (kind) {
    case Kind::kText:
      return "reasoning.text";
    case Kind::kSummary:
      return "reasoning.summary";
    case Kind::kRedacted:
    case Kind::kEncrypted:
      return "reasoning.encrypted";
  }
  return "reasoning.text";
}

bool readable(Kind kind) { return kind == Kind::kText || kind == Kind::kSummary; }

// Callers that collect a stream often send its pieces back as they came, one entry each.
bool continues(const ReasoningDetail& before, const ReasoningDetail& piece) {
  return piece.index >= 0 && before.index == piece.index && readable(piece.part.kind) &&
         before.part.kind == piece.part.kind && before.part.signature.empty();
}

void append(llm::ReasoningPart& block, llm::ReasoningPart piece) {
  block.text += piece.text;
  if (!piece.signature.empty()) block.signature = std::move(piece.signature);
  if (!piece.id.empty()) block.id = std::move(piece.id);
  if (!piece.format.empty()) block.format = std::move(piece.format);
}

bool empty(const llm::ReasoningPart& part) {
  return part.text.empty() && part.signature.empty() && part.data.empty();
}

void optional_member(json::Writer& writer, std::string_view name, std::string_view text) {
  if (!text.empty()) writer.member(name, text);
}

}  // namespace

std::vector<ReasoningDetail> decode_reasoning_details(json::Value details) {
  std::vector<ReasoningDetail> out;
  if (!details.is_array()) return out;
  out.reserve(details.size());
  for (const json::Value entry : details.children()) {
    if (!entry.is_object()) continue;
    llm::ReasoningPart part{.kind = kind_of(entry),
                            .text = entry["text"].string_or(""),
                            .signature = entry["signature"].string_or(""),
                            .data = entry["data"].string_or(""),
                            .id = entry["id"].string_or(""),
                            .format = entry["format"].string_or("")};
    if (part.text.empty()) part.text = entry["summary"].string_or("");
    out.push_back({std::move(part), entry["index"].integer().value_or(-1)});
  }
  return out;
}

std::string plain_reasoning(json::Value message) {
  std::string text = message["reasoning_content"].string_or("");
  return text.empty() ? message["reasoning"].string_or("") : text;
}

std::vector<llm::ReasoningPart> decode_reasoning(json::Value message) {
  std::vector<ReasoningDetail> blocks;
  bool any_text = false;
  for (ReasoningDetail& piece : decode_reasoning_details(message["reasoning_details"])) {
    any_text = any_text || !piece.part.text.empty();
    if (!blocks.empty() && continues(blocks.back(), piece)) {
      append(blocks.back().part, std::move(piece.part));
    } else {
      blocks.push_back(std::move(piece));
    }
  }
  std::vector<llm::ReasoningPart> out;
  if (!any_text) {
    if (std::string text = plain_reasoning(message); !text.empty()) {
      out.push_back({.text = std::move(text)});
    }
  }
  for (ReasoningDetail& block : blocks) {
    if (!empty(block.part)) out.push_back(std::move(block.part));
  }
  return out;
}

void encode_reasoning_detail(json::Writer& writer, const llm::ReasoningPart& part,
                             std::int64_t index) {
  writer.begin_object();
  writer.member("type", type_of(part.kind));
  optional_member(writer, part.kind == Kind::kSummary ? "summary" : "text", part.text);
  optional_member(writer, "signature", part.signature);
  optional_member(writer, "data", part.data);
  if (part.kind == Kind::kRedacted) writer.member("redacted", true);
  optional_member(writer, "id", part.id);
  optional_member(writer, "format", part.format);
  writer.member("index", index);
  writer.end_object();
}

std::string joined_text(const std::vector<const llm::ReasoningPart*>& parts) {
  std::string text;
  for (const llm::ReasoningPart* part : parts) {
    if (!text.empty() && !part->text.empty()) text += "\n\n";
    text += part->text;
  }
  return text;
}

void encode_reasoning(json::Writer& writer, const std::vector<const llm::ReasoningPart*>& parts) {
  if (parts.empty()) return;
  const std::string text = joined_text(parts);
  if (!text.empty()) writer.member("reasoning", text);
  writer.key("reasoning_details").begin_array();
  std::int64_t index = 0;
  for (const llm::ReasoningPart* part : parts) encode_reasoning_detail(writer, *part, index++);
  writer.end_array();
}

std::string decode_signature(json::Value owner) {
  return owner["extra_content"]["google"]["thought_signature"].string_or("");
}

void encode_signature(json::Writer& writer, std::string_view signature) {
  if (signature.empty()) return;
  writer.key("extra_content").begin_object().key("google").begin_object();
  writer.member("thought_signature", signature);
  writer.end_object().end_object();
}

}  // namespace bifrost::dialect::openai_chat
