#include "dialect/openai_responses/output_item.h"

#include "base/strings.h"
#include "json/document.h"

#include <algorithm>

namespace bifrost::dialect::openai_responses {
namespace {

using TextKind = OutputText::Kind;

// OpenAI takes ids of up to 64 characters back.
constexpr std::size_t kIdTailMax = 48;

std::string_view prefix_of(OutputItem::Kind kind, bool custom) {
  switch (kind) {
    case OutputItem::Kind::kMessage:
      return "msg_";
    case OutputItem::Kind::kReasoning:
      return "rs_";
    case OutputItem::Kind::kCall:
      return custom ? "ctc_" : "fc_";
    case OutputItem::Kind::kImage:
      return "ig_";
    case OutputItem::Kind::kForeign:
      return "item_";
  }
  return "item_";
}

void write_texts(json::Writer& writer, std::string_view name, const std::vector<OutputText>& texts,
                 TextKind kind, TextKind other) {
  writer.key(name).begin_array();
  for (const OutputText& text : texts) {
    if (text.kind == kind || text.kind == other) text.write(writer);
  }
  writer.end_array();
}

void write_call(json::Writer& writer, const llm::ToolCallPart& call) {
  writer.member("call_id", call.id);
  writer.member("name", call.name);
  writer.member(call.custom ? "input" : "arguments", call.arguments);
}

}  // namespace

std::string logprob_entries(std::string_view chat_logprobs) {
  if (chat_logprobs.empty()) return {};
  const auto document = json::Document::parse(chat_logprobs);
  if (!document) return {};
  std::string entries;
  for (const json::Value entry : document->root()["content"].children()) {
    if (!entries.empty()) entries += ',';
    entries += entry.raw();
  }
  return entries;
}

void OutputText::add_logprobs(std::string_view chat_logprobs) {
  const std::string more = logprob_entries(chat_logprobs);
  if (!logprobs.empty() && !more.empty()) logprobs += ',';
  logprobs += more;
}

void OutputText::write(json::Writer& writer) const {
  writer.begin_object();
  switch (kind) {
    case Kind::kText:
      writer.member("type", "output_text");
      writer.key("annotations").begin_array();
      for (const std::string& annotation : annotations) writer.raw(annotation);
      writer.end_array();
      writer.key("logprobs").raw("[" + logprobs + "]");
      writer.member("text", text);
      break;
    case Kind::kRefusal:
      writer.member("type", "refusal").member("refusal", text);
      break;
    case Kind::kSummary:
      writer.member("type", "summary_text").member("text", text);
      break;
    case Kind::kReasoning:
      writer.member("type", "reasoning_text").member("text", text);
      break;
  }
  writer.end_object();
}

bool OutputItem::has(OutputText::Kind wanted) const {
  return std::ranges::find(texts, wanted, &OutputText::kind) != texts.end();
}

void OutputItem::write(json::Writer& writer, std::string_view status) const {
  if (kind == Kind::kForeign) {
    writer.raw(json);
    return;
  }
  writer.begin_object();
  writer.member("id", id);
  switch (kind) {
    case Kind::kMessage:
      writer.member("type", "message").member("status", status);
      write_texts(writer, "content", texts, TextKind::kText, TextKind::kRefusal);
      writer.member("role", "assistant");
      break;
    case Kind::kReasoning:
      writer.member("type", "reasoning");
      write_texts(writer, "summary", texts, TextKind::kSummary, TextKind::kSummary);
      if (has(TextKind::kReasoning)) {
        write_texts(writer, "content", texts, TextKind::kReasoning, TextKind::kReasoning);
      }
      if (!encrypted.empty()) writer.member("encrypted_content", encrypted);
      break;
    case Kind::kCall:
      writer.member("type", call.custom ? "custom_tool_call" : "function_call");
      writer.member("status", status);
      write_call(writer, call);
      break;
    case Kind::kImage:
      writer.member("type", "image_generation_call").member("status", status);
      if (media_type.starts_with("image/")) writer.member("output_format", media_type.substr(6));
      json.empty() ? writer.key("result").null() : writer.member("result", json);
      break;
    case Kind::kForeign:
      break;
  }
  writer.end_object();
}

std::string made_up_item_id(OutputItem::Kind kind, bool custom, std::string_view response_id,
                            std::size_t place) {
  std::string id(prefix_of(kind, custom));
  if (response_id.starts_with("resp_")) response_id.remove_prefix(5);
  const std::size_t start = response_id.size() > kIdTailMax ? response_id.size() - kIdTailMax : 0;
  for (const char c : response_id.substr(start)) id += is_ascii_alnum(c) ? c : '_';
  return id + "_" + std::to_string(place);
}

}  // namespace bifrost::dialect::openai_responses
